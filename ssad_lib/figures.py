"""Every figure of the book: takes a table or images, returns how to draw it and its alt text.

Show one with ``display.figure(*figures.heat_maps(...))``. Nothing here sets black or white: the
page draws each figure once for light and once for dark readers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle
from numpy.typing import NDArray
from torch import Tensor

AUC_LIMITS = (0.4, 1.0)  # below chance to perfect, the same in every map
BLUE, ORANGE, GREY = "#2693FF", "#E57300", "#767676"


class Drawing(NamedTuple):
    """A figure that can be drawn again, and what it shows in words."""

    make: Callable[[], Figure]
    alt: str


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


def differences(parts: pd.DataFrame, title: str) -> Drawing:
    """Draw the effects of a claim's comparisons as a forest plot.

    Parameters
    ----------
    parts : DataFrame
        Columns gen, against, difference, low, high, verdict (`ssad_lib.claims.matched_is_best`).
    title : str
        What was run.
    """
    names = [f"{part.gen} over {part.against}" for part in parts.itertuples()]

    def make() -> Figure:
        figure, axis = plt.subplots(figsize=(6.4, 0.36 * len(parts) + 1.2), layout="constrained")
        place = np.arange(len(parts))[::-1]
        colours = [BLUE if verdict == "supported" else GREY for verdict in parts["verdict"]]
        axis.hlines(place, parts["low"], parts["high"], colors=colours, linewidth=2)
        axis.scatter(parts["difference"], place, c=colours, s=36, zorder=3)
        axis.axvline(0, color=ORANGE, linewidth=1.5)
        axis.set_yticks(place, names)
        axis.set(xlabel="difference of AUC (pseudo-median, 95 % interval)", title=title)
        return figure

    said = ", ".join(
        f"{name} {part.difference:+.2f}"
        for name, part in zip(names, parts.itertuples(), strict=True)
    )
    return Drawing(make, f"Forest plot of the gain of the matched augmentation, {title}: {said}.")


def image_rows(rows: Mapping[str, NDArray[Any] | Tensor], what: str) -> Drawing:
    """Draw labelled rows of images.

    Parameters
    ----------
    rows : mapping of str to images ``(n, C, H, W)``
        Values in [0, 1], clipped for display; the same n in every row.
    what : str
        The alt text: what the reader is meant to see.
    """
    pictures = {name: _displayable(images) for name, images in rows.items()}
    count = max(len(images) for images in pictures.values())

    def make() -> Figure:
        figure, axes = plt.subplots(
            len(pictures), count, figsize=(0.82 * count + 1.2, 0.86 * len(pictures)), squeeze=False
        )
        for row, (name, images) in zip(axes, pictures.items(), strict=True):
            row[0].set_ylabel(name, rotation=0, ha="right", va="center")
            for axis, image in zip(row, images, strict=False):
                axis.imshow(image, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            for axis in row:
                axis.set(xticks=[], yticks=[])
                axis.spines[:].set_visible(False)
        figure.subplots_adjust(wspace=0.06, hspace=0.06, left=0.2, right=1, top=1, bottom=0)
        return figure

    return Drawing(make, what)


def _displayable(images: NDArray[Any] | Tensor) -> NDArray[np.float32]:
    """Return images ``(n, C, H, W)`` as ``(n, H, W)`` or ``(n, H, W, 3)``, clipped to [0, 1]."""
    values = np.clip(np.asarray(images, np.float32), 0, 1).transpose(0, 2, 3, 1)
    return values[..., 0] if values.shape[-1] == 1 else values


def score_histograms(groups: Mapping[str, NDArray[Any]], what: str) -> Drawing:
    """Draw how the anomaly scores of each group of images are distributed.

    Parameters
    ----------
    groups : mapping of str to ndarray ``(n,)``
        Name and scores of each group; the first is drawn filled.
    what : str
        The alt text.
    """

    def make() -> Figure:
        figure, axis = plt.subplots(figsize=(6.4, 3), layout="constrained")
        top = float(np.quantile(np.concatenate(list(groups.values())), 0.995))
        edges = np.linspace(0, top, 40)
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
        axis.set(xlabel="anomaly score (mean squared error)", ylabel="images")
        axis.legend()
        return figure

    return Drawing(make, what)


def autoencoder_scheme(shapes: Mapping[str, tuple[int, ...]], parameters: int) -> Drawing:
    """Draw the layers of the autoencoder as boxes whose height is the side of their output.

    Parameters
    ----------
    shapes : mapping of str to tuple
        Name of each stage and its output shape, from the input to the reconstruction.
    parameters : int
        Trainable parameters of the network.
    """

    def make() -> Figure:
        figure, axis = plt.subplots(figsize=(9, 3), layout="constrained")
        for place, (name, shape) in enumerate(shapes.items()):
            side = 0.5 + 0.11 * (shape[-1] if len(shape) == 3 else 1)
            flat = len(shape) == 1
            _box(
                axis,
                place,
                side,
                BLUE if flat else ORANGE if place in (0, len(shapes) - 1) else GREY,
            )
            size = " × ".join(map(str, shape))
            axis.text(place, -side / 2 - 0.2, f"{name}\n{size}", ha="center", va="top", fontsize=9)
        axis.set(xlim=(-0.6, len(shapes) - 0.4), ylim=(-3.1, 2.3))
        axis.set_axis_off()
        return figure

    stages = ", ".join(f"{name} {'×'.join(map(str, shape))}" for name, shape in shapes.items())
    return Drawing(make, f"The autoencoder, {parameters:,} parameters, stage by stage: {stages}.")


def _box(axis: Axes, place: int, side: float, colour: str) -> None:
    axis.add_patch(
        FancyBboxPatch(
            (place - 0.25, -side / 2), 0.5, side,
            boxstyle="round,pad=0.02,rounding_size=0.08", facecolor=colour, edgecolor="none",
        )
    )  # fmt: skip
