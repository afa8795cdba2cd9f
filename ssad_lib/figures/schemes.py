"""Networks as boxes."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from ssad_lib.appearance import BLUE, GREY, ORANGE
from ssad_lib.figures.drawing import Drawing


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
