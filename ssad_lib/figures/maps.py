"""Tables drawn as coloured cells: AUC of augmentation by gen (Table 1), verdicts of claims."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ssad_lib.appearance import GREY, ORANGE, VERDICTS
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


def verdict_grid(table: pd.DataFrame) -> Drawing:
    """Draw verdicts as cells with a sign, a word and a colour: claims by sources.

    Parameters
    ----------
    table : DataFrame of str
        Index: claims; columns: sources, such as profiles. Every cell is a key of
        `appearance.VERDICTS`.
    """

    def make() -> Figure:
        lines, columns = table.shape
        figure, axis = plt.subplots(
            figsize=(1.2 + 2.0 * columns, 0.6 + 0.3 * lines), layout="constrained"
        )
        for (row, column), verdict in np.ndenumerate(table.to_numpy()):
            colour, sign = VERDICTS[verdict]
            cell = Rectangle((column, row), 1, 1, facecolor=colour, alpha=0.35, linewidth=0)
            axis.add_patch(cell)
            axis.text(column + 0.06, row + 0.5, f"{sign}  {verdict}", va="center", fontsize=9.5)
        axis.hlines(np.arange(lines + 1), 0, columns, color=GREY, linewidth=0.5)
        axis.set(xlim=(0, columns), ylim=(lines, 0))
        axis.set_xticks(np.arange(columns) + 0.5, table.columns)
        axis.set_yticks(np.arange(lines) + 0.5, table.index)
        axis.tick_params(length=0, labeltop=True, labelbottom=False)
        axis.spines[:].set_visible(False)
        return figure

    said = " ".join(f"{source}: {_verdict_text(table[source])}." for source in table.columns)
    return Drawing(make, f"Grid of verdicts, claims by sources. {said}")


def _verdict_text(verdicts: pd.Series[str]) -> str:
    """Return the claims of every verdict that occurs."""
    claims = {word: verdicts.index[verdicts == word] for word in VERDICTS}
    parts = [f"{len(ids)} {word} ({', '.join(ids)})" for word, ids in claims.items() if len(ids)]
    return "; ".join(parts)
