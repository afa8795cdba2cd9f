"""The cells that claims of paper 003 compare: AUC by normal class, one thing varied at a time.

Normal classes are the units: each has networks of its own, and its seeds are averaged. Two methods
on one class are paired, since they share images, outliers, first weights and batches.
"""

from __future__ import annotations

import pandas as pd

from ssad_lib.evidence import CLUSTER, Evidence, NotRunError
from ssad_lib.studies.outlier_exposure import tables
from ssad_lib.studies.outlier_exposure.methods import UNTRAINED, usual

PHOTOGRAPHS, DIGITS, SIGNS = "photographs", "digits without a background", "digits on photographs"
PLAIN, STREETS = ("mnist", "digits"), ("svhn", "street-digits")  # image sets of digits
WHOLE = ("images", "classes")  # of which 0 means all


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
    return SIGNS if image_set in STREETS else PHOTOGRAPHS


def by_class(runs: pd.DataFrame, *varied: str) -> pd.DataFrame:
    """Return the AUC by normal class (mean over seeds), everything but `varied` as usual.

    Usual is: all outliers, sharp ones, the pseudo-Huber function, γ = 2, and augmentation where the
    study augments at all. The columns are the method and the values of `varied`; a class that lacks
    a cell, and a seed that some class lacks, do not count.

    Raises
    ------
    NotRunError
        If no class is left, as where two studies vary a thing over other values.
    """
    cells = usual(runs, varied)
    parts = [tables.balanced(mine) for _, mine in cells.groupby("image_set", sort=False)]
    kept = pd.concat(parts) if parts else cells
    table = kept.pivot_table(index=CLUSTER, columns=["method", *varied], values="auc")
    complete = table.dropna()
    if len(table) and complete.empty:
        raise NotRunError("no normal class has every cell that is compared")
    return complete


def behind(runs: pd.DataFrame, table: pd.DataFrame, *varied: str) -> pd.DataFrame:
    """Return the runs that a table of `by_class` rests on: of the classes that it counts."""
    places = pd.MultiIndex.from_frame(runs[CLUSTER])
    return usual(runs[places.isin(table.index)], varied)


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
