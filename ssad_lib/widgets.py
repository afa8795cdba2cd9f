"""Widgets that a published page runs without a kernel, and that are also live with one.

Each is one small state (a picture sheet or a few tables) and a script of native controls, so that
keyboard, screen reader and phone work as the browser's own. The state sits in the head of the page
and delays its text: keep it to a few hundred kilobytes.
"""

from __future__ import annotations

import base64
import io
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import pandas as pd
import traitlets
from PIL import Image

ASSETS = Path(__file__).parent / "assets"
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

    _esm = ASSETS / "sprite_browser.js"
    _css = ASSETS / "widgets.css"
    sheet = traitlets.Unicode().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)
    axes: traitlets.List[Any] = traitlets.List().tag(sync=True)
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
            captions=[describe(*at) for at in positions],
            alts=alts,
            index=[0] * len(axes),
        )

    def __repr__(self) -> str:
        """Name the controls, for readers of the plain text."""
        return f"SpriteBrowser({', '.join(axis['name'] for axis in self.axes)})"


class TableBrowser(anywidget.AnyWidget):
    """Shows one of several tables of numbers, coloured by value, chosen from a list.

    ``chosen`` is the name of the table shown, synchronised with the page while a kernel lives.
    """

    _esm = ASSETS / "table_browser.js"
    _css = ASSETS / "widgets.css"
    label = traitlets.Unicode().tag(sync=True)
    tables = traitlets.Dict().tag(sync=True)
    chosen = traitlets.Unicode().tag(sync=True)

    @classmethod
    def from_tables(
        cls,
        tables: Mapping[str, pd.DataFrame],
        *,
        label: str,
        captions: Mapping[str, str],
        summaries: Mapping[str, str] | None = None,
        number: str = "{:.3f}",
        limits: tuple[float, float] | None = None,
    ) -> TableBrowser:
        """Make the widget from its tables.

        Parameters
        ----------
        tables : mapping of str to DataFrame
            One table of numbers per choice; row names in the index, missing numbers as NaN.
        label : str
            The label of the list, e.g. ``"Normal class"``.
        captions, summaries : mapping of str to str
            The caption of every table, and a sentence that is announced when it is chosen.
        number : str
            Format of one number.
        limits : (float, float), optional
            Values of the palest and the strongest colour; by default the range of all tables, so
            that colours can be compared between them.

        Raises
        ------
        ValueError
            If there is no table, or a table has no caption.
        """
        if not tables or set(tables) - set(captions):
            raise ValueError("every table needs a caption, and there must be one")
        values = np.concatenate([table.to_numpy(float).ravel() for table in tables.values()])
        low, high = limits or (float(np.nanmin(values)), float(np.nanmax(values)))
        said = summaries or {}
        return cls(
            label=label,
            tables={
                name: _table_state(table, number, low, high)
                | {"caption": captions[name], "summary": said.get(name, "")}
                for name, table in tables.items()
            },
            chosen=next(iter(tables)),
        )

    def __repr__(self) -> str:
        """Name the choices, for readers of the plain text."""
        return f"TableBrowser({self.label}: {', '.join(self.tables)})"


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


def _table_state(table: pd.DataFrame, number: str, low: float, high: float) -> dict[str, Any]:
    """Return texts and shades (0 to 1, None where missing) of a table, row by row."""
    values = table.to_numpy(float)
    shades = np.clip((values - low) / ((high - low) or 1.0), 0, 1)
    return {
        "corner": str(table.index.name or ""),
        "columns": [str(name) for name in table.columns],
        "index": [str(name) for name in table.index],
        "texts": [["–" if np.isnan(v) else number.format(v) for v in row] for row in values],
        "shades": [[None if np.isnan(s) else round(float(s), 2) for s in row] for row in shades],
    }
