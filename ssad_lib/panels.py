"""Rows of images as HTML, and in labelled groups of columns (Figures 5 and 11 of paper 000).

No drawing of matplotlib's: that holds every image four times, for light and dark pages and for
narrow screens, where words of HTML take the colour of the page and groups wrap by themselves.
"""

from __future__ import annotations

import base64
import io
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from ssad_lib.tables import escaped

SIDE = 54  # pixels of a screen that an image is wide, where there is room
LARGEST_SIDE = 96  # of one that has so many of its own
GROUPS = "display:flex;flex-wrap:wrap;gap:0.75rem 1.5rem"
GROUP = (
    "display:grid;grid-template-columns:auto minmax(0,auto);justify-content:start;gap:2px 8px;"
    "align-items:center"
)
STRIP = "display:block;max-width:100%;height:auto;image-rendering:pixelated"


def rows_html(rows: Mapping[str, NDArray[Any] | Tensor], alt: str, caption: str = "") -> str:
    """Return labelled rows of images, such as normal ones above what an augmentation makes of them.

    Parameters
    ----------
    rows : mapping of str to images ``(n, C, H, W)``
        Values in [0, 1], clipped for display; a row may have fewer images than another.
    alt : str
        What the reader is meant to see.
    caption : str
        Below the rows.
    """
    widest = max(images.shape[-1] for images in rows.values())
    side = min(max(SIDE, widest), LARGEST_SIDE)
    lines = [_line(name, images, "", side) for name, images in rows.items()]
    below = f"<figcaption>{escaped(caption)}</figcaption>" if caption else ""
    return (
        f'<figure class="ssad-panels" aria-label="{escaped(alt)}">'
        f'<div style="{GROUP}">{"".join(lines)}</div>{below}</figure>'
    )


def panels_html(
    rows: Mapping[str, NDArray[Any] | Tensor],
    columns: Sequence[tuple[str, str]],
    caption: str,
) -> str:
    """Return images and their reconstructions, group by group.

    Parameters
    ----------
    rows : mapping of str to images ``(n, C, H, W)``
        Original, then what each detector makes of it; values in [0, 1], clipped for display.
    columns : sequence of (str, str)
        Kind ("normal", "anomaly") and outcome ("success", "failure") of each of the n images;
        neighbours that agree form one group.
    caption : str
        What is shown, below it.

    Raises
    ------
    ValueError
        If a row has not one image for every column.
    """
    for name, images in rows.items():
        if len(images) != len(columns):
            raise ValueError(f"{len(columns)} columns, but row '{name}' has {len(images)} images")
    groups, start = [], 0
    for label, same in itertools.groupby(columns):
        end = start + len(list(same))
        groups.append(_group(rows, slice(start, end), label))
        start = end
    return (
        f'<figure class="ssad-panels"><div style="{GROUPS}">{"".join(groups)}</div>'
        f"<figcaption>{escaped(caption)}</figcaption></figure>"
    )


def _group(rows: Mapping[str, NDArray[Any] | Tensor], chosen: slice, label: tuple[str, str]) -> str:
    """Return one group: its label, then the name and the images of every row."""
    said = ", ".join(label)
    lines = [f'<span></span><span style="border-bottom:1px solid">{escaped(said)}</span>']
    lines += [_line(name, images[chosen], f", {said}", SIDE) for name, images in rows.items()]
    return f'<div style="{GROUP}">{"".join(lines)}</div>'


def _line(name: str, images: NDArray[Any] | Tensor, said: str, side: int) -> str:
    """Return the name of a row and its images, each `side` pixels wide where there is room."""
    count = len(images)
    alt = escaped(f"Row “{name}”: {count} image{'s' * (count != 1)}{said}")
    return (
        f'<span style="text-align:right">{escaped(name)}</span>'
        f'<img src="{_strip(images)}" width="{side * count}" alt="{alt}" style="{STRIP}">'
    )


def _strip(images: NDArray[Any] | Tensor) -> str:
    """Return images ``(n, C, H, W)`` side by side, a clear pixel between, as a WebP data URL."""
    values = (np.clip(np.asarray(images, np.float32), 0, 1) * 255).round().astype(np.uint8)
    count, _, height, width = values.shape
    strip = np.zeros((height, count, width + 1, 4), np.uint8)
    strip[:, :, :width, :3] = values.transpose(2, 0, 3, 1)  # one channel is spread to three
    strip[:, :, :width, 3] = 255
    picture = Image.fromarray(strip.reshape(height, -1, 4)[:, :-1])
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", lossless=True, quality=80)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode()}"
