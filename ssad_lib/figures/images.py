"""Rows of images: examples, and what detectors make of them (Figures 5 and 11)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch import Tensor

from ssad_lib.appearance import NARROW
from ssad_lib.figures.drawing import NARROW_WIDTH, Drawing

MARGIN, GROUP_GAP = 0.03, 0.25  # around an image and between groups, in widths of an image


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
        side = min(0.82, (NARROW_WIDTH - 1.2) / count) if NARROW.get() else 0.82
        figure, axes = plt.subplots(
            len(pictures),
            count,
            figsize=(side * count + 1.2, 1.05 * side * len(pictures)),
            squeeze=False,
        )
        for row, (name, images) in zip(axes, pictures.items(), strict=True):
            row[0].set_ylabel(name, rotation=0, ha="right", va="center")
            for axis, image in zip(row, images, strict=False):
                axis.imshow(image, cmap="gray", vmin=0, vmax=1, interpolation="none")
            for axis in row:
                axis.set(xticks=[], yticks=[])
                axis.spines[:].set_visible(False)
        figure.subplots_adjust(
            wspace=0.06, hspace=0.06, left=1.2 / (side * count + 1.2), right=1, top=1, bottom=0
        )
        return figure

    return Drawing(make, what)


def reconstruction_panels(
    rows: Mapping[str, NDArray[Any] | Tensor], columns: Sequence[tuple[str, str]], what: str
) -> Drawing:
    """Draw images and their reconstructions with labelled groups of columns (Figures 5 and 11).

    On a narrow screen the groups stand below each other.

    Parameters
    ----------
    rows : mapping of str to images ``(n, C, H, W)``
        Original, then what each detector makes of it; values in [0, 1], clipped for display.
    columns : sequence of (str, str)
        Kind ("normal", "anomaly") and outcome ("success", "failure") of each of the n images;
        neighbours that agree form one group.
    what : str
        What was run, the beginning of the alt text.
    """
    groups = [(label, len(list(same))) for label, same in itertools.groupby(columns)]
    edges = np.cumsum([0, *(size for _, size in groups)])
    # One mosaic in one set of axes: a set per image takes seconds to draw.
    places = np.arange(len(columns)) + GROUP_GAP * np.repeat(
        np.arange(len(groups)), [size for _, size in groups]
    )
    pictures = {name: _displayable(images) for name, images in rows.items()}

    def make() -> Figure:
        spans = list(itertools.pairwise(edges))
        lines = [[span] for span in spans] if NARROW.get() else [spans]
        widest = max(places[line[-1][1] - 1] + 1 - places[line[0][0]] for line in lines)
        side = min(0.62, (NARROW_WIDTH - 1) / widest) if NARROW.get() else 0.62
        size = (side * widest + 1.2, (side * (len(rows) + 0.8) + 0.3) * len(lines))
        figure, axes = plt.subplots(
            len(lines), 1, figsize=size, squeeze=False, layout="constrained"
        )
        for axis, line in zip(axes.flat, lines, strict=True):
            start = places[line[0][0]]
            for first, end in line:
                label = columns[first]
                _mosaic(axis, pictures, range(first, end), places - start)
                left, right = places[first] - start + MARGIN, places[end - 1] - start + 1 - MARGIN
                axis.hlines(-0.1, left, right, color=plt.rcParams["axes.edgecolor"], linewidth=1)
                said = (", " if NARROW.get() else "\n").join(label)
                axis.text((left + right) / 2, -0.2, said, ha="center", fontsize=9)
            axis.set(xlim=(0, widest), ylim=(len(rows), -0.8), aspect="equal", xticks=[])
            axis.set_yticks(np.arange(len(rows)) + 0.5, list(rows))
            axis.tick_params(length=0)
            axis.spines[:].set_visible(False)
        return figure

    said = ", ".join(f"{size} {' '.join(label)}" for label, size in groups)
    return Drawing(make, f"{what} Rows {', '.join(rows)}; columns {said}.")


def _mosaic(
    axis: Axes,
    rows: Mapping[str, NDArray[np.float32]],
    columns: Iterable[int],
    places: NDArray[Any],
) -> None:
    for row, images in enumerate(rows.values()):
        for column in columns:
            left, right = places[column] + MARGIN, places[column] + 1 - MARGIN
            extent = (left, right, row + 1 - MARGIN, row + MARGIN)
            axis.imshow(images[column], cmap="gray", vmin=0, vmax=1, extent=extent,
                        interpolation="none")  # fmt: skip


def _displayable(images: NDArray[Any] | Tensor) -> NDArray[np.float32]:
    """Return images ``(n, C, H, W)`` as ``(n, H, W)`` or ``(n, H, W, 3)``, clipped to [0, 1]."""
    values = np.clip(np.asarray(images, np.float32), 0, 1).transpose(0, 2, 3, 1)
    return values[..., 0] if values.shape[-1] == 1 else values
