"""Forest plots: an effect, its interval and its p-value on every row (Figures 1, 3, 4 and 10)."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ssad_lib.appearance import BLUE, CATEGORIES, GREY, NARROW, ORANGE, Mark, effect, p_text, signed
from ssad_lib.figures.drawing import (
    QUIET,
    Drawing,
    legend_of,
    lowest,
    panel_axes,
    scatter,
    titled,
    worded,
)

FEWEST = 5  # units with which a signed-rank test can tell anything
TOO_FEW = f"fewer than {FEWEST} units"
GAINS = {  # what the one-sided p says of a gain
    "beneficial": Mark(BLUE, "circle"),
    "harmful": Mark(ORANGE, "square"),
    "no clear effect": Mark(GREY, "diamond"),
    "not tested": Mark(GREY, "cross"),
    TOO_FEW: Mark(GREY, "circle"),
}
NAMES_WIDE, NAMES_NARROW = 48, 22  # letters of a comparison's name on a line


def forest(panels: Mapping[str, pd.DataFrame], effect_name: str = "relative AUC") -> Drawing:
    """Draw one forest plot per panel, two on a line: Figures 1, 3, 4 and 10 of paper 000.

    All panels have the same rows, sorted by their mean pseudo-median; one without numbers in any
    panel is last.

    Parameters
    ----------
    panels : mapping of str to DataFrame
        Title and table of each panel. Index: label of the augmentation. Columns: category (a key
        of `appearance.CATEGORIES`), pseudo_median, low, high (95 % interval), p_value (one-sided,
        that the augmentation improves), p_holm, n.
    effect_name : str
        What the pseudo-median is one of.
    """
    mean = pd.concat(panels.values())["pseudo_median"].groupby(level=0, sort=False).mean()
    order = list(mean.sort_values(ascending=False).index)
    tables = {title: _ordered(table, order) for title, table in panels.items()}
    longest = max(len(table) for table in tables.values())

    def make() -> Figure:
        width = 6.4 if len(tables) == 1 else 4.6
        figure, axes = panel_axes(len(tables), 2, (width, 0.27 * longest + 1.1), sharex=True)
        for axis, (title, table) in zip(axes, tables.items(), strict=True):
            _forest_rows(axis, table)
            titled(axis, title, pad=14)
        for axis in lowest(axes, 2):
            axis.set_xlabel(f"{effect_name}\n(pseudo-median, 95 % interval)")
            axis.tick_params(axis="x", labelbottom=True)
        legend_of(figure, CATEGORIES, pd.concat(tables.values())["category"])
        return figure

    said = " ".join(f"{title}: {_forest_text(table)}." for title, table in tables.items())
    return Drawing(make, f"Forest plot of {effect_name} by augmentation. {said}")


def _ordered(table: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    return table.loc[[name for name in order if name in table.index]]


def _forest_rows(axis: Axes, table: pd.DataFrame) -> None:
    place = np.arange(len(table))[::-1]
    axis.axvline(0, color=GREY, linewidth=1)
    for y, (_, row) in zip(place, table.iterrows(), strict=True):
        mark = CATEGORIES[row["category"]]
        axis.hlines(y, row["low"], row["high"], color=mark.colour, linewidth=1.6)
        scatter(axis, row["pseudo_median"], y, mark, s=50, zorder=3)
    _p_beside(axis, table["p_value"])
    axis.set_yticks(place, table.index)
    axis.tick_params(axis="y", length=0)
    axis.set_ylim(-0.7, len(table) - 0.3)


def _told(row: pd.Series[float]) -> str:
    """Return what can be told from a gain, a key of `GAINS`: one-sided tests need units."""
    return TOO_FEW if row["n"] < FEWEST else effect(row["p"])


def _p_beside(axis: Axes, values: pd.Series[float]) -> None:
    """Write the p-values of the rows at the right of the axes, the first row on top."""
    beside: dict[str, Any] = {"transform": axis.get_yaxis_transform(), "fontsize": 9}
    for y, p in zip(np.arange(len(values))[::-1], values, strict=True):
        axis.text(1.02, y, p_text(p), va="center", alpha=QUIET, **beside)
    axis.text(1.02, len(values) - 0.35, "p", va="bottom", style="italic", alpha=QUIET, **beside)


def _forest_text(table: pd.DataFrame) -> str:
    """Return the rows of a panel in words, best first."""
    ran = table.dropna(subset="pseudo_median").sort_values("pseudo_median", ascending=False)
    rows = ", ".join(
        f"{name} {signed(row['pseudo_median'])} (p {p_text(row['p_value'])})"
        for name, row in ran.iterrows()
    )
    effects = ran["p_value"].map(effect)
    counts = f"{(effects == 'beneficial').sum()} of {len(ran)} beneficial at p < 0.05"
    return f"{counts}, {(effects == 'harmful').sum()} harmful at p > 0.95; {rows}"


def differences(parts: pd.DataFrame, title: str) -> Drawing:
    """Draw the effects of a claim's comparisons as a forest plot.

    Parameters
    ----------
    parts : DataFrame
        Index: what is compared. Columns effect, low, high, verdict (`ssad_lib.claims.Finding`).
    title : str
        What was run.
    """
    names = [str(name) for name in parts.index]

    def make() -> Figure:
        width = NAMES_NARROW if NARROW.get() else NAMES_WIDE
        lines = [textwrap.fill(name, width) for name in names]
        tallest = 0.2 + 0.17 * max(line.count("\n") + 1 for line in lines)
        figure, (axis,) = panel_axes(1, 1, (8.2, tallest * len(parts) + 1.2))
        place = np.arange(len(parts))[::-1]
        colours = [BLUE if verdict == "supported" else GREY for verdict in parts["verdict"]]
        axis.hlines(place, parts["low"], parts["high"], colors=colours, linewidth=2)
        axis.scatter(parts["effect"], place, c=colours, s=36, zorder=3)
        axis.axvline(0, color=ORANGE, linewidth=1.5)
        axis.set_yticks(place, lines, linespacing=0.9)
        axis.set_xlabel("effect\n(pseudo-median, 95 % interval)")
        titled(axis, title)
        return figure

    said = ", ".join(
        f"{name} {part.effect:+.2f}" for name, part in zip(names, parts.itertuples(), strict=True)
    )
    return Drawing(make, f"Forest plot of the parts of a claim, {title}: {said}.")


def method_gains(panels: Mapping[str, pd.DataFrame], method: str) -> Drawing:
    """Draw what a method gains over each other one: a dot, its interval and p, two on a line.

    All panels have the same rows, in the order of the first panel that has them.

    Parameters
    ----------
    panels : mapping of str to DataFrame
        Title and table of each panel. Index: the other methods. Columns: gain, low, high, n, p.
    method : str
        Whose gains they are.
    """
    order = list(dict.fromkeys(name for table in panels.values() for name in table.index))
    tables = {title: _ordered(table, order) for title, table in panels.items()}

    def make() -> Figure:
        width = 6.4 if len(tables) == 1 else 4.6
        figure, axes = panel_axes(len(tables), 2, (width, 0.27 * len(order) + 1.3))
        for axis, (title, table) in zip(axes, tables.items(), strict=True):
            place = np.arange(len(table))[::-1]
            axis.axvline(0, color=GREY, linewidth=1)
            for y, (_, row) in zip(place, table.iterrows(), strict=True):
                mark = GAINS[_told(row)]
                axis.hlines(y, row["low"], row["high"], color=mark.colour, linewidth=1.6)
                scatter(axis, row["gain"], y, mark, s=50, zorder=3)
            _p_beside(axis, table["p"])
            axis.set_yticks(place, table.index)
            axis.tick_params(axis="y", length=0)
            axis.set(ylim=(-0.7, len(table) - 0.3), xlabel=worded(f"AUC of {method} minus AUC"))
            titled(axis, title, pad=14)
        legend_of(figure, GAINS, (_told(row) for t in tables.values() for _, row in t.iterrows()))
        return figure

    said = " ".join(
        f"{title}: "
        + ", ".join(
            f"{name} {signed(row['gain'])} (p {p_text(row['p'])})" for name, row in table.iterrows()
        )
        + "."
        for title, table in tables.items()
    )
    return Drawing(make, f"Gain of AUC by {method} over each other method. {said}")
