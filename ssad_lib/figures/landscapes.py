"""A loss over a plane, with the way down as arrows (figure 7 of paper 001)."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from ssad_lib.appearance import NARROW, ORANGE
from ssad_lib.figures.drawing import Drawing, panel_axes

ARROWS = 15  # on each side


def landscape(table: pd.DataFrame) -> Drawing:
    """Draw a loss as colour and its negative gradient as arrows; a cross marks the minimum.

    Parameters
    ----------
    table : DataFrame
        Columns u1, u2, loss, down_u1, down_u2, one row per point of a square grid.
    """
    loss = table.pivot(index="u2", columns="u1", values="loss")
    lowest = table.nsmallest(1, "loss").iloc[0]

    def make() -> Figure:
        figure, (axis,) = panel_axes(1, 1, (5.6, 4.4))
        colours = axis.contourf(loss.columns, loss.index, loss, levels=24, cmap="viridis")
        beside = "bottom" if NARROW.get() else "right"
        figure.colorbar(colours, label="validation loss", location=beside)
        step = max(1, len(loss) // ARROWS)
        kept = table[
            table["u1"].isin(loss.columns[step // 2 :: step])
            & table["u2"].isin(loss.index[step // 2 :: step])
        ]
        axis.quiver(kept["u1"], kept["u2"], kept["down_u1"], kept["down_u2"], color="white")
        axis.plot(lowest["u1"], lowest["u2"], marker="X", color=ORANGE, markersize=11,
                  markeredgecolor="white", linestyle="none")  # fmt: skip
        axis.set(xlabel="u₁: test normal minus training normal",
                 ylabel="u₂: test anomaly minus augmented", aspect="equal")  # fmt: skip
        return figure

    return Drawing(
        make,
        f"Validation loss over u1 and u2: smallest, {lowest['loss']:.3f}, at u1 = "
        f"{lowest['u1']:.2f}, u2 = {lowest['u2']:.2f}; {table['loss'].max():.3f} at the highest "
        "corner. Arrows show the negative gradient.",
    )
