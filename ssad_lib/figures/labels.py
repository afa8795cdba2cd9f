"""Names beside points, placed so that they cover neither points nor each other."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

SIZE = 9  # points
CLEAR = 5  # points around the middle of a mark that no name should cover
# Where a name may stand: alignment (horizontal, vertical) and shift in points, best first.
PLACES = [
    ("left", "center", 7, 0),
    ("right", "center", -7, 0),
    ("center", "bottom", 0, 6),
    ("center", "top", 0, -6),
    ("left", "bottom", 5, 5),
    ("right", "top", -5, -5),
    ("right", "bottom", -5, 5),
    ("left", "top", 5, -5),
]
Box = tuple[float, float, float, float]  # left, bottom, right, top in pixels


def label_points(axis: Axes, x: NDArray[Any], y: NDArray[Any], names: list[str]) -> None:
    """Write the names beside the points ``(x, y)``, each in the place that covers least.

    Points, other names and the line at zero are covered last. Call it when all else is drawn:
    places depend on the final size of the axes.
    """
    figure = axis.figure
    figure.draw_without_rendering()  # type: ignore[union-attr]
    around = CLEAR * figure.dpi / 72
    taken: list[Box] = [
        (across - around, up - around, across + around, up + around)
        for across, up in axis.transData.transform(np.column_stack([x, y]))
    ]
    frame = _box(axis.get_window_extent())
    zero = float(axis.transData.transform((0, 0))[1])
    taken.append((frame[0], zero - 1, frame[2], zero + 1))
    for at, name in zip(zip(x, y, strict=True), names, strict=True):
        # The layout is settled: a name must not move the axes once more.
        text = axis.annotate(
            name, at, (0, 0), textcoords="offset points", fontsize=SIZE, in_layout=False
        )
        boxes = [_put(text, place) for place in PLACES]
        best = min(range(len(PLACES)), key=lambda i: _covered(boxes[i], taken, frame))
        taken.append(_put(text, PLACES[best]))


def _put(text: Annotation, place: tuple[str, str, int, int]) -> Box:
    horizontal, vertical, across, up = place
    text.set(ha=horizontal, va=vertical, position=(across, up))
    return _box(text.get_window_extent())


def _box(extent: Bbox) -> Box:
    return extent.x0, extent.y0, extent.x1, extent.y1


def _covered(box: Box, taken: list[Box], frame: Box) -> float:
    """Return the area that `box` shares with others or has outside the frame, in pixels."""
    area = (box[2] - box[0]) * (box[3] - box[1])
    return sum(_shared(box, other) for other in taken) + area - _shared(box, frame)


def _shared(one: Box, other: Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(width, 0) * max(height, 0)
