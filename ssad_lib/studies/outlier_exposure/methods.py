"""Records of paper 003 as one table: a row per run, with what its cell of a table is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from ssad_lib.record import Record
from ssad_lib.spec import RunSpec
from ssad_lib.studies.outlier_exposure.runs import ALONE
from ssad_lib.tasks import ONE_VS_REST

UNTRAINED, DSVDD, HSC_ALONE = "untrained", "DSVDD", "HSC, no outliers"
CLASSIFIERS = ("BCE", "Focal")
USUAL_RADIAL, USUAL_GAMMA = ("", "pseudo_huber"), 2.0
CLUSTER = ["image_set", "normal_class"]  # networks trained independently of all others
COLUMNS = [
    "key", "method", "image_set", "normal_class", "seed", "outliers", "images", "classes", "named",
    "blur", "radial", "gamma", "augmented", "reduced", "auc",
]  # fmt: skip


def method_of(spec: RunSpec) -> str:
    """Return the row of a table that `spec` belongs to, whatever else was varied."""
    if dict(spec.detector_options)["epochs"] == 0:
        return UNTRAINED
    if spec.outliers:
        return spec.detector
    return DSVDD if spec.detector == ALONE else HSC_ALONE


def table(records: Iterable[Record]) -> pd.DataFrame:
    """Return one row per run against the rest: `COLUMNS`; failed runs have none.

    ``images`` and ``classes`` are the numbers asked for, 0 for all; ``named`` is the outlier class
    that was chosen by name, empty for none; ``reduced`` says that the run had fewer images or a
    narrower network than the paper's.
    """
    rows = [_row(record, task.auc) for record in records for task in record.tasks
            if task.testbed == ONE_VS_REST]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(record: Record, auc: float) -> dict[str, Any]:
    spec = record.spec
    chosen: dict[str, Any] = dict(spec.detector_options)
    others: dict[str, Any] = dict(spec.outliers)
    classes = others.get("classes", 0)
    by_name = isinstance(classes, tuple)
    return {
        "key": spec.key,
        "method": method_of(spec),
        "image_set": spec.image_set,
        "normal_class": spec.normal_class,
        "seed": spec.seed,
        "outliers": others.get("image_set", ""),
        "images": others.get("images", 0),
        "classes": len(classes) if by_name else classes,
        "named": ", ".join(classes) if by_name else "",
        "blur": chosen.get("blur", 0.0),
        "radial": chosen.get("radial", ""),
        "gamma": chosen.get("gamma", float("nan")),
        "augmented": chosen["augmented"],
        "reduced": bool(spec.images_per_class or chosen["width"]),
        "auc": auc,
    }


def usual(runs: pd.DataFrame, varied: Sequence[str] = ()) -> pd.DataFrame:
    """Return the runs whose columns have their usual values, except `varied` ones.

    Usual is: all outliers, sharp ones, the pseudo-Huber function, γ = 2, and augmentation where the
    study augments at all; the untrained network is that of Table 1. Outliers that are blurred are
    as many in every run, and fewer than all.
    """
    chosen = runs[runs["named"] == ""]
    numbers = {0}
    if "blur" in varied:
        numbers = set(chosen.loc[chosen["blur"] > 0, "images"])
    augmented = chosen["image_set"].map(_augmentation(chosen)).astype(bool)
    kept = {
        "images": chosen["images"].isin(numbers),
        "classes": chosen["classes"] == 0,
        "blur": chosen["blur"] == 0,
        "radial": chosen["radial"].isin(USUAL_RADIAL),
        "gamma": chosen["gamma"].isna() | (chosen["gamma"] == USUAL_GAMMA),
        "augmented": chosen["augmented"] == augmented,
        "outliers": (chosen["method"] != UNTRAINED) | (chosen["outliers"] == ""),
    }
    together = pd.Series(True, index=chosen.index)
    for name, rows in kept.items():
        if name not in varied:
            together &= rows
    return chosen[together]


def _augmentation(runs: pd.DataFrame) -> pd.Series[bool]:
    """Return by image set whether its study augments: its classifiers tell, some HSC always is."""
    classifiers = runs[runs["method"].isin(CLASSIFIERS)]
    told = classifiers.groupby("image_set")["augmented"].max()
    return told.combine_first(runs.groupby("image_set")["augmented"].max())


def units(runs: pd.DataFrame, *cells: str) -> pd.DataFrame:
    """Return the AUC by normal class (mean over seeds): clusters by method and `cells`.

    The index is `CLUSTER`, the columns are the methods and the values of the columns `cells`.
    """
    return runs.pivot_table(index=CLUSTER, columns=["method", *cells], values="auc")
