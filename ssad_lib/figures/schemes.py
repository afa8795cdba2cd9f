"""Networks as boxes."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from ssad_lib.appearance import BLUE, GREY, ORANGE
from ssad_lib.figures.drawing import Drawing

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
        figure, axis = plt.subplots(figsize=(WIDTH * len(shapes), 3), layout="constrained")
        for place, (stage, shape) in enumerate(shapes.items()):
            flat = len(shape) == 1
            side = 0.5 + 0.11 * (1 if flat else shape[-1])
            ends = place in (0, len(shapes) - 1)
            _box(axis, place, side, BLUE if flat else ORANGE if ends else GREY)
            size = "×".join(map(str, shape))
            axis.text(place, -side / 2 - 0.2, f"{stage}\n{size}", ha="center", va="top", fontsize=9)
        axis.set(xlim=(-0.6, len(shapes) - 0.4), ylim=(-3.1, 2.3))
        axis.set_axis_off()
        return figure

    stages = ", ".join(f"{stage} {'×'.join(map(str, shape))}" for stage, shape in shapes.items())
    return Drawing(make, f"{name}, {parameters:,} parameters, stage by stage: {stages}.")


def _box(axis: Axes, place: int, side: float, colour: str) -> None:
    axis.add_patch(
        FancyBboxPatch(
            (place - 0.25, -side / 2), 0.5, side,
            boxstyle="round,pad=0.02,rounding_size=0.08", facecolor=colour, edgecolor="none",
        )
    )  # fmt: skip
