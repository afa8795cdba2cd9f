"""Marks on any surface, each with its pixel mask: what paper 001 calls poke, thread, oil and so on.

Some of them CutDiff can express, smooth dark spots of any length (`poke`, `cut`, `stroke`); others
it cannot: bright or coloured ones, and what lets the surface shine through (`thread`, `metal`,
`glue`, `oil`, `color`). Every function takes ``float32 (N, 3, H, H)`` images in [0, 1] and a
generator; lengths are in parts of the side.
"""

from __future__ import annotations

import numpy as np

from ssad_lib.data.draws import uniform
from ssad_lib.data.texture_defects import Images, Masks, blob

POINTS = 13  # of a curve, joined by straight lines
SEEN = 0.25  # share of a pixel, or of the full strength, from which it counts as defective


def poke(images: Images, rng: np.random.Generator) -> tuple[Images, Masks]:
    """Press in one small smooth dark dent."""
    count, _, size, _ = images.shape
    radius = uniform(rng, 0.035, 0.06, (count, 1))
    depth = _spot(rng, count, size, radius, radius) * uniform(rng, 0.35, 0.5, (count, 1, 1))
    return np.clip(images - depth[:, None], 0.0, 1.0), depth > 0.4 * SEEN


def stroke(images: Images, rng: np.random.Generator) -> tuple[Images, Masks]:
    """Draw one broad soft grey stroke."""
    count, _, size, _ = images.shape
    length, width = uniform(rng, 0.16, 0.26, (count, 1)), uniform(rng, 0.035, 0.06, (count, 1))
    depth = _spot(rng, count, size, length, width) * uniform(rng, 0.22, 0.34, (count, 1, 1))
    return np.clip(images - depth[:, None], 0.0, 1.0), depth > 0.3 * SEEN


def cut(images: Images, rng: np.random.Generator) -> tuple[Images, Masks]:
    """Cut one narrow dark slit, widest in its middle."""
    count, _, size, _ = images.shape
    length, width = uniform(rng, 0.12, 0.2, (count, 1)), uniform(rng, 0.016, 0.026, (count, 1))
    width = np.maximum(width, 0.55 / size)  # not thinner than a pixel shows
    depth = np.minimum(1.0, 1.5 * _spot(rng, count, size, length, width))
    return images * (1 - 0.8 * depth[:, None]), depth > SEEN


def thread(images: Images, rng: np.random.Generator) -> tuple[Images, Masks]:
    """Lay one long thin pale fibre on the surface."""
    count, _, size, _ = images.shape
    cover = _curve(rng, count, size, 0.35, 0.006, 0.009)
    dye = uniform(rng, -0.08, 0.08, (count, 3, 1, 1)) + uniform(rng, 0.78, 0.95, (count, 1, 1, 1))
    return images + 0.8 * cover[:, None] * (dye - images), cover > SEEN


def scratch(images: Images, rng: np.random.Generator) -> tuple[Images, Masks]:
    """Scratch one thin straight line, paler than what it crosses."""
    count, _, size, _ = images.shape
    cover = _curve(rng, count, size, 0.0, 0.005, 0.009)
    return np.clip(images + 0.3 * cover[:, None], 0.0, 1.0), cover > SEEN


def metal(images: Images, rng: np.random.Generator) -> tuple[Images, Masks]:
    """Leave one short bright splinter."""
    count, _, size, _ = images.shape
    length, width = uniform(rng, 0.06, 0.11, (count, 1)), uniform(rng, 0.016, 0.026, (count, 1))
    cover = np.clip(2.5 * _spot(rng, count, size, length, width) - 0.6, 0.0, 1.0)
    shine = uniform(rng, 0.75, 0.95, (count, 1, 1, 1))
    return images + cover[:, None] * (shine - images), cover > SEEN


def glue(images: Images, rng: np.random.Generator) -> tuple[Images, Masks]:
    """Smear on a milky film; the surface shines through."""
    film = _film(rng, images, 0.08, 0.15)
    return images + 0.55 * film[:, None] * (0.88 - images), film > SEEN


def oil(images: Images, rng: np.random.Generator) -> tuple[Images, Masks]:
    """Spill a clear film that deepens the colours, with a brownish cast."""
    film = _film(rng, images, 0.13, 0.24)
    absorbed = np.array([0.12, 0.2, 0.36], np.float32)[:, None, None]
    return images * (1 - film[:, None] * absorbed), film > SEEN


def color(images: Images, rng: np.random.Generator) -> tuple[Images, Masks]:
    """Dye one patch; its brightness stays."""
    film = _film(rng, images, 0.08, 0.14)
    cast = uniform(rng, -1.0, 1.0, (len(images), 3, 1, 1))
    cast -= cast.mean(axis=1, keepdims=True)
    cast *= 0.22 / np.abs(cast).max(axis=1, keepdims=True)
    return np.clip(images * (1 + 1.6 * film[:, None] * cast), 0.0, 1.0), film > SEEN


