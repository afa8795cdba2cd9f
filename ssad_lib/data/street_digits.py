"""The default image set: real digits in random colours over crops of real photographs.

A small cousin of SVHN (METHODS 1.1) that every machine has. The photographs are dim, so most digits
are brighter than what lies behind them, and light falls from above: were colours or light
symmetric, inverted or flipped images would be as normal as any other, and no detector could tell.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from ssad_lib.data.digits import CLASSES, glyphs
from ssad_lib.data.draws import below, stream, uniform
from ssad_lib.data.image_set import ImageSet
from ssad_lib.data.resize import resize_images

VERSION = "street-digits/1"
SOURCE = (
    "UCI handwritten digits (Alpaydin and Kaynak) over the photographs china.jpg (danielbuechele) "
    "and flower.jpg (vultilion), all via scikit-learn"
)
LICENCE = "digits CC BY 4.0, photographs CC BY 2.0"
SIZE = 32
PER_CLASS = {"train": 1000, "test": 200}

# Columns of the photographs: vertical strips keep sky above ground and share no pixel.
STRIPS = {
    "train": ((0, 160), (256, 416), (512, 640)),
    "test": ((160, 256), (416, 512)),
}
ZOOMS = (1, 2, 3)  # photograph pixels per image pixel
DIM = (0.5, 0.9)  # factor on the photographs
FALL = 0.4  # largest loss of light from top to foot
HEIGHT = (18.0, 26.0)  # of a digit, in pixels
CONTRAST = 0.25  # difference of mean brightness between digit and background, at least about
ROOM = 0.3  # a background needs that much below or above it for a darker or brighter digit
BLOCK = 50  # images drawn together: the unit that a longer set leaves unchanged


def load_street_digits(
    split: str, images_per_class: int | None, size: int | None, seed: int
) -> ImageSet:
    """Return `images_per_class` street digits of each class, ``uint8 (N, 3, 32, 32)``.

    Each image is decided by (seed, split, class, index): asking for more keeps the first ones.
    Train and test share neither a digit nor a pixel of background.
    """
    size = size or SIZE
    count = images_per_class or PER_CLASS[split]
    return ImageSet(
        name="street-digits",
        images=resize_images(composed(glyphs(split), VERSION, split, count, seed), size),
        labels=np.repeat(np.arange(len(CLASSES), dtype=np.int64), count),
        classes=CLASSES,
        split=split,
        source=SOURCE,
        licence=LICENCE,
        fingerprint=f"{VERSION}?split={split}&n={count}&size={size}&seed={seed}",
    )


def composed(
    signs: Sequence[np.ndarray], version: str, split: str, count: int, seed: int
) -> np.ndarray:
    """Return `count` images of each class of signs over photographs, ``uint8 (N, 3, 32, 32)``.

    Parameters
    ----------
    signs : sequence of numpy.ndarray
        Scans ``float32 (n, 8, 8)`` in [0, 1] of the signs of each class.
    version : str
        Of the image set; part of the draws.
    split : {"train", "test"}
        Decides which parts of the photographs lie behind the signs.
    count, seed : int
    """
    per_class = []
    for label, scans in enumerate(signs):
        blocks = range(0, count, BLOCK)
        drawn = [
            _draw_block(scans, split, stream(version, seed, split, label, start // BLOCK))
            for start in blocks
        ]
        per_class.append(np.concatenate(drawn)[:count])
    return np.concatenate(per_class)


def _draw_block(scans: np.ndarray, split: str, rng: np.random.Generator) -> np.ndarray:
    """Return the `BLOCK` images ``uint8 (BLOCK, 3, 32, 32)`` of one block of one class."""
    photograph = _crop(split, rng) * uniform(rng, *DIM, (BLOCK, 1, 1, 1))
    stroke = _stroke(scans, rng)[:, None]
    mixed = photograph + stroke * (_colour(photograph, rng) - photograph)
    return np.rint(255 * mixed * _light(rng)).astype(np.uint8)


def _crop(split: str, rng: np.random.Generator) -> np.ndarray:
    """Return windows of the photographs, half of them mirrored, ``(BLOCK, 3, 32, 32)``."""
    canvas, regions = _photographs(split)
    top, height, width = regions[below(rng, len(regions), BLOCK)].T
    row = top + below(rng, height - SIZE + 1, BLOCK)
    column = below(rng, width - SIZE + 1, BLOCK)
    windows = np.lib.stride_tricks.sliding_window_view(canvas, (SIZE, SIZE), axis=(0, 1))
    crops = windows[row, column]
    mirrored = rng.random(BLOCK) < 0.5
    crops[mirrored] = crops[mirrored, :, :, ::-1]
    return crops.astype(np.float32) / 255


def _stroke(scans: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return how much digit each pixel shows, ``(BLOCK, 32, 32)`` in [0, 1].

    A digit of ``(8, 8)`` cells is enlarged bilinearly to a random size at a random place; the
    steep ramp afterwards gives the stroke an edge again.
    """
    chosen = scans[below(rng, len(scans), BLOCK)]
    height = uniform(rng, *HEIGHT, (BLOCK,))
    width = height * uniform(rng, 0.85, 1.15, (BLOCK,))
    enlarged = _spread(height, rng) @ chosen @ _spread(width, rng).transpose(0, 2, 1)
    opacity = uniform(rng, 0.8, 1.0, (BLOCK, 1, 1))
    return np.clip((enlarged - 0.25) / 0.35, 0.0, 1.0) * opacity


