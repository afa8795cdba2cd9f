"""AUC against AUC and against what may explain it (Figures 2 and 9, Observations 1 and 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats

from ssad_lib.appearance import BLUE, CATEGORIES, GREY, NARROW, signed
from ssad_lib.figures.drawing import Drawing, legend_of, panel_axes, scatter, titled, worded
from ssad_lib.figures.labels import label_points

HATCH = "///"  # tells the second detector from the first without colour


def anomaly_bars(panels: Mapping[str, pd.DataFrame]) -> Drawing:
    """Draw the AUC of two detectors by anomaly class, and their mean last (Figures 2 and 9).

    Bars are means over seeds, dots are seeds.

    Parameters
    ----------
    panels : mapping of str to DataFrame
        Title and table of each panel. Columns: detector (two of them, in the order in which they
        first occur, the one without augmentation first), anomaly (class), seed, auc.
    """
    tables = {title: _with_mean(table) for title, table in panels.items()}

    def make() -> Figure:
        figure, axes = panel_axes(len(tables), 1, (8.2, 3.2))
        for axis, (title, table) in zip(axes, tables.items(), strict=True):
            _pairs_of_bars(axis, table)
            titled(axis, title, loc="left")
            axis.set(xlabel="", ylabel="AUC", ylim=(0, 1))
        handles: list[Any] = axes[0].containers[:2]  # one legend below covers no bar
        columns = 1 if NARROW.get() else 2
        figure.legend(
            handles=handles, labels=_roles(tables), loc="outside lower center",
            ncols=columns, frameon=False,
        )  # fmt: skip
        return figure

    said = " ".join(f"{title}: {_bars_text(table)}." for title, table in tables.items())
    return Drawing(make, f"Bars of the AUC by anomaly class. {said}")


def _roles(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return who the first and the second detector are, in all panels."""
    pairs = [table["detector"].unique() for table in tables.values()]
    return [" or ".join(dict.fromkeys(names)) for names in zip(*pairs, strict=True)]


