"""The cells that claims of paper 003 compare: AUC by normal class, one thing varied at a time.

Normal classes are the units: each has networks of its own, and its seeds are averaged. Two methods
on one class are paired, since they share images, outliers, first weights and batches.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ssad_lib import data
from ssad_lib.evidence import CLUSTER, Evidence, NotRunError
from ssad_lib.studies.outlier_exposure import tables
from ssad_lib.studies.outlier_exposure.methods import UNTRAINED

PHOTOGRAPHS, DIGITS, SIGNS = "photographs", "digits without a background", "digits on photographs"
PLAIN = ("mnist", "digits")  # image sets of digits on nothing
WHOLE = ("images", "classes")  # of which 0 means all
CLASSIFIERS = ("BCE", "Focal")
USUAL_RADIAL, USUAL_GAMMA = ("", "pseudo_huber"), 2.0


def of(evidence: Evidence, kind: str = "") -> pd.DataFrame:
    """Return the trained runs of paper 003, of image sets of one `kind` if it is given.

    Raises
    ------
    NotRunError
        If there are none, or any is of another kind: what a paper says of photographs it does not
        say of digits, and classes of both are no units of one test.
    """
    runs = evidence.exposed
    if runs.empty:
        raise NotRunError("no runs against outliers")
    if kind and any(kind_of(name) != kind for name in runs["image_set"].unique()):
        names = ", ".join(sorted(runs["image_set"].unique()))
        raise NotRunError(f"the claim is about {kind}, and this is {names}")
    return runs[runs["method"] != UNTRAINED]


def kind_of(image_set: str) -> str:
    """Return what an image set shows: digits on nothing, on photographs, or, as most, photographs.

    The paper's argument about MNIST is that it has little structure. Digits of streets have that of
    the photographs behind them, but no mirror image; so they count as neither.
    """
    if image_set in PLAIN:
        return DIGITS
    names = data.class_names(image_set)
    return SIGNS if all(name.isdigit() for name in names) else PHOTOGRAPHS


def by_class(runs: pd.DataFrame, *varied: str) -> pd.DataFrame:
    """Return the AUC by normal class (mean over seeds), everything but `varied` as usual.

    Usual is: all outliers, sharp ones, the pseudo-Huber function, γ = 2, and augmentation where the
    study augments at all. The columns are the method and the values of `varied`; a class that lacks
    a cell, and a seed that some class lacks, do not count.
    """
    cells = usual(runs, varied)
    parts = [tables.balanced(mine) for _, mine in cells.groupby("image_set", sort=False)]
    kept = pd.concat(parts) if parts else cells
    table = kept.pivot_table(index=CLUSTER, columns=["method", *varied], values="auc")
    return table.dropna()


def usual(runs: pd.DataFrame, varied: Sequence[str] = ()) -> pd.DataFrame:
    """Return the runs whose columns have their usual values, except `varied` ones.

    Outliers that are blurred are as many in every run, and fewer than all.
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


def difference(table: pd.DataFrame, better: object, worse: object) -> pd.Series[float]:
    """Return the difference of two columns of `by_class`, by normal class.

    Raises
    ------
    NotRunError
        If a column is missing, or no class has both.
    """
    if lacking := [_said(name) for name in (better, worse) if name not in table]:
        raise NotRunError(f"no runs of {' and '.join(lacking)}")
    found: pd.Series[float] = (table[better] - table[worse]).dropna()
    if found.empty:
        raise NotRunError(f"no class with {_said(better)} and {_said(worse)}")
    return found


def values(table: pd.DataFrame, method: str, name: str) -> list[float]:
    """Return the values of the varied column `name` that `method` has, all outliers last.

    Raises
    ------
    NotRunError
        If there are fewer than two.
    """
    found = list(table[method].columns) if method in table.columns.get_level_values(0) else []
    ordered = sorted(found, key=lambda value: (name in WHOLE and value == 0, value))
    if len(ordered) < 2:
        raise NotRunError(f"no runs of {method} with several values of '{name}'")
    return ordered


def _said(name: object) -> str:
    return ", ".join(map(str, name)) if isinstance(name, tuple) else str(name)
