"""Networks as boxes."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from ssad_lib.appearance import BLUE, GREY, NARROW, ORANGE
from ssad_lib.figures.drawing import NARROW_WIDTH, Drawing, panel_axes

WIDTH = 0.82  # inches of a stage


def network_scheme(name: str, shapes: Mapping[str, tuple[int, ...]], parameters: int) -> Drawing:
    """Draw the layers of a network as boxes whose height is the side of their output.

    Images are orange, vectors blue.

    Parameters
    ----------
    name : str
        What the network is, the beginning of the alt text.
    shapes : mapping of str to tuple
        Name of each stage and its output shape, from the input to the output.
    parameters : int
        Trainable parameters of the network.
    """

    def make() -> Figure:
        if NARROW.get():
            return _bars(shapes)
        figure, axis = plt.subplots(figsize=(WIDTH * len(shapes), 3), layout="constrained")
        for place, (stage, shape) in enumerate(shapes.items()):
            side = _side(shape)
            _box(axis, place, side, _colour(shape, place, len(shapes)))
            size = "×".join(map(str, shape))
            axis.text(place, -side / 2 - 0.2, f"{stage}\n{size}", ha="center", va="top", fontsize=9)
        axis.set(xlim=(-0.6, len(shapes) - 0.4), ylim=(-3.1, 2.3))
        axis.set_axis_off()
        return figure

    stages = ", ".join(f"{stage} {'×'.join(map(str, shape))}" for stage, shape in shapes.items())
    return Drawing(make, f"{name}, {parameters:,} parameters, stage by stage: {stages}.")


def _bars(shapes: Mapping[str, tuple[int, ...]]) -> Figure:
    """Draw the stages from top to bottom, as bars as wide as the side of their output."""
    figure, (axis,) = panel_axes(1, 1, (NARROW_WIDTH, 0.36 * len(shapes) + 0.2))
    for place, shape in enumerate(shapes.values()):
        axis.barh(place, _side(shape), height=0.7, color=_colour(shape, place, len(shapes)))
    names = [f"{stage}  {'×'.join(map(str, shape))}" for stage, shape in shapes.items()]
    axis.set_yticks(range(len(names)), names)
    axis.set(xticks=[], ylim=(len(names) - 0.4, -0.6))
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)
    return figure


def _side(shape: tuple[int, ...]) -> float:
    return 0.5 + 0.11 * (1 if len(shape) == 1 else shape[-1])


def _colour(shape: tuple[int, ...], place: int, count: int) -> str:
    return BLUE if len(shape) == 1 else ORANGE if place in (0, count - 1) else GREY


def _box(axis: Axes, place: int, side: float, colour: str) -> None:
    axis.add_patch(
        FancyBboxPatch(
            (place - 0.25, -side / 2), 0.5, side,
            boxstyle="round,pad=0.02,rounding_size=0.08", facecolor=colour, edgecolor="none",
        )
    )  # fmt: skip
