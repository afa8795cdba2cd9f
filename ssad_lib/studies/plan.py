"""Which runs each chapter trains, whatever its study: for a whole book at once, or an estimate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from ssad_lib import profiles
from ssad_lib.spec import RunSpec
from ssad_lib.studies.grid import Budget
from ssad_lib.studies.not_magic import deviations, runs
from ssad_lib.studies.outlier_exposure import runs as exposure
from ssad_lib.studies.pitfalls import selection_experiment
from ssad_lib.studies.self_tuning import runs as tuning
from ssad_lib.studies.simulation import runs as simulation

Planner = Callable[[Mapping[str, Any]], list[RunSpec]]

# What a chapter trains beside the runs and cases of paper 000's grid.
OWN: dict[str, tuple[Planner, ...]] = {
    "reference/deviations": (lambda settings: deviations.specs(Budget.of(settings)),),
    "pitfalls/alignment-validation": (
        selection_experiment.defect_grid,
        selection_experiment.candidates,
    ),
    **{chapter: (planner,) for chapter, planner in tuning.CHAPTERS.items()},
    **{chapter: (partial(exposure.for_chapter, chapter),) for chapter in exposure.CHAPTERS},
    **{chapter: (planner,) for chapter, planner in simulation.CHAPTERS.items()},
}


def of_chapter(chapter: str, settings: Mapping[str, Any]) -> list[RunSpec]:
    """Return every run that `chapter` asks the store for under `settings`; none if it has none.

    What a chapter trains only to show it, without a record, is not among them.
    """
    planned = [*runs.for_chapter(chapter, settings), *runs.cases(chapter, settings)]
    return planned + [spec for planner in OWN.get(chapter, ()) for spec in planner(settings)]


def of_book(
    chapters: Sequence[str], profile: str, overrides: Mapping[str, object]
) -> list[RunSpec]:
    """Return the runs of several chapters with the budget of `profile`, shared ones repeated.

    Raises
    ------
    SsadError
        For an unknown profile or parameter.
    """
    settings = {name: profiles.settings(name, profile, overrides) for name in chapters}
    return [spec for name in chapters for spec in of_chapter(name, settings[name])]
