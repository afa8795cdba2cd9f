"""Tables drawn as coloured cells: AUC of augmentation by gen (Table 1)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ssad_lib.appearance import GREY, NARROW, ORANGE
from ssad_lib.figures.drawing import Drawing, panel_axes, titled

AUC_LIMITS = (0.4, 1.0)  # below chance to perfect, the same in every map
BELOW = f"↓ below {AUC_LIMITS[0]}, where the colours end"


def heat_maps(panels: Mapping[str, pd.DataFrame]) -> Drawing:
    """Draw tables of AUC, two on a line; the cell where row and column agree is framed.

    All panels have the rows of the longest one, so that equal rows stand side by side.

    Parameters
    ----------
    panels : mapping of str to DataFrame
        Title of each panel and its AUC (rows augmentations, columns gens).
    """
    rows = max((table.index for table in panels.values()), key=len)
    aligned = {title: table.reindex(rows) for title, table in panels.items()}
    below = sum(int((table < AUC_LIMITS[0]).to_numpy().sum()) for table in panels.values())

    def make() -> Figure:
        figure, axes = panel_axes(len(panels), 2, (4, 3.6))
        for axis, (title, table) in zip(axes, aligned.items(), strict=True):
            sns.heatmap(
                table, ax=axis, vmin=AUC_LIMITS[0], vmax=AUC_LIMITS[1], cmap="viridis",
                annot=table.map(_cell), fmt="", cbar=False, linewidths=1, linecolor="none",
            )  # fmt: skip
            for row, column in np.argwhere(table.isna().to_numpy()):
                axis.text(column + 0.5, row + 0.5, "–", ha="center", va="center", color=GREY)
            for row, column in _matched(table):
                axis.add_patch(
                    Rectangle((column, row), 1, 1, fill=False, edgecolor=ORANGE, linewidth=3)
                )
            titled(axis, title)
            axis.set(xlabel="anomalies made by", ylabel="augmentation in training")
            axis.tick_params(axis="both", length=0, rotation=0)
            axis.tick_params(axis="x", labelsize=9 if NARROW.get() else "medium")
        if below:
            figure.supxlabel(BELOW, fontsize="medium")
        return figure

    best = [
        f"{title}: " + ", ".join(f"{c} best with {table[c].idxmax()}" for c in table.columns)
        for title, table in panels.items()
    ]
    note = f" Below {AUC_LIMITS[0]}, where the colours end: {below} of them." if below else ""
    return Drawing(make, f"Heat maps of mean AUC, augmentation by gen. {'; '.join(best)}.{note}")


def _cell(auc: float) -> str:
    return f"{auc:.2f}" + ("↓" if auc < AUC_LIMITS[0] else "")


def _matched(table: pd.DataFrame) -> list[tuple[int, int]]:
    return [
        (row, column)
        for row, name in enumerate(table.index)
        for column, gen in enumerate(table.columns)
        if name == gen
    ]
