"""Embeddings in the plane, by group of images and by score (Figures 7, 8 and 13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.spatial import KDTree

from ssad_lib.appearance import GROUPS, NARROW, SCORE_RAMP, Mark
from ssad_lib.figures.drawing import NARROW_WIDTH, Drawing, legend_of, panel_axes, scatter, titled

RAMP = LinearSegmentedColormap.from_list("score", SCORE_RAMP)


def embedding(panels: Mapping[str, pd.DataFrame]) -> Drawing:
    """Draw points of the plane twice: by group above, by percentile of the score below.

    On a narrow screen groups are on the left and scores on the right, a line for each panel.

    Parameters
    ----------
    panels : mapping of str to DataFrame
        Title and table of each panel, side by side. Columns: x, y, group ("normal", "augmented"
        or "anomaly"), score.
    """
    side = 8.6 / max(len(panels), 2)

    def make() -> Figure:
        figure, axes = _axes(len(panels), side)
        looks: dict[str, Any] = {"s": 4 * side, "alpha": 0.8, "clip_on": False}
        for axis, (title, table) in zip(axes, panels.items(), strict=False):
            titled(axis, title)
            for mark, rows in _groups(table):
                scatter(axis, rows["x"], rows["y"], mark, **looks)
        ramp: dict[str, Any] = {"color": None, "cmap": RAMP, "vmin": 0, "vmax": 100}
        for axis, table in zip(axes[len(panels) :], panels.values(), strict=True):
            for mark, rows in _groups(table):
                scatter(axis, rows["x"], rows["y"], mark, c=rows["percentile"], **ramp, **looks)
        for axis in axes:
            axis.set(xticks=[], yticks=[], aspect="equal", adjustable="datalim")
        legend_of(figure, GROUPS, pd.concat(panels.values())["group"])
        colours = ScalarMappable(Normalize(0, 100), RAMP)
        below: dict[str, Any] = {
            "location": "bottom",
            "aspect": 40,
            "shrink": 0.6,
            "label": "score percentile",
        }
        figure.colorbar(colours, ax=axes[len(panels) :], **below).outline.set_visible(False)
        return figure

    said = " ".join(f"{title}: {_in_words(table)}." for title, table in panels.items())
    return Drawing(make, f"Embedding in the plane, by group and by score. {said}")


def _axes(panels: int, side: float) -> tuple[Figure, NDArray[Any]]:
    """Return a figure and its axes: those of the groups first, then those of the scores."""
    if not NARROW.get():
        return panel_axes(2 * panels, panels, (side, side))
    size = (NARROW_WIDTH, (NARROW_WIDTH / 2 + 0.35) * panels + 1)
    figure, axes = plt.subplots(panels, 2, figsize=size, squeeze=False, layout="constrained")
    return figure, axes.T.ravel()


def _groups(table: pd.DataFrame) -> list[tuple[Mark, pd.DataFrame]]:
    """Return mark and rows of every group, anomalies last, with the percentile of each score."""
    ranked = table.assign(percentile=100 * table["score"].rank(pct=True))
    return [(mark, ranked[ranked["group"] == name]) for name, mark in GROUPS.items()]


def _in_words(table: pd.DataFrame) -> str:
    """Return sizes, mean percentiles, and whether anomalies lie among the normals."""
    said = ", ".join(
        f"{len(rows)} {name} (mean score percentile {rows['percentile'].mean():.0f})"
        for name, (_, rows) in zip(GROUPS, _groups(table), strict=True)
        if len(rows)
    )
    return (
        f"{said}; {_among_normals(table):.0%} of the anomalies have a normal as nearest neighbour"
    )


def _among_normals(table: pd.DataFrame) -> float:
    """Return the share of anomalies whose nearest neighbour of another image is a normal."""
    points, group = table[["x", "y"]].to_numpy(), table["group"].to_numpy()
    _, nearest = KDTree(points).query(points[group == "anomaly"], k=2)
    return float(np.mean(group[nearest[:, 1]] == "normal"))
