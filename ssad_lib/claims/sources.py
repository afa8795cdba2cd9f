"""Sources of evidence, by unique names: profiles' runs in the store, committed records, pools."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from ssad_lib import data, paths, profiles, results
from ssad_lib.claims.catalogue import ALIGNED, EXPOSED, GRIDS, POOLS, SIMULATED, TUNED
from ssad_lib.claims.shelves import OpenStore, Shelf
from ssad_lib.errors import unknown
from ssad_lib.evidence import Evidence, tidy
from ssad_lib.record import Record
from ssad_lib.spec import RunSpec
from ssad_lib.studies import alignment, plan
from ssad_lib.studies.not_magic import runs
from ssad_lib.studies.not_magic.table_2 import STAND_IN
from ssad_lib.studies.outlier_exposure import methods as exposed_methods
from ssad_lib.studies.outlier_exposure import runs as exposure
from ssad_lib.studies.pitfalls import selection_experiment
from ssad_lib.studies.self_tuning import methods
from ssad_lib.studies.self_tuning import runs as tuning
from ssad_lib.studies.simulation import methods as simulated_methods
from ssad_lib.studies.simulation import runs as simulation

# Chapters whose claims need more than a grid: raw scores, candidates on defects.
SPLIT, SELECTION = "pitfalls/snooping", "pitfalls/alignment-validation"
BORDERS = "outlier-exposure/decision-boundaries"


def names() -> list[str]:
    """Return the names of all committed sources whose records are there, pools last."""
    single = [name for name, folder in _folders().items() if _is_there(folder)]
    return [*single, *(name for name, members in POOLS.items() if set(members) <= set(single))]


def load(name: str) -> Evidence:
    """Return the evidence of a committed source.

    Raises
    ------
    SsadError
        If there is none of this name (with the nearest one).
    """
    if name not in names():
        raise unknown("source of evidence", name, names())
    if name in POOLS:
        return pooled(name, [load(member) for member in POOLS[name]])
    if name in GRIDS:
        return _grid(name)
    if name in EXPOSED:
        return committed_exposed()[name]
    if name in SIMULATED:
        return committed_simulated()[name]
    return next(committed_tuned(chapter)[name] for chapter in TUNED if name in TUNED[chapter])


def pooled(name: str, members: Sequence[Evidence]) -> Evidence:
    """Return the evidence of several image sets as one, without what is about single classes."""
    tables = {
        field: pd.concat([getattr(member, field) for member in members], ignore_index=True)
        for field in ("tasks", "alignment", "exposed")
    }
    return Evidence(name=name, image_set="", classes=(), **tables)


def this_run(
    records: Iterable[Record],
    measured: pd.DataFrame | None = None,
    cases: Iterable[Record] = (),
    halves: pd.DataFrame | None = None,
) -> Evidence:
    """Return the evidence of what a chapter has just executed, or loaded.

    Parameters
    ----------
    records : iterable of Record
        Of `ssad_lib.studies.not_magic.runs.for_chapter`.
    measured : DataFrame, optional
        The alignment.
    cases : iterable of Record
        Of `ssad_lib.studies.not_magic.runs.cases`.
    halves : DataFrame, optional
        Of `ssad_lib.studies.pitfalls.controls.halves`.
    """
    found = _evidence("this run", list(records), measured, list(cases))
    return found if halves is None else replace(found, halves=halves)


def of_profile(
    chapter: str,
    profile: str,
    overrides: Mapping[str, Any] | None = None,
    shelf: Shelf | None = None,
) -> Evidence:
    """Return what is known of a chapter's runs under `profile`; nothing is trained.

    Parameters
    ----------
    chapter, profile : str
    overrides : mapping, optional
        Other values of the profile's parameters.
    shelf : Shelf, optional
        Where the records are; the run store, if none is given.
    """
    settings = profiles.settings(chapter, profile, overrides)
    shelf = shelf or OpenStore()
    planned = {spec.key: spec for spec in plan.of_chapter(chapter, settings)}
    there = len(shelf.records(planned.values()))
    found = _found(chapter, profile, settings, shelf)
    if 0 < there < len(planned):
        lacking = f"only {there} of the {len(planned)} runs of {chapter} are here"
        return replace(found, lacking=lacking)
    return found


def _found(chapter: str, profile: str, settings: Mapping[str, Any], shelf: Shelf) -> Evidence:
    if chapter in simulation.CHAPTERS:
        records = shelf.records(simulation.for_chapter(chapter, settings))
        return with_simulated(_evidence(profile, [], None, []), records)
    records, cases = (
        shelf.records(specs)
        for specs in (runs.for_chapter(chapter, settings), runs.cases(chapter, settings))
    )
    measured = shelf.alignment(settings) if alignment.Plan.is_in(settings) else None
    # Paper 003 keeps its image sets in its own table, and may plan no run on one that is not here.
    about = "" if chapter in exposure.CHAPTERS else settings.get("image_set", "")
    found = _evidence(profile, records, measured, cases, about)
    if chapter == SPLIT:
        return replace(found, halves=shelf.halves(records))
    if chapter == SELECTION:
        chosen = (selection_experiment.defect_grid, selection_experiment.candidates)
        defects, candidates = (shelf.records(make(settings)) for make in chosen)
        return with_selection(found, defects, candidates)
    if chapter == BORDERS:
        return with_borders(found, shelf.borders(settings))
    if chapter in exposure.CHAPTERS:
        return with_exposed(found, shelf.records(exposure.for_chapter(chapter, settings)))
    return with_tuning(found, shelf.records(tuning.for_chapter(chapter, settings)))


def with_exposed(evidence: Evidence, records: Iterable[Record]) -> Evidence:
    """Return `evidence` with the runs of paper 003 (`ssad_lib.studies.outlier_exposure.runs`)."""
    return replace(evidence, exposed=exposed_methods.table(records))


def with_simulated(evidence: Evidence, records: Iterable[Record]) -> Evidence:
    """Return `evidence` with the runs of paper 004 (`ssad_lib.studies.simulation.runs`)."""
    return replace(evidence, simulated=simulated_methods.table(records))


def with_borders(evidence: Evidence, measured: pd.DataFrame | None) -> Evidence:
    """Return `evidence` with the borders of its points, if any were measured."""
    return evidence if measured is None else replace(evidence, borders=measured)


def with_tuning(evidence: Evidence, tuned: Iterable[Record]) -> Evidence:
    """Return `evidence` with the runs of paper 001 (`ssad_lib.studies.self_tuning.runs`)."""
    return replace(evidence, tuned=methods.table(tuned))


def with_selection(
    evidence: Evidence, defects: Iterable[Record], candidates: Iterable[Record]
) -> Evidence:
    """Return `evidence` with the runs of DAE on defects and the candidates of the experiment.

    Parameters
    ----------
    evidence : Evidence
    defects, candidates : iterable of Record
        Of `ssad_lib.studies.pitfalls.selection_experiment`.
    """
    both = [table for table in (evidence.tasks, tidy(defects)) if len(table)]
    return replace(
        evidence,
        tasks=pd.concat(both, ignore_index=True) if both else evidence.tasks,
        candidates=selection_experiment.table(candidates),
    )


def committed() -> dict[str, Evidence]:
    """Return the evidence of every committed set of grid records there is, by name."""
    return {name: _grid(name) for name, folder in GRIDS.items() if _is_there(folder)}


def committed_tuned(chapter: str) -> dict[str, Evidence]:
    """Return the evidence of every committed set of records of a chapter of paper 001, by name."""
    return _committed(TUNED[chapter], with_tuning, tuning.label_of)


def committed_exposed() -> dict[str, Evidence]:
    """Return the evidence of every committed set of records of paper 003, by name."""
    return _committed(EXPOSED, with_exposed, exposure.label_of)


def committed_simulated() -> dict[str, Evidence]:
    """Return the evidence of every committed set of records of paper 004, by name."""
    return _committed(SIMULATED, with_simulated, simulation.label_of)


def _committed(
    folders: Mapping[str, str],
    told: Callable[[Evidence, Iterable[Record]], Evidence],
    label: Callable[[Iterable[RunSpec]], str],
) -> dict[str, Evidence]:
    found = {}
    for name, folder in folders.items():
        if _is_there(folder):
            records = results.committed(folder)
            evidence = told(_evidence(name, [], None, []), records)
            found[name] = replace(evidence, budget=label(record.spec for record in records))
    return found


def folder_of(name: str) -> str:
    """Return the folder of results/ that holds the records of a committed source, no pool."""
    return _folders()[name]


def _folders() -> dict[str, str]:
    tuned = {name: folder for chapter in TUNED.values() for name, folder in chapter.items()}
    return GRIDS | tuned | EXPOSED | SIMULATED


def _grid(name: str) -> Evidence:
    folder = GRIDS[name]
    records = results.committed(folder)
    cases = folder.replace("-grid", "-cases")
    has_cases = cases != folder and _is_there(cases)
    return _evidence(
        name, records, _nearness(folder, records), results.committed(cases) if has_cases else []
    )


def _nearness(folder: str, records: Sequence[Record]) -> pd.DataFrame | None:
    """Return the MMD of a grid: with a trained encoder where it was measured, else its own."""
    table = alignment.committed(ALIGNED)
    if table is not None and records:
        mine = table[
            (table["image_set"] == records[0].spec.image_set) & (table["encoder"] != STAND_IN)
        ]
        if len(mine):
            return mine
    return alignment.committed(folder)


def _is_there(folder: str) -> bool:
    return (paths.RESULTS / folder / "runs.csv").is_file()


def _evidence(
    name: str,
    records: list[Record],
    measured: pd.DataFrame | None,
    cases: list[Record],
    image_set: str = "",
) -> Evidence:
    chosen = image_set or (records[0].spec.image_set if records else "")
    return Evidence(
        name=name,
        image_set=chosen,
        classes=data.class_names(chosen) if chosen else (),
        tasks=tidy(records),
        alignment=pd.DataFrame() if measured is None else measured.assign(image_set=chosen),
        cases=tidy(cases) if cases else pd.DataFrame(),
    )
