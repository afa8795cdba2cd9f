"""Ours over the printed value, cell by cell of a table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ssad_lib.appearance import CATEGORIES, GREY, Mark
from ssad_lib.figures.drawing import Drawing, legend_of, panel_axes, scatter, titled, worded

NEAR = 0.05  # AUC around the printed value that is drawn as a band
LOOKS = list(CATEGORIES.values())[1:]


def beside_printed(panels: Mapping[str, pd.DataFrame]) -> Drawing:
    """Draw our AUC over the printed one, a panel a source; the diagonal is agreement.

    Parameters
    ----------
    panels : mapping of str to DataFrame
        One row per cell of the table: group (what is told apart by colour and shape), printed,
        ours, and low and high, the ends of the interval of ours (NaN where there is none).
    """
    groups = list(dict.fromkeys(name for table in panels.values() for name in table["group"]))
    marks: dict[str, Mark] = dict(zip(groups, LOOKS, strict=False))

    def make() -> Figure:
        figure, axes = panel_axes(len(panels), 3, (3.6, 3.7))
        values = pd.concat([t[["printed", "ours", "low", "high"]] for t in panels.values()])
        ends = np.array([np.nanmin(values) - 0.02, max(np.nanmax(values), 1.0) + 0.02])
        for axis, (name, table) in zip(axes, panels.items(), strict=True):
            axis.fill_between(ends, ends - NEAR, ends + NEAR, color=GREY, alpha=0.2, linewidth=0)
            axis.plot(ends, ends, color=GREY, linewidth=1, linestyle="dotted")
            for group, mine in table.groupby("group", sort=False):
                mark = marks[str(group)]
                axis.vlines(mine["printed"], mine["low"], mine["high"], color=mark.colour,
                            linewidth=1, alpha=0.5)  # fmt: skip
                scatter(axis, mine["printed"], mine["ours"], mark, s=26)
            axis.set(xlim=ends, ylim=ends, aspect="equal", xlabel=worded("AUC that is printed"),
                     ylabel=worded("AUC of our runs"))  # fmt: skip
            titled(axis, name)
        legend_of(figure, marks, groups)
        return figure

    return Drawing(make, " ".join(_said(name, table) for name, table in panels.items()))


def _said(name: str, table: pd.DataFrame) -> str:
    away = table["ours"] - table["printed"]
    near = int((away.abs() <= NEAR).sum())
    return (
        f"{name}: {near} of {len(away)} cells within {NEAR} AUC of the printed value, "
        f"ours {'above' if away.mean() > 0 else 'below'} by {abs(away.mean()):.3f} on average."
    )
