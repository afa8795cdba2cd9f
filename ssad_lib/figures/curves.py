"""Lines of the AUC with their intervals, and regions of a plane (figures 1 to 7 of paper 003)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ssad_lib.appearance import BLUE, CATEGORIES, GREY, ORANGE, Mark
from ssad_lib.figures.drawing import (
    MARKERS,
    Drawing,
    legend_of,
    lowest,
    panel_axes,
    scatter,
    titled,
)

METHODS = {
    "HSC": Mark(BLUE, "circle"),
    "BCE": Mark(ORANGE, "square"),
    "Focal": CATEGORIES["mixed"],
}
KINDS = {
    "normal": Mark(GREY, "circle"),
    "outlier": Mark(ORANGE, "cross"),
    "normal region": Mark(BLUE, "square"),
}
POINTS_SHOWN = 150


def auc_curves(
    panels: Mapping[str, pd.DataFrame], x: str, reference: Mapping[str, float] | None = None
) -> Drawing:
    """Draw the mean AUC of methods over the values of one thing, with 95 % intervals.

    Parameters
    ----------
    panels : mapping of str to DataFrame
        Title and table of each panel. Columns: method (a key of `METHODS`), x (text, in order),
        auc, low, high.
    x : str
        What the values are of.
    reference : mapping of str to float, optional
        AUC of what learned from no outliers, by panel: a dotted line.
    """
    lines = reference or {}

    def make() -> Figure:
        width = 6.4 if len(panels) == 1 else 4.6
        figure, axes = panel_axes(len(panels), 2, (width, 3.1))
        for axis, (title, table) in zip(axes, panels.items(), strict=True):
            _lines(axis, table)
            if np.isfinite(lines.get(title, np.nan)):
                axis.axhline(lines[title], color=GREY, linewidth=1.4, linestyle="dotted")
            titled(axis, title)
            axis.set_ylabel("mean AUC")
        for axis in lowest(axes, 2):
            axis.set_xlabel(x)
        legend_of(figure, METHODS, pd.concat(panels.values())["method"])
        return figure

    said = " ".join(f"{title}: {_said(table)}." for title, table in panels.items())
    beside = "".join(
        f" Without outliers, {title}: {value:.3f}."
        for title, value in lines.items()
        if np.isfinite(value)
    )
    return Drawing(make, f"Lines of the mean AUC over {x}. {said}{beside}")


def _lines(axis: Axes, table: pd.DataFrame) -> None:
    order = list(dict.fromkeys(table["x"]))
    for number, (method, rows) in enumerate(table.groupby("method", sort=False)):
        mark = METHODS[str(method)]
        # Side by side, or one interval would cover the other.
        at = np.array([order.index(value) for value in rows["x"]]) + 0.08 * number
        axis.plot(at, rows["auc"], color=mark.colour, marker=MARKERS[mark.shape], markersize=5,
                  linewidth=1.6)  # fmt: skip
        axis.vlines(at, rows["low"], rows["high"], color=mark.colour, linewidth=1.6)
    axis.set_xticks(np.arange(len(order)) + 0.04, order)


def _said(table: pd.DataFrame) -> str:
    return "; ".join(
        f"{method} " + ", ".join(f"{row['auc']:.3f} at {row['x']}" for _, row in rows.iterrows())
        for method, rows in table.groupby("method", sort=False)
    )


def regions(panels: Sequence[Mapping[str, Any]], half: float) -> Drawing:
    """Draw normal regions of a plane, shaded, with the points that were learned from (figure 1).

    Parameters
    ----------
    panels : sequence of mapping
        Each with ``title``, ``inside`` (bool ``(side, side)``, rows go up), ``normal`` and
        ``other`` (points ``(n, 2)``), and ``said``, what the region is in words.
    half : float
        Half the side of the square shown.
    """

    def make() -> Figure:
        figure, axes = panel_axes(len(panels), 2, (3.4, 3.1))
        for axis, panel in zip(axes, panels, strict=True):
            _region(axis, panel["inside"], half)
            for kind, points in (("normal", panel["normal"]), ("outlier", panel["other"])):
                shown = np.asarray(points)[:POINTS_SHOWN]
                scatter(axis, shown[:, 0], shown[:, 1], KINDS[kind], s=9, alpha=0.8)
            ticks = np.linspace(-half, half, 5)
            axis.set(xlim=(-half, half), ylim=(-half, half), aspect="equal", xticks=ticks)
            axis.set_yticks(ticks)
            titled(axis, panel["title"])
        legend_of(figure, KINDS, KINDS)
        return figure

    said = " ".join(f"{panel['title']}: {panel['said']}." for panel in panels)
    return Drawing(make, f"Normal points, outliers and the normal region, shaded. {said}")


def _region(axis: Axes, inside: NDArray[np.bool_], half: float) -> None:
    shade = np.zeros((*inside.shape, 4))
    shade[inside] = (*(int(BLUE[i : i + 2], 16) / 255 for i in (1, 3, 5)), 0.35)
    axis.imshow(shade, origin="lower", extent=(-half, half, -half, half), interpolation="nearest")


def area_growth(panels: Mapping[str, pd.DataFrame]) -> Drawing:
    """Draw the area of normal regions in squares of growing size, both on logarithmic axes.

    Parameters
    ----------
    panels : mapping of str to DataFrame
        Title and table of each panel. Columns: method (a key of `METHODS`), seed, window, area.
    """

    def make() -> Figure:
        figure, axes = panel_axes(len(panels), 2, (4.0, 3.0), sharey=True)
        for axis, (title, table) in zip(axes, panels.items(), strict=True):
            for (method, _), rows in table.groupby(["method", "seed"]):
                mark = METHODS[str(method)]
                axis.plot(
                    rows["window"], rows["area"].clip(lower=1e-2), color=mark.colour,
                    marker=MARKERS[mark.shape], markersize=4, linewidth=1, alpha=0.6,
                )  # fmt: skip
            axis.set(xscale="log", yscale="log", ylabel="normal area")
            windows = sorted(table["window"].unique())
            axis.set_xticks(windows, [f"{window:g}" for window in windows])
            axis.set_xticks([], minor=True)
            titled(axis, title)
        for axis in lowest(axes, 2):
            axis.set_xlabel("half side of the square")
        legend_of(figure, METHODS, pd.concat(panels.values())["method"])
        return figure

    said = " ".join(f"{title}: {_growth(table)}." for title, table in panels.items())
    return Drawing(make, f"Area of the normal region over the size of the square. {said}")


def _growth(table: pd.DataFrame) -> str:
    first, last = table["window"].min(), table["window"].max()
    parts = []
    for method, rows in table.groupby("method", sort=False):
        area = rows.groupby("window")["area"].median()
        parts.append(f"{method} {area[first]:.3g} at {first:g} and {area[last]:.3g} at {last:g}")
    return "median over seeds, " + ", ".join(parts)
