"""A measure by augmentation, smallest first, in the colours of the categories (Table 2)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ssad_lib.appearance import CATEGORIES, GREY
from ssad_lib.figures.drawing import Drawing, legend_of, panel_axes, scatter, titled


def ranking(
    panels: Mapping[str, pd.DataFrame],
    name: str,
    floors: Mapping[str, float] | None = None,
) -> Drawing:
    """Draw one row per augmentation and panel; bars are ± one deviation.

    All panels have the same rows, sorted by their mean rank.

    Parameters
    ----------
    panels : mapping of str to DataFrame
        Title and table of each panel. Index: label of the augmentation. First column: category (a
        key of `appearance.CATEGORIES`), second: the value; third, if there is one: its deviation.
    name : str
        What the value is.
    floors : mapping of str to float, optional
        The noise floor of panels that have one, drawn as a dotted line.
    """
    ranks = pd.concat([table.iloc[:, 1].rank() for table in panels.values()])
    order = list(ranks.groupby(level=0, sort=False).mean().sort_values().index)
    tables = {
        title: table.loc[[name for name in order if name in table.index]]
        for title, table in panels.items()
    }
    lines = floors or {}
    longest = max(len(table) for table in tables.values())

    def make() -> Figure:
        width = 6.4 if len(tables) == 1 else 4.6
        figure, axes = panel_axes(len(tables), 2, (width, 0.27 * longest + 1.1))
        for axis, (title, table) in zip(axes, tables.items(), strict=True):
            _rows(axis, table)
            if title in lines:
                axis.axvline(lines[title], color=GREY, linestyle="dotted", linewidth=1.5)
            titled(axis, title)
            axis.set(xlabel=name, xlim=(0, None))
        legend_of(figure, CATEGORIES, pd.concat(tables.values()).iloc[:, 0])
        return figure

    said = " ".join(
        f"{title}: " + ", ".join(f"{label} {row.iloc[1]:.3f}" for label, row in _best_first(table))
        + (f"; noise floor {lines[title]:.3f}." if title in lines else ".")
        for title, table in tables.items()
    )  # fmt: skip
    return Drawing(make, f"{name} by augmentation, smallest first. {said}")


def _best_first(table: pd.DataFrame) -> Iterable[tuple[Hashable, pd.Series[Any]]]:
    return table.sort_values(table.columns[1]).iterrows()


def _rows(axis: Axes, table: pd.DataFrame) -> None:
    place = np.arange(len(table))[::-1]
    for y, (_, row) in zip(place, table.iterrows(), strict=True):
        mark, value = CATEGORIES[row.iloc[0]], row.iloc[1]
        spread = row.iloc[2] if len(row) > 2 and row.iloc[2] == row.iloc[2] else 0
        axis.hlines(y, value - spread, value + spread, color=mark.colour, linewidth=1.6)
        scatter(axis, value, y, mark, s=50, zorder=3)
    axis.set_yticks(place, table.index)
    axis.tick_params(axis="y", length=0)
    axis.set_ylim(-0.7, len(table) - 0.3)