def _spread(length: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the weights of 8 cells on 32 pixels, ``(BLOCK, 32, 8)``, `length` pixels long."""
    start = (SIZE - length) * uniform(rng, 0.0, 1.0, (BLOCK,))
    pixels = np.arange(SIZE, dtype=np.float32) + 0.5
    cells = (pixels - start[:, None]) * (8 / length[:, None]) - 0.5
    return np.maximum(0.0, 1.0 - np.abs(cells[:, :, None] - np.arange(8, dtype=np.float32)))


def _colour(photograph: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return digit colours ``(BLOCK, 3, 1, 1)``, apart from the mean of what lies behind them.

    They are drawn freely, then moved away from the background in brightness, towards where the
    draw lies if there is room.
    """
    behind = photograph.mean(axis=(2, 3), keepdims=True)
    colour = uniform(rng, 0.0, 1.0, (BLOCK, 3, 1, 1))
    apart = (colour - behind).mean(axis=1, keepdims=True)
    brightness = behind.mean(axis=1, keepdims=True)
    darker = (apart < 0) & (brightness > ROOM) | (brightness > 1 - ROOM)
    direction = np.where(darker, -1, 1)
    missing = np.maximum(0.0, CONTRAST - direction * apart)
    return np.clip(colour + direction * missing, 0.0, 1.0)


def _light(rng: np.random.Generator) -> np.ndarray:
    """Return the light on each row, ``(BLOCK, 1, 32, 1)``: full above, dimmer at the foot."""
    fall = uniform(rng, 0.0, FALL, (BLOCK, 1, 1, 1))
    return 1 - fall * np.linspace(0, 1, SIZE, dtype=np.float32)[:, None]


@functools.cache
def _photographs(split: str) -> tuple[np.ndarray, np.ndarray]:
    """Return all strips at all zooms below one another and where each lies.

    Returns
    -------
    canvas : numpy.ndarray
        ``uint8 (rows, columns, 3)``.
    regions : numpy.ndarray
        ``int64 (strips, 3)``: first row, height and width of each strip on the canvas.
    """
    # Its import takes seconds, which only those who draw digits should pay.
    from sklearn.datasets import load_sample_images

    strips = [
        _shrink(photograph[:, left:right], zoom)
        for photograph in load_sample_images().images
        for left, right in STRIPS[split]
        for zoom in ZOOMS
    ]
    widest = max(strip.shape[1] for strip in strips)
    padded = [np.pad(strip, ((0, 0), (0, widest - strip.shape[1]), (0, 0))) for strip in strips]
    tops = np.cumsum([0] + [len(strip) for strip in strips[:-1]])
    sizes = np.array([strip.shape[:2] for strip in strips])
    return np.concatenate(padded), np.column_stack([tops, sizes])


def _shrink(photograph: np.ndarray, factor: int) -> np.ndarray:
    """Return the means of `factor` by `factor` pixels; rows and columns left over are dropped."""
    rows, columns = (extent // factor for extent in photograph.shape[:2])
    cut = photograph[: rows * factor, : columns * factor].astype(np.float32)
    means = cut.reshape(rows, factor, columns, factor, 3).mean(axis=(1, 3))
    return np.rint(means).astype(np.uint8)
