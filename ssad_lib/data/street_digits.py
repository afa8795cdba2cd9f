"""The default image set: real digits in bright colours over crops of real photographs.

A small cousin of SVHN (METHODS 1.1) that every machine has. Digits are brighter than what lies
behind them and light falls from above: were the colours symmetric, an inverted image would be as
normal as any other, and Invert and Flip could not be told from normal images.
"""

from __future__ import annotations

import functools

import numpy as np
from sklearn.datasets import load_sample_images

from ssad_lib.data.digits import CLASSES, glyphs
from ssad_lib.data.image_set import ImageSet
from ssad_lib.data.resize import resize_images
from ssad_lib.rng import seed_of

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
BLOCK = 250  # images drawn together: the unit that a longer set leaves unchanged


def load_street_digits(
    split: str, images_per_class: int | None, size: int | None, seed: int
) -> ImageSet:
    """Return `images_per_class` street digits of each class, ``uint8 (N, 3, 32, 32)``.

    Each image is decided by (seed, split, class, index): asking for more keeps the first ones.
    Train and test share neither a digit nor a pixel of background.
    """
    size = size or SIZE
    count = images_per_class or PER_CLASS[split]
    per_class = []
    for label in range(len(CLASSES)):
        blocks = range(0, count, BLOCK)
        drawn = [_draw_block(split, label, seed, start // BLOCK) for start in blocks]
        per_class.append(np.concatenate(drawn)[:count])
    return ImageSet(
        name="street-digits",
        images=resize_images(np.concatenate(per_class), size),
        labels=np.repeat(np.arange(len(CLASSES), dtype=np.int64), count),
        classes=CLASSES,
        split=split,
        source=SOURCE,
        licence=LICENCE,
        fingerprint=f"{VERSION}?split={split}&n={count}&size={size}&seed={seed}",
    )


def _draw_block(split: str, label: int, seed: int, block: int) -> np.ndarray:
    """Return the `BLOCK` images ``uint8 (BLOCK, 3, 32, 32)`` of one block of one class."""
    key = seed_of(VERSION, seed, split, label, block)
    rng = np.random.Generator(np.random.PCG64(key))
    photograph = _crop(split, rng) * _light(rng)
    stroke = _stroke(glyphs(split)[label], rng)[:, None]
    mixed = photograph + stroke * (_colour(rng) - photograph)
    return np.rint(mixed).astype(np.uint8)


def _uniform(rng: np.random.Generator, low: float, high: float, *shape: int) -> np.ndarray:
    """Return ``float32 (BLOCK, *shape)`` uniform draws."""
    return (low + (high - low) * rng.random((BLOCK, *shape))).astype(np.float32)


def _stroke(scans: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return how much digit each pixel shows, ``(BLOCK, 32, 32)`` in [0, 1].

    A digit of ``(8, 8)`` cells is enlarged bilinearly to a random size at a random place; the
    steep ramp afterwards gives the stroke an edge again.
    """
    chosen = scans[(rng.random(BLOCK) * len(scans)).astype(np.int64)]
    height = _uniform(rng, 20.0, 28.0)
    width = height * _uniform(rng, 0.85, 1.15)
    rows = _hat_weights(height, rng)
    columns = _hat_weights(width, rng)
    enlarged = rows @ chosen @ columns.transpose(0, 2, 1)
    opacity = _uniform(rng, 0.8, 1.0)[:, None, None]
    return np.clip((enlarged - 0.25) / 0.35, 0.0, 1.0) * opacity


def _hat_weights(length: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the linear interpolation of 8 cells over `length` pixels, ``(BLOCK, 32, 8)``."""
    start = (SIZE - length) * _uniform(rng, 0.0, 1.0)
    pixels = np.arange(SIZE, dtype=np.float32) + 0.5
    cells = (pixels - start[:, None]) * (8 / length[:, None]) - 0.5
    return np.maximum(0.0, 1.0 - np.abs(cells[:, :, None] - np.arange(8, dtype=np.float32)))


def _colour(rng: np.random.Generator) -> np.ndarray:
    """Return bright colours of any hue, ``(BLOCK, 3, 1, 1)`` in [0, 255]."""
    channels = _uniform(rng, 0.0, 1.0, 3)
    pure = channels / channels.max(axis=1, keepdims=True)
    saturation = _uniform(rng, 0.2, 0.8)[:, None]
    return (255 * (1 - saturation * (1 - pure)))[:, :, None, None]


def _light(rng: np.random.Generator) -> np.ndarray:
    """Return the factor that darkens a photograph, stronger at its foot, ``(BLOCK, 1, 32, 1)``."""
    level = _uniform(rng, 0.35, 0.75)[:, None]
    slope = _uniform(rng, 0.0, 0.3)[:, None]
    down = np.linspace(1, -1, SIZE, dtype=np.float32)
    return (level * (1 + slope * down))[:, None, :, None]


def _crop(split: str, rng: np.random.Generator) -> np.ndarray:
    """Return random windows of the photographs, ``float32 (BLOCK, 3, 32, 32)`` in [0, 255]."""
    canvas, regions = _photographs(split)
    top, height, width = regions[(rng.random(BLOCK) * len(regions)).astype(np.int64)].T
    row = top + (rng.random(BLOCK) * (height - SIZE + 1)).astype(np.int64)
    column = (rng.random(BLOCK) * (width - SIZE + 1)).astype(np.int64)
    windows = np.lib.stride_tricks.sliding_window_view(canvas, (SIZE, SIZE), axis=(0, 1))
    mirrored = rng.random(BLOCK) < 0.5
    crops = windows[row, column]
    crops[mirrored] = crops[mirrored, :, :, ::-1]
    return crops.astype(np.float32)


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
