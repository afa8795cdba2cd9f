"""Small pictures to step through: draws of augmentations, reconstructions of images."""

from __future__ import annotations

import base64
import io
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import NDArray
from PIL import Image

from ssad_lib.widgets.parts import script, style

LOSSLESS = 100


@dataclass(frozen=True)
class Axis:
    """One control of a `SpriteBrowser`.

    Attributes
    ----------
    name : str
        The label of the control, e.g. ``"Augmentation"``.
    options : sequence of str, or int
        Names to choose from (a list), or a number of unnamed draws (a slider from 1).
    """

    name: str
    options: Sequence[str] | int

    def __len__(self) -> int:
        """Return the number of positions."""
        return self.options if isinstance(self.options, int) else len(self.options)

    def label(self, position: int) -> str:
        """Return what the reader sees chosen at `position`."""
        if isinstance(self.options, int):
            return f"{self.name} {position + 1}"
        return self.options[position]

    def state(self) -> dict[str, Any]:
        """Return the axis as the script reads it."""
        options = self.options
        return {"name": self.name, "options": options if isinstance(options, int) else [*options]}


class SpriteBrowser(anywidget.AnyWidget):
    """Shows one frame of a sheet of small pictures, chosen by one control per axis.

    ``index`` is the chosen position on every axis, synchronised with the page while a kernel lives.
    """

    _esm = script("sprite_browser")
    _css = style("sprite_browser")
    sheet = traitlets.Unicode().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)
    axes: traitlets.List[Any] = traitlets.List().tag(sync=True)
    heads = traitlets.List(traitlets.Unicode()).tag(sync=True)
    captions = traitlets.List(traitlets.Unicode()).tag(sync=True)
    alts = traitlets.List(traitlets.Unicode()).tag(sync=True)
    index = traitlets.List(traitlets.Int()).tag(sync=True)

    @classmethod
    def from_frames(
        cls,
        frames: np.ndarray,
        axes: Sequence[Axis],
        *,
        alt: Callable[..., str],
        caption: Callable[..., str] | None = None,
        heads: Sequence[str] = (),
        scale: int = 4,
        quality: int = LOSSLESS,
    ) -> SpriteBrowser:
        """Make the widget from all its frames.

        Parameters
        ----------
        frames : ndarray of uint8, shape (len(axes[0]), ..., len(axes[-1]), H, W, 3)
            One RGB frame for every combination of positions.
        axes : sequence of Axis
            The controls, in the order of the leading dimensions of `frames`.
        alt, caption : callable
            Take one position (int) per axis and return the text alternative of that frame and
            the line below it, which is also announced. By default the line names the choices.
        heads : sequence of str
            Names of what stands side by side in every frame, written above its equal parts.
        scale : int
            Screen pixels per frame pixel, where the screen is wide enough.
        quality : int
            WebP quality; 100 is lossless, anything less smears the colours of small frames.

        Raises
        ------
        ValueError
            If shape or type of `frames` does not fit the axes, or an alternative text is empty.
        """
        shape = tuple(len(axis) for axis in axes)
        if frames.dtype != np.uint8 or frames.shape[:-3] != shape or frames.shape[-1] != 3:
            raise ValueError(
                f"frames must be uint8 of shape {(*shape, 'H', 'W', 3)}, "
                f"not {frames.dtype} {frames.shape}"
            )
        positions = list(itertools.product(*map(range, shape)))
        describe = caption or (
            lambda *at: ", ".join(axis.label(i) for axis, i in zip(axes, at, strict=True))
        )
        alts = [alt(*at) for at in positions]
        if not all(text.strip() for text in alts):
            raise ValueError("every frame needs an alternative text")
        height, width = frames.shape[-3:-1]
        columns = math.ceil(math.sqrt(len(positions) * height / width))
        return cls(
            sheet=_sheet(frames.reshape(-1, height, width, 3), columns, quality),
            frame={"width": width, "height": height, "columns": columns, "scale": scale},
            axes=[axis.state() for axis in axes],
            heads=[*heads],
            captions=[describe(*at) for at in positions],
            alts=alts,
            index=[0] * len(axes),
        )

    def __repr__(self) -> str:
        """Name the controls, for readers of the plain text."""
        return f"SpriteBrowser({', '.join(axis['name'] for axis in self.axes)})"


def side_by_side(*images: NDArray[Any]) -> NDArray[np.uint8]:
    """Return frames of corresponding images side by side, such as original, AE and DAE.

    Parameters
    ----------
    *images : ndarray of float, each of shape (..., C, H, W)
        Values in [0, 1], clipped; one channel or three.

    Returns
    -------
    ndarray of uint8, shape (..., H, len(images)·W, 3)
    """
    clipped = [np.clip(np.asarray(part, np.float32), 0, 1) for part in images]
    row = np.moveaxis(np.concatenate(clipped, axis=-1), -3, -1)
    colour = np.broadcast_to(row, (*row.shape[:-1], 3))
    return (colour * 255).round().astype(np.uint8)


def _sheet(frames: np.ndarray, columns: int, quality: int) -> str:
    """Return the frames (N,H,W,3), row by row in a grid, as a WebP data URL."""
    count, height, width, _ = frames.shape
    rows = math.ceil(count / columns)
    cells = np.zeros((rows * columns, height, width, 3), dtype=np.uint8)
    cells[:count] = frames
    grid = cells.reshape(rows, columns, height, width, 3).swapaxes(1, 2)
    picture = Image.fromarray(grid.reshape(rows * height, columns * width, 3))
    buffer = io.BytesIO()
    # Lossless WebP takes `quality` for effort: the last 20 % cost 20 times the time for 0.3 %.
    lossless = quality == LOSSLESS
    picture.save(buffer, "WEBP", lossless=lossless, quality=80 if lossless else quality)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode()}"
