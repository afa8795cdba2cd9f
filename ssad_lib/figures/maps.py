"""Tables drawn as coloured cells: AUC of augmentation by gen (Table 1), verdicts of claims."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ssad_lib.appearance import ORANGE
from ssad_lib.figures.drawing import Drawing

AUC_LIMITS = (0.4, 1.0)  # below chance to perfect, the same in every map


def heat_maps(panels: Mapping[str, pd.DataFrame]) -> Drawing:
    """Draw tables of AUC, two on a line; the cell where row and column agree is framed.

    Parameters
    ----------
    panels : mapping of str to DataFrame
        Title of each panel and its AUC (rows augmentations, columns gens).
    """

    def make() -> Figure:
        lines = -(-len(panels) // 2)
        figure, axes = plt.subplots(
            lines, 2, figsize=(8, 3.6 * lines), squeeze=False, layout="constrained"
        )
        for axis in axes.flat[len(panels) :]:
            axis.set_axis_off()
        for axis, (title, table) in zip(axes.flat, panels.items(), strict=False):
            sns.heatmap(
                table, ax=axis, vmin=AUC_LIMITS[0], vmax=AUC_LIMITS[1], cmap="viridis",
                annot=True, fmt=".2f", cbar=False, linewidths=1, linecolor="none",
            )  # fmt: skip
            for row, column in _matched(table):
                axis.add_patch(
                    Rectangle((column, row), 1, 1, fill=False, edgecolor=ORANGE, linewidth=3)
                )
            axis.set(title=title, xlabel="anomalies made by", ylabel="augmentation in training")
            axis.tick_params(axis="both", length=0, rotation=0)
        return figure

    best = [
        f"{title}: " + ", ".join(f"{c} best with {table[c].idxmax()}" for c in table.columns)
        for title, table in panels.items()
    ]
    return Drawing(make, f"Heat maps of mean AUC, augmentation by gen. {'; '.join(best)}.")


def _matched(table: pd.DataFrame) -> list[tuple[int, int]]:
    return [
        (row, column)
        for row, name in enumerate(table.index)
        for column, gen in enumerate(table.columns)
        if name == gen
    ]