def _with_mean(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with the mean over the anomaly classes of each detector and seed."""
    mean = table.groupby(["detector", "seed"], sort=False, as_index=False)["auc"].mean()
    return pd.concat([table, mean.assign(anomaly="mean")], ignore_index=True)


def _pairs_of_bars(axis: Axes, table: pd.DataFrame) -> None:
    names = list(table["detector"].unique())
    looks = {"data": table, "x": "anomaly", "y": "auc", "hue": "detector", "hue_order": names}
    colours = dict(zip(names, (GREY, BLUE), strict=True))
    sns.barplot(**looks, errorbar=None, palette=colours, saturation=1, legend=False, ax=axis)
    for bar in axis.containers[1]:
        bar.set(hatch=HATCH, edgecolor=plt.rcParams["axes.edgecolor"], linewidth=0)
    ink = dict.fromkeys(names, plt.rcParams["text.color"])
    sns.stripplot(**looks, dodge=True, jitter=False, size=3.5, palette=ink, legend=False, ax=axis)
    axis.axhline(0.5, color=GREY, linewidth=1, linestyle="dotted")
    axis.axvline(table["anomaly"].nunique() - 1.5, color=GREY, linewidth=1)
    axis.tick_params(axis="x", length=0, rotation=90 if NARROW.get() else 0)


def _bars_text(table: pd.DataFrame) -> str:
    means = table.pivot_table(index="anomaly", columns="detector", values="auc", sort=False)
    first, second = table["detector"].unique()
    rows = ", ".join(
        f"{name} {row[first]:.2f} and {row[second]:.2f}" for name, row in means.iterrows()
    )
    classes = means.drop(index="mean")
    higher = (classes[second] > classes[first]).sum()
    return f"{first} and {second}: {rows}; {second} is higher on {higher} of {len(classes)} classes"


def scatter_with_ranks(
    panels: Mapping[str, pd.DataFrame], x: str, y: str, names: tuple[str, str] | None = None
) -> Drawing:
    """Draw one labelled point per augmentation, and Spearman's ρ of the two columns.

    Parameters
    ----------
    panels : mapping of str to DataFrame
        Title and table of each panel. Index: label of the augmentation. Columns: category (a key
        of `appearance.CATEGORIES`), `x` and `y`; rows with a missing number are left out.
    x, y : str
        The columns to draw.
    names : (str, str), optional
        What they are, for the axes; by default the names of the columns.
    """
    tables = {title: table.dropna(subset=[x, y]) for title, table in panels.items()}
    ranks = {title: stats.spearmanr(table[x], table[y]) for title, table in tables.items()}
    x_name, y_name = names or (x, y)

    def make() -> Figure:
        width = 6.4 if len(tables) == 1 else 4.6
        figure, axes = panel_axes(len(tables), 2, (width, 3.8))
        for axis, (title, table) in zip(axes, tables.items(), strict=True):
            axis.axhline(0, color=GREY, linewidth=1)
            for _, row in table.iterrows():
                scatter(axis, row[x], row[y], CATEGORIES[row["category"]], s=45, zorder=3)
            rho = signed(ranks[title].statistic, 2)
            titled(axis, f"{title} (Spearman ρ = {rho})")
            axis.set(xlabel=worded(x_name), ylabel=y_name)
            axis.margins(0.12)
        legend_of(figure, CATEGORIES, pd.concat(tables.values())["category"])
        for axis, table in zip(axes, tables.values(), strict=True):
            label_points(axis, table[x].to_numpy(), table[y].to_numpy(), list(table.index))
        return figure

    said = " ".join(
        f"{title}: Spearman's rho {signed(ranks[title].statistic, 2)}, n = {len(table)}; "
        + ", ".join(f"{name} {row[x]:.3g} and {row[y]:.3g}" for name, row in table.iterrows())
        + "."
        for title, table in tables.items()
    )
    return Drawing(make, f"Scatter plot of {y_name} against {x_name}. {said}")


def position_plot(table: pd.DataFrame) -> Drawing:
    """Draw the gain of AUC against the position of the anomalies (Observation 6, METHODS 8.3).

    Parameters
    ----------
    table : DataFrame
        One row per augmentation and task. Columns: category (a key of `appearance.CATEGORIES`),
        position (t, 0 at the mean of the normals and 1 at that of the augmented), gain (AUC with
        minus AUC without augmentation).
    """
    between = table["position"].between(0, 1, inclusive="neither")

    def make() -> Figure:
        figure, axes = panel_axes(1, 1, (6.4, 4.0))
        (axis,) = axes
        axis.axvspan(0, 1, color=BLUE, alpha=0.12, linewidth=0)
        axis.axhline(0, color=GREY, linewidth=1)
        for category, rows in table.groupby("category"):
            mark = CATEGORIES[str(category)]
            scatter(axis, rows["position"], rows["gain"], mark, s=30, alpha=0.8)
        axis.set(
            xlabel="position t of the anomalies\n(0: normal, 1: augmented)", ylabel="gain of AUC",
            xlim=_limits(table["position"]),
        )  # fmt: skip
        legend_of(figure, CATEGORIES, table["category"])
        return figure

    said = " ".join(
        f"{where}: {len(rows)} cases, {(rows > 0).sum()} with a gain, mean {signed(rows.mean())}."
        for where, rows in {
            "Between normal and augmented": table.loc[between, "gain"],
            "Elsewhere": table.loc[~between, "gain"],
        }.items()
    )
    return Drawing(make, f"Scatter plot of the gain of AUC against the position t. {said}")


def _limits(positions: pd.Series[float]) -> tuple[float, float]:
    """Return limits with the band and 98 % of the positions: a few lie far out."""
    low, high = np.quantile(positions, [0.01, 0.99])
    return min(low, 0) - 0.1, max(high, 1) + 0.1
