"""Where evidence comes from: what the run store has of a profile's runs, or committed records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from ssad_lib import data, paths, profiles, results
from ssad_lib.evidence import Evidence, tidy
from ssad_lib.record import Record
from ssad_lib.store import Store
from ssad_lib.studies import alignment
from ssad_lib.studies.not_magic import runs
from ssad_lib.studies.pitfalls import controls, selection_experiment
from ssad_lib.studies.self_tuning import methods
from ssad_lib.studies.self_tuning import runs as tuning

COMMITTED = {  # folder of results/: what a page calls it; "-cases" holds its single classes
    "cifar10-grid": "CIFAR-10, reduced",
    "mnist-grid": "MNIST, reduced",
    "paper": "the paper's budget",
}
TUNED = {  # chapter of paper 001: folders of results/ with records of it, as above
    "self-tuning/demonstration": {"carpet-demonstration": "carpet, three seeds"},
    "self-tuning/table-1": {"magnetic-tile-defects": "magnetic tile, reduced"},
    "self-tuning/table-2": {
        "mnist-rotation": "MNIST, reduced",
        "digits-rotation": "digits, three seeds",
    },
}
# Chapters whose claims need more than a grid: raw scores, candidates on defects.
SPLIT, SELECTION = "pitfalls/snooping", "pitfalls/alignment-validation"


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


def of_profile(chapter: str, profile: str, overrides: Mapping[str, Any] | None = None) -> Evidence:
    """Return what the run store has of a chapter's runs under `profile`; nothing is trained."""
    settings = profiles.settings(chapter, profile, overrides)
    store = Store()
    records, cases = (
        list(store.records([spec.key for spec in specs]).values())
        for specs in (runs.for_chapter(chapter, settings), runs.cases(chapter, settings))
    )
    measured = alignment.stored(settings) if "encoder" in settings else None
    found = _evidence(profile, records, measured, cases, settings.get("image_set", ""))
    if chapter == SPLIT:
        scored = store.records([record.spec.key for record in records], scores=True)
        return replace(found, halves=controls.halves(scored.values()))
    if chapter == SELECTION:
        chosen = (selection_experiment.defect_grid, selection_experiment.candidates)
        defects, candidates = (
            store.records([spec.key for spec in make(settings)]).values() for make in chosen
        )
        return with_selection(found, defects, candidates)
    tuned = tuning.for_chapter(chapter, settings)
    return with_tuning(found, store.records([spec.key for spec in tuned]).values())


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
    return {
        name: _evidence(
            name, results.committed(folder), alignment.committed(folder), _cases(folder)
        )
        for folder, name in COMMITTED.items()
        if (paths.RESULTS / folder / "runs.csv").is_file()
    }


def committed_tuned(chapter: str) -> dict[str, Evidence]:
    """Return the evidence of every committed set of records of a chapter of paper 001, by name."""
    found = {}
    for folder, name in TUNED[chapter].items():
        if (paths.RESULTS / folder / "runs.csv").is_file():
            records = results.committed(folder)
            evidence = with_tuning(_evidence(name, [], None, []), records)
            found[name] = replace(evidence, budget=tuning.label_of(one.spec for one in records))
    return found


def _cases(folder: str) -> list[Record]:
    name = folder.replace("-grid", "-cases")
    there = name != folder and (paths.RESULTS / name / "runs.csv").is_file()
    return results.committed(name) if there else []


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
        alignment=pd.DataFrame() if measured is None else measured,
        cases=tidy(cases) if cases else pd.DataFrame(),
    )