def bent(images: Images, rng: np.random.Generator) -> tuple[Images, Masks]:
    """Push one place of the surface aside, as far as the push reaches."""
    count, _, size, _ = images.shape
    radius = uniform(rng, 0.09, 0.15, (count, 1))
    push = _spot(rng, count, size, radius, radius)
    way = uniform(rng, 0.0, 2 * np.pi, (count, 1, 1))
    far = uniform(rng, 0.06, 0.1, (count, 1, 1)) * size
    down, right = np.mgrid[:size, :size].astype(np.float32)
    rows, columns = down - far * np.sin(way) * push, right - far * np.cos(way) * push
    return _sampled(images, rows, columns), push > SEEN


def _sampled(images: Images, rows: np.ndarray, columns: np.ndarray) -> Images:
    """Return the values at fractional places ``(N, H, H)``, bilinear."""
    size = images.shape[-1]
    rows, columns = np.clip(rows, 0, size - 1), np.clip(columns, 0, size - 1)
    top, left = (np.minimum(np.floor(v).astype(np.int64), size - 2) for v in (rows, columns))
    each = np.arange(len(images))[:, None, None]
    values = np.moveaxis(images, 1, -1)
    below, beside = (rows - top)[..., None], (columns - left)[..., None]
    upper = values[each, top, left] * (1 - beside) + values[each, top, left + 1] * beside
    lower = values[each, top + 1, left] * (1 - beside) + values[each, top + 1, left + 1] * beside
    return np.moveaxis(upper * (1 - below) + lower * below, -1, 1).astype(np.float32)


def _spot(
    rng: np.random.Generator, count: int, size: int, length: np.ndarray, width: np.ndarray
) -> np.ndarray:
    """Return a Gaussian hill ``(count, size, size)`` of height 1 at a random place and turn."""
    centre = uniform(rng, 0.25, 0.75, (2, count, 1))
    turn = uniform(rng, 0.0, np.pi, (count, 1, 1))
    pixels = (np.arange(size, dtype=np.float32) + 0.5) / size
    down, right = pixels - centre[0], pixels - centre[1]
    down, right = down[:, :, None], right[:, None, :]
    along = (down * np.sin(turn) + right * np.cos(turn)) / length[:, :, None]
    across = (down * np.cos(turn) - right * np.sin(turn)) / width[:, :, None]
    return np.exp(-(along**2) - across**2).astype(np.float32)


def _film(rng: np.random.Generator, images: Images, smallest: float, largest: float) -> np.ndarray:
    """Return the thickness ``(N, H, H)`` in [0, 1] of a film with a soft ragged edge."""
    inside = blob(rng, len(images), images.shape[-1], smallest, largest)
    return np.clip(inside / 0.25, 0.0, 1.0)


def _curve(
    rng: np.random.Generator, count: int, size: int, bow: float, thinnest: float, thickest: float
) -> np.ndarray:
    """Return how much of each pixel ``(count, size, size)`` a curve across the image covers."""
    way = np.linspace(0, 1, POINTS, dtype=np.float32)
    middle, turn = uniform(rng, 0.35, 0.65, (2, count, 1)), uniform(rng, 0.0, np.pi, (count, 1))
    along = uniform(rng, 0.45, 0.8, (count, 1)) * (way - 0.5)
    swing = uniform(rng, -bow, bow, (2, count, 1))
    across = swing[0] * (4 * way * (1 - way) - 0.5) + 0.4 * swing[1] * np.sin(2 * np.pi * way)
    rows = middle[0] + along * np.sin(turn) + across * np.cos(turn)
    columns = middle[1] + along * np.cos(turn) - across * np.sin(turn)
    radius = uniform(rng, thinnest, thickest, (count, 1, 1))
    radius = np.maximum(radius, 0.4 / size)  # not thinner than a pixel shows
    return np.clip((radius - _path_distance(rows, columns, size)) * size + 0.5, 0.0, 1.0)


def _path_distance(rows: np.ndarray, columns: np.ndarray, size: int) -> np.ndarray:
    """Return the distance ``(count, size, size)`` of every pixel to a path ``(count, POINTS)``."""
    pixels = (np.arange(size, dtype=np.float32) + 0.5) / size
    nearest = np.full((len(rows), size, size), np.inf, np.float32)
    for step in range(rows.shape[1] - 1):
        down = (pixels - rows[:, step, None])[:, :, None]
        right = (pixels - columns[:, step, None])[:, None, :]
        forth = (rows[:, step + 1] - rows[:, step])[:, None, None]
        aside = (columns[:, step + 1] - columns[:, step])[:, None, None]
        share = (down * forth + right * aside) / (forth**2 + aside**2)
        share = np.clip(share, 0.0, 1.0)
        gap = (down - share * forth) ** 2 + (right - share * aside) ** 2
        nearest = np.minimum(nearest, gap)
    return np.sqrt(nearest)
