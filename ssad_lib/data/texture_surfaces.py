"""The good surfaces: cloth, carpet, wire grid and stone tile, one function each (METHODS 1.5).

Every function returns `BLOCK` pieces, ``float32 (BLOCK, 3, size, size)`` in [0, 1]; pieces differ
in place, turn, scale, dye and light. Lengths are in parts of the side.
"""

from __future__ import annotations

import numpy as np

from ssad_lib.data.draws import uniform
from ssad_lib.data.texture_defects import Images, smooth_noise

BLOCK = 20  # images drawn together: the unit that a longer set leaves unchanged


def weave(rng: np.random.Generator, size: int) -> Images:
    """Return pieces of plain-woven cloth: brown warp and pale weft pass over each other in turn."""
    threads = uniform(rng, 7.5, 9.5, (BLOCK, 1, 1)) / size
    turn = uniform(rng, -0.06, 0.06, (BLOCK, 1, 1))
    place = uniform(rng, 0.0, 2.0, (2, BLOCK, 1, 1))
    down, right = np.mgrid[:size, :size].astype(np.float32)
    across = (right + turn * down) * threads + place[0]
    along = (down - turn * right) * threads + place[1]
    warp_above = (np.floor(across) + np.floor(along)) % 2 == 0
    across, along = across % 1, along % 1
    # A thread is a parabola across its width and bends down where it dives under the next.
    warp_height = 4 * across * (1 - across) * (0.6 + 1.6 * along * (1 - along))
    weft_height = 4 * along * (1 - along) * (0.6 + 1.6 * across * (1 - across))
    height = np.where(warp_above, warp_height, weft_height)[:, None]
    dye = uniform(rng, -0.04, 0.04, (2, BLOCK, 3, 1, 1))
    warp = np.array([0.55, 0.36, 0.22], np.float32)[:, None, None] + dye[0]
    weft = np.array([0.82, 0.76, 0.62], np.float32)[:, None, None] + dye[1]
    colour = np.where(warp_above[:, None], warp, weft)
    light = 1 + 0.15 * smooth_noise(rng, BLOCK, size, 3)[:, None]
    grain = uniform(rng, -0.05, 0.05, (BLOCK, 1, size, size))
    return np.clip(colour * (0.35 + 0.65 * height) * light + grain, 0.0, 1.0)


def carpet(rng: np.random.Generator, size: int) -> Images:
    """Return pieces of loop carpet: offset rows of grey tufts, each of its own brightness."""
    tufts = uniform(rng, 9.0, 11.0, (BLOCK, 1, 1)) / size
    along, across = _turned(rng, size, 0.08)
    wobble = 0.25 * smooth_noise(rng, BLOCK, size, 8)
    row = along * tufts * 1.4 + wobble
    column = across * tufts + 0.5 * (np.floor(row) % 2) + wobble
    shade = uniform(rng, 0.72, 1.12, (BLOCK, 32, 32))
    each = np.arange(BLOCK)[:, None, None]
    tuft = shade[each, np.floor(row).astype(int) % 32, np.floor(column).astype(int) % 32]
    row, column = row % 1, column % 1
    height = np.sqrt(np.maximum(0.0, 16 * row * (1 - row) * column * (1 - column)))
    wool = np.array([0.60, 0.57, 0.53], np.float32)[:, None, None]
    wool = wool + uniform(rng, -0.015, 0.015, (BLOCK, 3, 1, 1))
    return _lit(rng, wool * (tuft * (0.3 + 0.7 * height))[:, None], 0.1, 0.1)


def wires(rng: np.random.Generator, size: int, gap: np.ndarray | float = 0.0) -> Images:
    """Return pieces of a woven wire grid before a dark ground; `gap` in [0, 1] takes wire away."""
    meshes = uniform(rng, 5.2, 5.8, (BLOCK, 1, 1)) / size
    along, across = _turned(rng, size, 0.05)
    first, second = (along + across) * meshes * 0.7, (along - across) * meshes * 0.7
    ground = 0.16 + 0.05 * smooth_noise(rng, BLOCK, size, 4)
    image = ground[:, None] * np.array([1.0, 1.02, 1.06], np.float32)[:, None, None]
    steel = uniform(rng, 0.62, 0.72, (BLOCK, 1, 1, 1)) * np.array(
        [1.0, 1.0, 0.97], np.float32
    ).reshape(3, 1, 1)
    first_above = ((np.floor(first) + np.floor(second)) % 2)[:, None]
    for over in (0.0, 1.0):  # the wire that lies below is painted first
        for position, other, above in (
            (first, second, first_above),
            (second, first, 1 - first_above),
        ):
            beside = np.abs(position % 1 - 0.5) / 0.16  # 1 at the edge of the wire
            cover = np.clip((1 - beside) * 0.16 / (0.7 * meshes) + 0.5, 0.0, 1.0) * (1 - gap)
            crimp = 0.85 + 0.15 * np.cos(2 * np.pi * other)
            round_ = np.sqrt(np.maximum(0.0, 1 - np.minimum(beside, 1.0) ** 2)) * crimp
            painted = steel * (0.3 + 0.7 * round_)[:, None]
            chosen = cover[:, None] * (above == over)
            image = image + chosen * (painted - image)
    return _lit(rng, image, 0.12, 0.06)


def tile(rng: np.random.Generator, size: int) -> Images:
    """Return pieces of polished stone: dark and pale grains of several sizes in a warm ground."""
    clouds = smooth_noise(rng, BLOCK, size, 4)
    dark = smooth_noise(rng, BLOCK, size, 11) + 0.6 * smooth_noise(rng, BLOCK, size, 23)
    pale = smooth_noise(rng, BLOCK, size, 16) + 0.4 * smooth_noise(rng, BLOCK, size, 31)
    stone = np.array([0.63, 0.60, 0.55], np.float32)[:, None, None]
    stone = stone + uniform(rng, -0.02, 0.02, (BLOCK, 3, 1, 1))
    value = 1 + 0.08 * clouds - 0.55 * _step(dark, 0.5) + 0.3 * _step(pale, 0.55)
    return _lit(rng, stone * value[:, None], 0.06, 0.05)


def _turned(rng: np.random.Generator, size: int, largest: float) -> tuple[np.ndarray, np.ndarray]:
    """Return row and column ``(BLOCK, size, size)`` of every pixel on a turned, shifted surface."""
    turn = uniform(rng, -largest, largest, (BLOCK, 1, 1))
    place = uniform(rng, 0.0, 1.0, (2, BLOCK, 1, 1)) * size
    down, right = np.mgrid[:size, :size].astype(np.float32)
    return down - turn * right + place[0], right + turn * down + place[1]


def _step(values: np.ndarray, level: float) -> np.ndarray:
    """Return 0 well below `level`, 1 well above, and a short ramp between."""
    return np.clip((values - level) / 0.15 + 0.5, 0.0, 1.0)


def _lit(rng: np.random.Generator, images: Images, uneven: float, grain: float) -> Images:
    """Return the images under uneven light, with the grain of a camera."""
    count, _, size, _ = images.shape
    light = 1 + uneven * smooth_noise(rng, count, size, 3)[:, None]
    noise = uniform(rng, -grain, grain, (count, 1, size, size))
    return np.clip(images * light + noise, 0.0, 1.0).astype(np.float32)
