"""What choices of an augmentation reach, and how the best of many grows (METHODS 10.9)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ssad_lib.appearance import BLUE, CATEGORIES, GREY, ORANGE, Mark, signed
from ssad_lib.figures.drawing import (
    MARKERS,
    Drawing,
    legend_of,
    lowest,
    panel_axes,
    scatter,
    titled,
    worded,
)

KINDS = {
    "reference": Mark(GREY, "cross"),
    "honest": Mark(BLUE, "circle"),
    "peeking": Mark(ORANGE, "square"),
}
ROOM = 0.13  # of the axis, for each line of a legend
LINES = [mark for name, mark in CATEGORIES.items() if name not in ("none", "local")]


def choice_gains(
    panels: Mapping[str, pd.DataFrame], against: str = "a choice at random"
) -> Drawing:
    """Draw what each choice gains over one at random, with its interval, two panels on a line.

    Parameters
    ----------
    panels : mapping of str to DataFrame
        Title and table of each panel. Index: choices, from top to bottom. Columns: kind (a key of
        `KINDS`), auc (mean), gain, low, high (95 % interval).
    against : str
        What the gain is over.
    """
    longest = max(len(table) for table in panels.values())

    def make() -> Figure:
        width = 6.4 if len(panels) == 1 else 4.6
        figure, axes = panel_axes(len(panels), 2, (width, 0.3 * longest + 1.1), sharex=True)
        for axis, (title, table) in zip(axes, panels.items(), strict=True):
            _gain_rows(axis, table)
            titled(axis, title)
        for axis in lowest(axes, 2):
            axis.set_xlabel(worded(f"AUC over {against}"))
            axis.tick_params(axis="x", labelbottom=True)
        legend_of(figure, KINDS, pd.concat(panels.values())["kind"])
        return figure

    said = " ".join(
        f"{title}: "
        + ", ".join(
            f"{name} {signed(row['gain'])} ({row['auc']:.3f})" for name, row in t.iterrows()
        )
        + "."
        for title, t in panels.items()
    )
    return Drawing(make, f"Gain of AUC over {against} by choice, AUC in brackets. {said}")


def _gain_rows(axis: Axes, table: pd.DataFrame) -> None:
    axis.axvline(0, color=GREY, linewidth=1)
    for y, (_, row) in zip(np.arange(len(table))[::-1], table.iterrows(), strict=True):
        mark = KINDS[row["kind"]]
        axis.hlines(y, row["low"], row["high"], color=mark.colour, linewidth=1.6)
        scatter(axis, row["gain"], y, mark, s=45, zorder=3)
    axis.set_yticks(np.arange(len(table))[::-1], table.index)
    axis.tick_params(axis="y", length=0)
    axis.set_ylim(-0.7, len(table) - 0.3)


def best_of_many(panels: Mapping[str, pd.DataFrame], tried: str = "augmentations") -> Drawing:
    """Draw how far the best of k lies above the mean: of what is `tried`, and of mere repetitions.

    Parameters
    ----------
    panels : mapping of str to DataFrame
        Title and table of each panel. Index: k = 1, 2, ...; the column `tried` and others, with
        NaN beyond what there is.
    tried : str
        The column that is more than repetition.
    """

    def make() -> Figure:
        width = 6.4 if len(panels) == 1 else 4.6
        figure, axes = panel_axes(len(panels), 2, (width, 3.0), sharex=True)
        for axis, (title, table) in zip(axes, panels.items(), strict=True):
            for name, mark in _line_marks(table, tried).items():
                axis.plot(
                    table.index, table[name], color=mark.colour, marker=MARKERS[mark.shape],
                    markersize=4, linewidth=1.6, label=worded(name),
                    linestyle="solid" if name == tried else "dashed",
                )  # fmt: skip
            titled(axis, title)
            axis.set_ylabel("best of k minus mean AUC")
            highest = float(np.nanmax(table.to_numpy(np.float64)))
            axis.set_ylim(0, highest * (1.1 + ROOM * table.shape[1]))
            axis.legend(frameon=False, fontsize="small", loc="upper left", labelspacing=0.2)
        for axis in lowest(axes, 2):
            axis.set_xlabel("k, number tried")
            axis.tick_params(axis="x", labelbottom=True)
        return figure

    said = " ".join(
        f"{title}: "
        + ", ".join(f"best of {table[name].count()} {name} {signed(table[name].max())}"
                    for name in table)
        + "."
        for title, table in panels.items()
    )  # fmt: skip
    return Drawing(make, f"Lines of the best of k minus the mean AUC against k. {said}")


def _line_marks(table: pd.DataFrame, tried: str) -> dict[str, Mark]:
    others = [str(name) for name in table if name != tried]
    marks = dict(zip(others, LINES * len(others), strict=False))
    return {tried: KINDS["peeking"]} | marks
