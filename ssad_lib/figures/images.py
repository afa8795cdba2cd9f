"""Rows of images: examples of what is learned from and of what is to be found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch import Tensor

from ssad_lib.appearance import NARROW
from ssad_lib.figures.drawing import NARROW_WIDTH, Drawing


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


def _displayable(images: NDArray[Any] | Tensor) -> NDArray[np.float32]:
    """Return images ``(n, C, H, W)`` as ``(n, H, W)`` or ``(n, H, W, 3)``, clipped to [0, 1]."""
    values = np.clip(np.asarray(images, np.float32), 0, 1).transpose(0, 2, 3, 1)
    return values[..., 0] if values.shape[-1] == 1 else values
