"""How well augmentations point from normal images to unlabelled ones, with intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ssad_lib.appearance import CATEGORIES, GREY, signed
from ssad_lib.figures.drawing import Drawing, legend_of, panel_axes, scatter


def directions(table: pd.DataFrame, level: float) -> Drawing:
    """Draw one row per candidate, best first; those that cannot be told from none are pale.

    Parameters
    ----------
    table : DataFrame
        That of `ssad_lib.selection.Ranking`.
    level : float
        Largest p of a candidate that is drawn in full.
    """

    def make() -> Figure:
        figure, (axis,) = panel_axes(1, 1, (6.4, 0.27 * len(table) + 1.1))
        places = np.arange(len(table))[::-1]
        for y, (_, row) in zip(places, table.iterrows(), strict=True):
            mark, opacity = CATEGORIES[row["category"]], 1.0 if row["p"] < level else 0.35
            ends = row["direction_low"], row["direction_high"]
            axis.hlines(y, *ends, color=mark.colour, linewidth=1.6, alpha=opacity)
            scatter(axis, row["direction"], y, mark, s=50, zorder=3, alpha=opacity)
        axis.axvline(0, color=GREY, linewidth=1)
        axis.set_yticks(places, table["label"])
        axis.tick_params(axis="y", length=0)
        axis.set(xlabel="direction (cosine)", ylim=(-0.7, len(table) - 0.3))
        legend_of(figure, CATEGORIES, table["category"])
        return figure

    told = table[table["p"] < level]
    said = ", ".join(
        f"{row['label']} {signed(row['direction'], 2)}" for _, row in table.head(5).iterrows()
    )
    return Drawing(
        make,
        f"Cosine between the shift of each augmentation and that of the unlabelled images, with "
        f"95 % intervals; {len(told)} of {len(table)} can be told from none. Best first: {said}.",
    )
