"""Rows of images in labelled groups of columns, as HTML (Figures 5 and 11 of paper 000).

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
GROUPS = "display:flex;flex-wrap:wrap;gap:0.75rem 1.5rem"
GROUP = "display:grid;grid-template-columns:auto minmax(0,auto);gap:2px 8px;align-items:center"
STRIP = "display:block;max-width:100%;height:auto;image-rendering:pixelated"


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
    count = chosen.stop - chosen.start
    said = ", ".join(label)
    lines = [f'<span></span><span style="border-bottom:1px solid">{escaped(said)}</span>']
    for name, images in rows.items():
        alt = escaped(f"{name}: {count} image{'s' if count > 1 else ''}, {said}")
        lines.append(
            f'<span style="text-align:right">{escaped(name)}</span>'
            f'<img src="{_strip(images[chosen])}" width="{SIDE * count}" alt="{alt}" '
            f'style="{STRIP}">'
        )
    return f'<div style="{GROUP}">{"".join(lines)}</div>'


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
