"""Five kinds of defect on any surface, each with its pixel mask (METHODS 1.5).

Every function takes ``float32 (N, 3, H, H)`` images in [0, 1] and a generator, and returns the
damaged images and ``bool (N, H, H)`` masks. Lengths are in parts of the side.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ssad_lib.data.draws import below, uniform

Images = np.ndarray
Masks = np.ndarray
Defect = Callable[[Images, np.random.Generator], tuple[Images, Masks]]
KNOTS = 48  # points of a crack: close enough to leave no gap at 256 pixels


def smooth_noise(rng: np.random.Generator, count: int, size: int, cells: int) -> np.ndarray:
    """Return noise ``(count, size, size)`` in [-1, 1], linear between `cells` + 1 knots a side."""
    knots = uniform(rng, -1.0, 1.0, (count, cells + 1, cells + 1))
    where = (np.arange(size, dtype=np.float32) + 0.5) * (cells / size)
    distance = np.abs(where[:, None] - np.arange(cells + 1, dtype=np.float32))
    weights = np.maximum(0.0, 1.0 - distance)
    return weights @ knots @ weights.T


def crack(images: Images, rng: np.random.Generator) -> tuple[Images, Masks]:
    """Draw a thin dark crooked line."""
    count, _, size, _ = images.shape
    rows, columns = _crooked_line(rng, count)
    width = uniform(rng, 0.012, 0.022, (count, 1, 1))
    pixels = (np.arange(size, dtype=np.float32) + 0.5) / size
    nearest = np.full((count, size, size), np.inf, np.float32)
    for knot in range(KNOTS):  # one knot at a time: all at once would hold KNOTS images of each
        down = (pixels - rows[:, knot, None]) ** 2
        right = (pixels - columns[:, knot, None]) ** 2
        nearest = np.minimum(nearest, down[:, :, None] + right[:, None, :])
    masks = nearest < width**2
    return np.where(masks[:, None], 0.25 * images, images), masks


def _crooked_line(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and columns ``(count, KNOTS)`` of random walks around straight lines."""
    way = np.linspace(0, 1, KNOTS, dtype=np.float32)
    along = uniform(rng, 0.1, 0.4, (count, 1)) + uniform(rng, 0.3, 0.5, (count, 1)) * way
    ends = uniform(rng, 0.1, 0.9, (2, count, 1))
    walk = np.cumsum(uniform(rng, -0.025, 0.025, (count, KNOTS)), axis=1)
    across = np.clip(ends[0] + (ends[1] - ends[0]) * way + walk, 0.02, 0.98)
    upright = uniform(rng, 0.0, 1.0, (count, 1)) < 0.5
    return np.where(upright, along, across), np.where(upright, across, along)


def hole(images: Images, rng: np.random.Generator) -> tuple[Images, Masks]:
    """Punch one ragged dark hole."""
    masks = blob(rng, len(images), images.shape[2], 0.06, 0.13) > 0
    depth = uniform(rng, 0.02, 0.12, (len(images), 1, 1, 1))
    return np.where(masks[:, None], depth, images), masks


def stain(images: Images, rng: np.random.Generator) -> tuple[Images, Masks]:
    """Soak one patch in a dye; the surface shows through."""
    edge = blob(rng, len(images), images.shape[2], 0.12, 0.24)
    masks = edge > 0
    absorbed = uniform(rng, 0.0, 1.0, (len(images), 3, 1, 1))
    absorbed = absorbed / absorbed.max(axis=1, keepdims=True)
    strength = 0.75 * np.clip(edge / 0.15, 0.0, 1.0)[:, None]
    return images * (1 - strength * absorbed), masks


def worn(images: Images, rng: np.random.Generator) -> tuple[Images, Masks]:
    """Wear the structure away in one patch, so that its mean colour is left."""
    masks = blob(rng, len(images), images.shape[2], 0.1, 0.2) > 0
    mean = images.mean(axis=(2, 3), keepdims=True)
    return np.where(masks[:, None], mean + 0.15 * (images - mean), images), masks


def misplaced(images: Images, rng: np.random.Generator) -> tuple[Images, Masks]:
    """Replace a square by another square of the image, transposed, so that it does not fit."""
    count, _, size, _ = images.shape
    side = np.rint(uniform(rng, 0.2, 0.35, (count,)) * size).astype(np.int64)
    top, left, from_top, from_left = (below(rng, size - side + 1, count) for _ in range(4))
    pixels = np.arange(size)
    down = pixels - top[:, None]
    right = pixels - left[:, None]
    in_rows = (down >= 0) & (down < side[:, None])
    in_columns = (right >= 0) & (right < side[:, None])
    masks = in_rows[:, :, None] & in_columns[:, None, :]
    source_row = np.clip(from_top[:, None] + right, 0, size - 1)[:, None, :]
    source_column = np.clip(from_left[:, None] + down, 0, size - 1)[:, :, None]
    each = np.arange(count)[:, None, None]
    moved = images.transpose(0, 2, 3, 1)[each, source_row, source_column].transpose(0, 3, 1, 2)
    return np.where(masks[:, None], moved, images), masks


def blob(
    rng: np.random.Generator, count: int, size: int, smallest: float, largest: float
) -> np.ndarray:
    """Return a field ``(count, size, size)``, positive inside one ragged blob in each image."""
    radii = uniform(rng, smallest, largest, (2, count, 1))
    centre = uniform(rng, 0.25, 0.75, (2, count, 1))
    pixels = (np.arange(size, dtype=np.float32) + 0.5) / size
    down, right = ((pixels - centre) / radii) ** 2
    ragged = 0.35 * smooth_noise(rng, count, size, 12)
    return 1 - (down[:, :, None] + right[:, None, :]) + ragged


DEFECTS: dict[str, Defect] = {
    "crack": crack,
    "hole": hole,
    "stain": stain,
    "worn": worn,
    "misplaced": misplaced,
}
