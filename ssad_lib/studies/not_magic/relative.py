"""Relative AUC of every augmentation: the figures 1, 3, 4 and 10 of paper 000 (METHODS 6.1)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ssad_lib import augment, statistics, tasks
from ssad_lib.evidence import MODELS, NO_AUGMENTATION, UNIT, UNTRAINED, Evidence

FIGURES = {  # figure of the paper: model and gen
    "1": ("DAE", "cutout"),
    "3": ("DeepSAD", "invert"),
    "10a": ("DAE", "flip"),
    "10b": ("DAE", "invert"),
    "10c": ("DeepSAD", "flip"),
    "10d": ("DeepSAD", "cutout"),
}


def controlled(evidence: Evidence, model: str, gen: str) -> pd.DataFrame:
    """Return the relative AUC of every augmentation against anomalies by `gen`.

    Rows: normal class and seed; columns: labels of augmentations; values: AUC minus the AUC
    without augmentation.
    """
    gains = evidence.gains(model)
    mine = gains[(gains["testbed"] == tasks.CONTROLLED) & (gains["anomaly"] == gen)]
    return mine.pivot_table(index=UNIT, columns="row", values="gain")


def in_the_wild(evidence: Evidence, model: str, *, clustered: bool) -> pd.DataFrame:
    """Return the relative AUC of every augmentation over the pairs of classes.

    Rows are pairs (and seeds), or with `clustered` normal classes: the nine pairs of a normal class
    share one trained network and are averaged (METHODS 6.6).
    """
    gains = evidence.gains(model)
    mine = gains[gains["testbed"] == tasks.IN_THE_WILD]
    index = UNIT if clustered else [*UNIT, "anomaly"]
    return mine.pivot_table(index=index, columns="row", values="gain", aggfunc="mean")


def forest(differences: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers of a forest plot: one row per augmentation, sorted by pseudo-median.

    Parameters
    ----------
    differences : DataFrame
        One column per augmentation, one row per unit (`controlled`, `in_the_wild`).

    Returns
    -------
    DataFrame
        Index augmentation; columns category, pseudo_median, low, high (95 %, two-sided), p_value
        (one-sided, the augmentation improves), p_holm over the rows, n.
    """
    rows = []
    for label in differences:
        values = differences[label].dropna().to_numpy(np.float64)
        category = augment.get(str(label)).category
        if np.any(values):
            test = statistics.signed_rank(values)
            numbers = (test.pseudo_median, test.low, test.high, test.p_value)
        else:
            numbers = (0.0, 0.0, 0.0, 1.0)
        rows.append((label, category, *numbers, len(values)))
    names = ["augmentation", "category", "pseudo_median", "low", "high", "p_value", "n"]
    table = pd.DataFrame(rows, columns=names).set_index("augmentation")
    table.insert(5, "p_holm", statistics.holm(table["p_value"]))
    return table.sort_values("pseudo_median", ascending=False)


def panels(sources: Mapping[str, Evidence], *figures: str) -> dict[str, pd.DataFrame]:
    """Return the forest of each figure and source, by title; sources without its runs are left out.

    Parameters
    ----------
    sources : mapping of str to Evidence
    figures : str
        Keys of `FIGURES`.
    """
    shown = {}
    for figure in figures:
        model, gen = FIGURES[figure]
        for name, evidence in sources.items():
            differences = controlled(evidence, model, gen)
            if len(differences) > 1:
                title = f"{model}, {augment.get(gen).label} anomalies: {name}"
                shown[title] = forest(differences)
    return shown


def wild_panels(sources: Mapping[str, Evidence], *, clustered: bool) -> dict[str, pd.DataFrame]:
    """Return the forest of figure 4 for each model and source, by title."""
    shown = {}
    for model in MODELS:
        for name, evidence in sources.items():
            differences = in_the_wild(evidence, model, clustered=clustered)
            if len(differences) > 1:
                shown[f"{model}, in the wild: {name}"] = forest(differences)
    return shown


def every_row(sources: Mapping[str, Evidence], model: str, gen: str | None) -> pd.DataFrame:
    """Return the mean AUC of every row, the untrained and the plain one included, by source.

    Parameters
    ----------
    sources : mapping of str to Evidence
    model : str
    gen : str or None
        A gen of the controlled testbed; None averages the in-the-wild pairs.
    """
    columns = {}
    for name, evidence in sources.items():
        mine = evidence.of(model)
        chosen = mine["anomaly"] == gen if gen else mine["testbed"] == tasks.IN_THE_WILD
        columns[name] = mine[chosen].groupby("row")["auc"].mean()
    table = pd.DataFrame(columns).rename_axis(index="augmentation").dropna(axis=1, how="all")
    first = [row for row in (UNTRAINED, NO_AUGMENTATION) if row in table.index]
    order = table["this run"].drop(first).sort_values(ascending=False).index
    return table.reindex([*first, *order])


def share_below(sources: Mapping[str, Evidence]) -> pd.DataFrame:
    """Return the share of (augmentation, task) cells below no augmentation, by category.

    Rows: model and category; one column per source.
    """
    columns = {}
    for name, evidence in sources.items():
        parts = {model: evidence.gains(model) for model in MODELS}
        shares = {
            model: gains.assign(below=gains["gain"] < 0).groupby("category")["below"].mean()
            for model, gains in parts.items()
            if len(gains)
        }
        if shares:
            columns[name] = pd.concat(shares, names=["model", "category"])
    return pd.DataFrame(columns)
