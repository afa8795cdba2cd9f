"""Heat maps over images and a threshold to drag: masks, flagged images, false alarms, precision."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import NDArray
from PIL import Image

from ssad_lib.appearance import number
from ssad_lib.statistics import binomial_interval
from ssad_lib.widgets.parts import script, style

LEVELS = 256  # of a map, as many as a grey picture has
MIDDLE = LEVELS // 2  # the level of the threshold that is shown first
SIDE = 128  # pixels of a map on the page; of larger ones the highest pixel of each block
QUALITY = 80  # of the pictures, JPEG
VIEWS = ("marked pixels", "heat map", "image")


class MaskExplorer(anywidget.AnyWidget):
    """Shows where maps exceed a threshold, and what this threshold costs and finds.

    Half of the levels lie below the first threshold and half above, equally spaced, so that this
    threshold is a level. The state holds counts by level: flagged images, normal images held out
    and, where there are masks, marked and defective pixels are exact at every level.
    ``level`` and ``view`` are synchronised with the page while a kernel lives.
    """

    _esm = script("mask_explorer")
    _css = style("facts", "mask_explorer")
    images: traitlets.List[Any] = traitlets.List().tag(sync=True)
    shape = traitlets.Dict().tag(sync=True)
    total = traitlets.Int().tag(sync=True)
    thresholds = traitlets.List(traitlets.Unicode()).tag(sync=True)
    flagged = traitlets.List(traitlets.Int()).tag(sync=True)
    held = traitlets.Dict().tag(sync=True)
    pixels = traitlets.Dict().tag(sync=True)
    level = traitlets.Int().tag(sync=True)
    view = traitlets.Unicode().tag(sync=True)

    @classmethod
    def from_maps(
        cls,
        images: NDArray[np.uint8],
        maps: NDArray[np.float32],
        *,
        names: Sequence[str],
        held_out: NDArray[np.float32],
        threshold: float,
        masks: NDArray[np.bool_] | None = None,
        shown: Sequence[int] | None = None,
        ratio: float | None = None,
    ) -> MaskExplorer:
        """Make the widget.

        Parameters
        ----------
        images : ndarray of uint8, shape (N, C, H, W)
        maps : ndarray of float32, shape (N, H, W)
            Larger is more anomalous; an image is flagged where a pixel reaches the threshold.
        names : sequence of str
            Of the images.
        held_out : ndarray of float32, shape (n,)
            The highest pixel of the map of each normal image that was held out.
        threshold : float
            The one that is shown first.
        masks : ndarray of bool, shape (N, H, W), optional
            True on defective pixels.
        shown : sequence of int, optional
            Which images have a picture, in this order; all by default. All are counted.
        ratio : float, optional
            Width by height of a picture; as the images are by default.

        Raises
        ------
        ValueError
            If there is no image, or none was held out.
        """
        if not len(maps) or not len(held_out):
            raise ValueError("the widget needs images, and normal ones that were held out")
        edges = _edges(maps, threshold)
        peaks = np.digitize(maps.max(axis=(1, 2)), edges[1:])
        bad = [None] * len(maps) if masks is None else [bool(mask.any()) for mask in masks]
        order = range(len(maps)) if shown is None else shown
        height, width = _reduced(maps[0]).shape
        return cls(
            images=[
                [
                    names[i],
                    number(float(maps[i].max())),
                    int(peaks[i]),
                    bad[i],
                    _picture(images[i]),
                    _grey(np.digitize(_reduced(maps[i]), edges[1:]).astype(np.uint8)),
                    *([] if not bad[i] or masks is None else [_grey(_reduced(masks[i]) * 255)]),
                ]
                for i in order
            ],
            shape={"width": width, "height": height, "ratio": ratio},
            total=len(maps),
            thresholds=[number(float(edge)) for edge in edges],
            flagged=_at_or_above(peaks),
            held=_held(np.digitize(held_out, edges[1:])),
            pixels={} if masks is None else _pixels(maps, masks, edges),
            level=MIDDLE,
            view=VIEWS[0],
        )

    def __repr__(self) -> str:
        """Count the images, for readers of the plain text."""
        return f"MaskExplorer({self.total} images)"


def _edges(maps: NDArray[np.float32], threshold: float) -> NDArray[np.float64]:
    """Return where each level begins, shape ``(LEVELS,)``; `threshold` is one of them."""
    low, high = float(maps.min()), float(maps.max())
    low = min(low, threshold - 1e-6 * max(1.0, abs(threshold)))
    high = max(high, threshold + (threshold - low))
    below = np.linspace(low, threshold, MIDDLE, endpoint=False)
    return np.concatenate([below, np.linspace(threshold, high, LEVELS - MIDDLE)])


def _at_or_above(levels: NDArray[np.int64]) -> list[int]:
    """Return how many of `levels` are at or above each level."""
    counts = np.bincount(levels, minlength=LEVELS)
    return [int(count) for count in counts[::-1].cumsum()[::-1]]


def _held(levels: NDArray[np.int64]) -> dict[str, Any]:
    total = len(levels)
    intervals = [binomial_interval(count, total) for count in range(total + 1)]
    return {
        "total": total,
        "counts": _at_or_above(levels),
        "intervals": [f"{100 * low:.1f} to {100 * high:.1f} %" for low, high in intervals],
    }


def _pixels(
    maps: NDArray[np.float32], masks: NDArray[np.bool_], edges: NDArray[np.float64]
) -> dict[str, Any]:
    """Return how many pixels are marked at each level, and how many of these are defective."""
    marked, found = np.zeros(LEVELS, np.int64), np.zeros(LEVELS, np.int64)
    for one, mask in zip(maps, masks, strict=True):
        levels = np.digitize(one, edges[1:])
        marked += np.bincount(levels.ravel(), minlength=LEVELS)
        found += np.bincount(levels[mask], minlength=LEVELS)
    below = {"marked": marked, "found": found}
    return {"defective": int(masks.sum())} | {
        name: [int(count) for count in counts[::-1].cumsum()[::-1]]
        for name, counts in below.items()
    }


def _reduced(values: NDArray[Any]) -> NDArray[Any]:
    """Return a map or a mask of at most `SIDE` pixels a side: the highest pixel of each block."""
    block = -(-max(values.shape) // SIDE)
    height, width = (-(-side // block) * block for side in values.shape)
    padded = np.pad(
        values, ((0, height - values.shape[0]), (0, width - values.shape[1])), mode="edge"
    )
    return padded.reshape(height // block, block, width // block, block).max(axis=(1, 3))


def _picture(image: NDArray[np.uint8]) -> str:
    pixels = image[0] if len(image) == 1 else image.transpose(1, 2, 0)
    return _url(Image.fromarray(pixels), "jpeg", quality=QUALITY)


def _grey(values: NDArray[Any]) -> str:
    return _url(Image.fromarray(values.astype(np.uint8)), "png", optimize=True)


def _url(image: Image.Image, kind: str, **options: Any) -> str:
    content = io.BytesIO()
    image.save(content, kind, **options)
    return f"data:image/{kind};base64,{base64.b64encode(content.getvalue()).decode()}"
