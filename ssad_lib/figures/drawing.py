"""What every figure returns, and the pieces that several figures draw."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from ssad_lib.appearance import NARROW, Mark

MARKERS = {
    "circle": "o",
    "square": "s",
    "diamond": "D",
    "triangle": "^",
    "plus": "P",
    "cross": "X",
}
QUIET = 0.75  # opacity of ink that steps back
NARROW_WIDTH = 3.5  # inches of a figure on a phone
LEGEND_NARROW = 42  # letters of a legend that fit side by side on a phone
NAMES_BESIDE = 1.0  # inches
WORDS_NARROW = 20  # letters of the words of an axis on a line
LETTERS = 0.085  # inches that a letter of a title takes


class Drawing(NamedTuple):
    """A figure that can be drawn again, and what it shows in words."""

    make: Callable[[], Figure]
    alt: str


def panel_axes(
    count: int, per_line: int, size: tuple[float, float], **options: Any
) -> tuple[Figure, NDArray[Any]]:
    """Return a figure with `count` axes of `size` inches each, `per_line` on a line, and the axes.

    On a narrow screen they stand below each other, no wider than it is. Further options go to
    ``matplotlib.pyplot.subplots``.
    """
    columns = 1 if NARROW.get() else min(count, per_line)
    size = (min(size[0], NARROW_WIDTH), size[1]) if NARROW.get() else size
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


def lowest(axes: NDArray[Any], per_line: int) -> NDArray[Any]:
    """Return the axes that have none below them, of `panel_axes` with the same `per_line`."""
    columns = 1 if NARROW.get() else min(len(axes), per_line)
    return axes[-columns:]


def titled(axis: Axes, title: str, **options: Any) -> None:
    """Give the axes a title that breaks into lines where it is wider than they are."""
    place = axis.get_subplotspec()
    columns = place.get_gridspec().ncols if place else 1
    width = axis.get_figure(root=True).get_figwidth() / columns  # type: ignore[union-attr]
    beside = NAMES_BESIDE if NARROW.get() else 0  # names of rows take a part of a narrow figure
    axis.set_title(textwrap.fill(title, int((width - beside) / LETTERS)), **options)


def worded(text: str) -> str:
    """Return the words of an axis, in lines on a narrow screen."""
    return textwrap.fill(text, WORDS_NARROW) if NARROW.get() else text


def legend_of(figure: Figure, marks: Mapping[str, Mark], names: Iterable[str]) -> None:
    """Put the marks of the `names` that occur under the figure, in the order of `marks`."""
    present = set(names)
    handles = [
        Line2D([], [], color=mark.colour, marker=MARKERS[mark.shape], linestyle="", label=name)
        for name, mark in marks.items()
        if name in present
    ]
    longest = max((len(str(handle.get_label())) for handle in handles), default=1)
    fitting = max(1, LEGEND_NARROW // (longest + 3)) if NARROW.get() else len(handles)
    in_line = min(len(handles), fitting)
    figure.legend(handles=handles, loc="outside lower center", ncols=in_line, frameon=False,
                  columnspacing=1, handletextpad=0, fontsize=10)  # fmt: skip


def scatter(axis: Axes, x: Any, y: Any, mark: Mark, **options: Any) -> None:
    """Scatter points with the colour and shape of `mark`."""
    settings: dict[str, Any] = {"color": mark.colour, "linewidth": 0} | options
    axis.scatter(x, y, marker=MARKERS[mark.shape], **settings)
