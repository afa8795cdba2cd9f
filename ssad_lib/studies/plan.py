"""Which runs each chapter trains, whatever its study: for a whole book at once, or an estimate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ssad_lib.spec import RunSpec
from ssad_lib.studies.grid import Budget
from ssad_lib.studies.not_magic import deviations, runs


def of_chapter(chapter: str, settings: Mapping[str, Any]) -> list[RunSpec]:
    """Return every run that `chapter` asks the store for under `settings`; none if it has none.

    What a chapter trains only to show it, without a record, is not among them.
    """
    planned = [*runs.for_chapter(chapter, settings), *runs.cases(chapter, settings)]
    if chapter == "reference/deviations":
        planned += deviations.specs(Budget.of(settings))
    return planned
