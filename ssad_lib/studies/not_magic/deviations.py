"""Evidence of paper 000 under each reading of a disputed detail (METHODS, tables x.7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from ssad_lib import augment
from ssad_lib.evidence import Evidence, tidy
from ssad_lib.record import Record
from ssad_lib.spec import RunSpec
from ssad_lib.studies.grid import Budget
from ssad_lib.studies.not_magic.runs import TABLE_1


@dataclass(frozen=True)
class Reading:
    """Another reading of a detail on which paper and code disagree.

    Attributes
    ----------
    detail, default, other : str
        What is disputed, the reading this book takes, and this one.
    source : str
        Where it comes from.
    claims : tuple of str
        Claims that it can move.
    detectors : tuple of str
        Detectors that are trained again.
    augmentations : tuple of str
        With these augmentations.
    detector_options, augmentation_options : dict
        What is different.
    """

    detail: str
    default: str
    other: str
    source: str
    claims: tuple[str, ...]
    detectors: tuple[str, ...] = ()
    augmentations: tuple[str, ...] = ()
    detector_options: Mapping[str, Any] = field(default_factory=dict)
    augmentation_options: Mapping[str, Any] = field(default_factory=dict)


READINGS = (
    Reading(
        "probability of Mask", "0.2", "0.1", "code of paper 000", ("A12", "A26"),
        ("DAE",), ("mask",), augmentation_options={"mask_p": 0.1},
    ),
    Reading(
        "probability of Flip in training", "0.5", "1", "paper 000 does not say", ("A01",),
        ("DAE", "DeepSAD"), ("flip",), augmentation_options={"flip_p": 1.0},
    ),
    Reading(
        "probability of Invert in training", "0.5", "1", "paper 000 does not say", ("A01", "A04"),
        ("DAE", "DeepSAD"), ("invert",), augmentation_options={"invert_p": 1.0},
    ),
    Reading(
        "distance in DeepSAD's loss", "squared", "not squared", "paper 000, equation 3.3",
        ("A01",), ("DeepSAD",), TABLE_1, detector_options={"power": 1},
    ),
    Reading(
        "pre-training of DeepSAD", "none", "as an autoencoder", "what its code means to do",
        ("A01",), ("DeepSAD",), TABLE_1, detector_options={"pretrain": "ae"},
    ),
)  # fmt: skip
SIMPLE_SCORE = Reading(
    "score of AP", "Dirichlet", "plain sum", "paper 000, section 3.3", ("A01", "A08", "A09", "A10")
)
SUMMED = Reading("MMD over pairs", "mean", "sum", "paper 000, equation C.1", ("A14", "A15"))


def specs(budget: Budget) -> list[RunSpec]:
    """Return the runs of all readings under `budget`."""
    return [spec for reading in READINGS for spec in runs_of(reading, budget)]


def runs_of(reading: Reading, budget: Budget) -> list[RunSpec]:
    """Return the runs that `reading` trains again."""
    return [
        spec
        for detector in reading.detectors
        for name in reading.augmentations
        for spec in budget.specs(
            detector,
            name,
            detector_options=reading.detector_options,
            augmentation_options=reading.augmentation_options,
        )
    ]


def replaced(evidence: Evidence, records: Iterable[Record]) -> Evidence:
    """Return `evidence` with `records` in the place of the runs of the same model and row."""
    other = tidy(records)
    cells = set(zip(other["model"], other["row"], strict=True))
    kept = [cell not in cells for cell in zip(evidence.tasks["model"], evidence.tasks["row"],
                                              strict=True)]  # fmt: skip
    return replace(evidence, tasks=pd.concat([evidence.tasks[kept], other], ignore_index=True))


def with_simple_score(evidence: Evidence) -> Evidence:
    """Return `evidence` with AP judged by the plain sum of the paper's formula."""
    tasks = evidence.tasks.copy()
    predicted = tasks["model"] == "AP"
    tasks.loc[predicted, "auc"] = tasks.loc[predicted, "auc_simple"]
    return replace(evidence, tasks=tasks)


def with_sums(evidence: Evidence, samples: int) -> Evidence:
    """Return `evidence` with every MMD summed over the pairs of `samples` images, not averaged."""
    measured = evidence.alignment
    return replace(evidence, alignment=measured.assign(mmd=measured["mmd"] * samples**2))


def matched_auc(evidence: Evidence, other: Evidence, reading: Reading) -> pd.DataFrame:
    """Return the mean AUC of the rows that `reading` trains again, under both readings.

    Rows: model, augmentation, anomalies (a gen, or all pairs of classes); columns: the readings.
    """
    labels = [augment.get(name).label for name in reading.augmentations]
    columns = {}
    for name, source in ((reading.default, evidence), (reading.other, other)):
        mine = source.tasks[source.tasks["row"].isin(labels)]
        mine = mine[mine["model"].isin(reading.detectors)]
        kind = mine["anomaly"].where(mine["testbed"] == "controlled", "Semantic")
        columns[name] = mine.groupby(["model", "row", kind])["auc"].mean()
    return pd.DataFrame(columns).rename_axis(["model", "augmentation", "anomalies"])


def every(
    evidence: Evidence, records: Iterable[Record], budget: Budget, samples: int
) -> list[tuple[Reading, Evidence]]:
    """Return the evidence under every reading, one detail changed at a time.

    Parameters
    ----------
    evidence : Evidence
        Under the default readings, with its alignment.
    records : iterable of Record
        Of the runs of `specs`.
    budget : Budget
    samples : int
        Images on each side of an MMD.
    """
    by_key = {record.spec.key: record for record in records}
    changed = [
        (reading, replaced(evidence, [by_key[spec.key] for spec in runs_of(reading, budget)]))
        for reading in READINGS
    ]
    return [
        *changed,
        (SIMPLE_SCORE, with_simple_score(evidence)),
        (SUMMED, with_sums(evidence, samples)),
    ]
