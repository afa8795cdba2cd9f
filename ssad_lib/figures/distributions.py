"""How scores are distributed, group by group (Figures 6 and 12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ssad_lib.appearance import BLUE, GREY, GROUPS, ORANGE
from ssad_lib.figures.drawing import Drawing, lowest, panel_axes, titled

BINS, HIGHEST = 50, 0.995  # common bins, and the quantile of all scores where they end
STYLES = {"normal": "solid", "augmented": (0, (4, 1.5)), "anomaly": "solid"}


def score_histograms(
    groups: Mapping[str, NDArray[Any]], what: str, score: str = "mean squared error"
) -> Drawing:
    """Draw how the anomaly scores of each group of images are distributed.

    Parameters
    ----------
    groups : mapping of str to ndarray ``(n,)``
        Name and scores of each group; the first is drawn filled.
    what : str
        The alt text.
    score : str
        What a score is.
    """

    def make() -> Figure:
        figure, (axis,) = panel_axes(1, 1, (6.4, 3))
        pooled = np.concatenate(list(groups.values()))
        low, high = np.quantile(pooled, [1 - HIGHEST, HIGHEST])
        edges = np.linspace(min(0.0, low), high, 40)  # log-densities can be negative
        for colour, (name, scores) in zip((GREY, BLUE, ORANGE), groups.items(), strict=False):
            counts, _ = np.histogram(scores, edges)
            axis.stairs(
                counts,
                edges,
                fill=colour == GREY,
                color=colour,
                label=name,
                alpha=0.85,
                linewidth=2,
            )
        axis.set(xlabel=f"anomaly score ({score})", ylabel="images")
        axis.legend()
        return figure

    return Drawing(make, what)


def error_histograms(
    panels: Mapping[str, Mapping[str, NDArray[Any]]], score: str = "reconstruction error"
) -> Drawing:
    """Draw the scores of each group of images, panel by panel, on one scale (Figures 6 and 12).

    50 common bins end at the 99.5th percentile of all scores; densities integrate to the share of
    the group that lies below.

    Parameters
    ----------
    panels : mapping of str to mapping of str to ndarray ``(n,)``
        Title of each panel, and in it the scores of the groups ``"normal"``, ``"augmented"`` and
        ``"anomaly"`` (any of them).
    score : str
        What the scores are.
    """
    pooled = np.concatenate([scores for groups in panels.values() for scores in groups.values()])
    edges = np.linspace(pooled.min(), np.quantile(pooled, HIGHEST), BINS + 1)

    def make() -> Figure:
        figure, axes = panel_axes(len(panels), 2, (4.2, 2.5), sharex=True)
        for axis, (title, groups) in zip(axes, panels.items(), strict=True):
            _group_densities(axis, groups, edges)
            titled(axis, title)
            axis.set_yticks([])
        for axis in lowest(axes, 2):
            axis.set_xlabel(score)
            axis.tick_params(axis="x", labelbottom=True)
        figure.supylabel("density", fontsize="medium")
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
        return figure

    means = "; ".join(
        f"{title}: " + ", ".join(f"{name} {np.mean(scores):.3g}" for name, scores in groups.items())
        for title, groups in panels.items()
    )
    return Drawing(make, f"Histograms of the {score} by group of images. Means: {means}.")


def _group_densities(axis: Axes, groups: Mapping[str, NDArray[Any]], edges: NDArray[Any]) -> None:
    for name, scores in groups.items():
        counts, _ = np.histogram(scores, edges)
        axis.stairs(
            counts / (len(scores) * np.diff(edges)),
            edges,
            fill=name == "normal",
            color=GROUPS[name].colour,
            alpha=0.75 if name == "normal" else 1.0,
            linestyle=STYLES[name],
            linewidth=2,
            label=name,
        )
