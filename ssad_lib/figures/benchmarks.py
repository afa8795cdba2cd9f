"""Speed ratios of benchmarks: ours against others, on a logarithmic axis."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ssad_lib.appearance import CATEGORIES, GREY, Mark
from ssad_lib.figures.drawing import Drawing, legend_of, panel_axes, scatter, worded

GOALS = (1, 10)  # as fast, and ten times as fast
MARKS = [mark for name, mark in CATEGORIES.items() if name != "none"]


def speed_ratios(table: pd.DataFrame) -> Drawing:
    """Draw how many times as fast ours is: a mark at the median, a line between the quartiles.

    Parameters
    ----------
    table : DataFrame
        One row for each comparison: case, other (what ours is held against), low, median, high of
        the ratio; above 1 ours is faster.
    """
    cases = list(dict.fromkeys(table["case"]))
    others = list(dict.fromkeys(table["other"]))
    marks = {other: MARKS[i % len(MARKS)] for i, other in enumerate(others)}

    def make() -> Figure:
        lines = [worded(case) for case in cases]
        height = 0.07 + 0.17 * max(line.count("\n") + 1 for line in lines)
        figure, (axis,) = panel_axes(1, 1, (6.8, height * len(cases) + 1.3))
        for goal in GOALS:
            axis.axvline(goal, color=GREY, linewidth=1, linestyle="solid" if goal == 1 else "--")
        for other, mark in marks.items():
            _ratios_of(axis, table[table["other"] == other], cases, mark)
        axis.set_xscale("log")
        axis.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axis.set_yticks(np.arange(len(cases))[::-1], lines, linespacing=0.9)
        axis.tick_params(axis="y", length=0)
        axis.set_ylim(-0.7, len(cases) - 0.3)
        axis.set_xlabel("times as fast as the other\n(median, quartiles; log scale)")
        legend_of(figure, marks, others)
        return figure

    said = " ".join(
        f"{other}: {_in_words(table.loc[table['other'] == other, 'median'])}." for other in others
    )
    return Drawing(make, f"How many times as fast ours is, on a logarithmic axis. {said}")


def _ratios_of(axis: Axes, rows: pd.DataFrame, cases: list[str], mark: Mark) -> None:
    place = len(cases) - 1 - np.array([cases.index(case) for case in rows["case"]])
    axis.hlines(place, rows["low"], rows["high"], color=mark.colour, linewidth=1.6)
    scatter(axis, rows["median"], place, mark, s=36, zorder=3)


def _in_words(ratios: pd.Series) -> str:
    faster = int((ratios > 1).sum())
    return (
        f"faster in {faster} of {len(ratios)} cases, from {ratios.min():.2g} to "
        f"{ratios.max():.3g} times"
    )
