"""Where evidence comes from: what the run store has of a profile's runs, or committed records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from ssad_lib import data, paths, profiles, results
from ssad_lib.evidence import Evidence, tidy
from ssad_lib.record import Record
from ssad_lib.store import Store
from ssad_lib.studies import alignment
from ssad_lib.studies.not_magic import runs

COMMITTED = {  # folder of results/: what a page calls it
    "cifar10-grid": "CIFAR-10, reduced",
    "mnist-grid": "MNIST, reduced",
    "paper": "the paper's budget",
}


def this_run(records: Iterable[Record], measured: pd.DataFrame | None = None) -> Evidence:
    """Return the evidence of the records a chapter has just executed, or loaded."""
    image_set = "" if measured is None else str(measured["image_set"].iloc[0])
    return _evidence("this run", list(records), measured, image_set)


def of_profile(chapter: str, profile: str, overrides: Mapping[str, Any] | None = None) -> Evidence:
    """Return what the run store has of a chapter's runs under `profile`; nothing is trained."""
    settings = profiles.settings(chapter, profile, overrides)
    keys = [spec.key for spec in runs.for_chapter(chapter, settings)]
    records = list(Store().records(keys).values())
    measured = alignment.stored(settings) if "encoder" in settings else None
    return _evidence(profile, records, measured, settings.get("image_set", ""))


def committed() -> dict[str, Evidence]:
    """Return the evidence of every committed set of grid records there is, by name."""
    return {
        name: _evidence(name, results.committed(folder), alignment.committed(folder))
        for folder, name in COMMITTED.items()
        if (paths.RESULTS / folder / "runs.csv").is_file()
    }


def _evidence(
    name: str, records: list[Record], measured: pd.DataFrame | None, image_set: str = ""
) -> Evidence:
    chosen = image_set or records[0].spec.image_set
    return Evidence(
        name=name,
        image_set=chosen,
        classes=data.class_names(chosen),
        tasks=tidy(records),
        alignment=pd.DataFrame() if measured is None else measured,
    )
