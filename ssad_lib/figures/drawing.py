"""What every figure returns, and the pieces that several figures draw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from ssad_lib.appearance import Mark

MARKERS = {
    "circle": "o",
    "square": "s",
    "diamond": "D",
    "triangle": "^",
    "plus": "P",
    "cross": "X",
}
QUIET = 0.75  # opacity of ink that steps back


class Drawing(NamedTuple):
    """A figure that can be drawn again, and what it shows in words."""

    make: Callable[[], Figure]
    alt: str


def panel_axes(
    count: int, per_line: int, size: tuple[float, float], **options: Any
) -> tuple[Figure, NDArray[Any]]:
    """Return a figure with `count` axes of `size` inches each, `per_line` on a line, and the axes.

    Further options go to ``matplotlib.pyplot.subplots``.
    """
    columns = min(count, per_line)
    lines = -(-count // columns)
    figure, axes = plt.subplots(
        lines,
        columns,
        figsize=(size[0] * columns, size[1] * lines),
        squeeze=False,
        layout="constrained",
        **options,
    )
    for axis in axes.flat[count:]:
        axis.set_axis_off()
    return figure, np.asarray(axes.flat[:count])


def legend_of(figure: Figure, marks: Mapping[str, Mark], names: Iterable[str]) -> None:
    """Put the marks of the `names` that occur under the figure, in the order of `marks`."""
    present = set(names)
    handles = [
        Line2D([], [], color=mark.colour, marker=MARKERS[mark.shape], linestyle="", label=name)
        for name, mark in marks.items()
        if name in present
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), frameon=False)


def scatter(axis: Axes, x: Any, y: Any, mark: Mark, **options: Any) -> None:
    """Scatter points with the colour and shape of `mark`."""
    settings: dict[str, Any] = {"color": mark.colour, "linewidth": 0} | options
    axis.scatter(x, y, marker=MARKERS[mark.shape], **settings)
