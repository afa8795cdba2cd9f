"""Procedural surfaces with defects and pixel masks, in the manner of MVTec AD (METHODS 1.5).

The train split holds good images, the test split good ones and five kinds of defect. Later
surfaces are one function each; defects do not know which surface they are on.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ssad_lib.data.draws import stream, uniform
from ssad_lib.data.image_set import ImageSet
from ssad_lib.data.texture_defects import DEFECTS, Images, smooth_noise
from ssad_lib.errors import unknown

VERSION = "1"
SOURCE = "drawn by this library"
LICENCE = "MIT, as the library"
SIZE = 64
PER_CLASS = {"train": 200, "test": 40}
GOOD = "good"
CLASSES = (GOOD, *DEFECTS)
BLOCK = 20  # images drawn together: the unit that a longer set leaves unchanged

Surface = Callable[[np.random.Generator, int], Images]


def weave(rng: np.random.Generator, size: int) -> Images:
    """Return `BLOCK` pieces of plain-woven cloth, ``(BLOCK, 3, size, size)`` in [0, 1].

    Brown warp and pale weft threads pass over each other in turn. Pieces differ in place, turn,
    thread width, dye and light.
    """
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


SURFACES: dict[str, Surface] = {"weave": weave}


def load_textures(
    surface: str, split: str, images_per_class: int | None, size: int | None, seed: int
) -> ImageSet:
    """Return `images_per_class` images of each kind, ``uint8 (N, 3, size, size)``.

    Parameters
    ----------
    surface : str
        One of `SURFACES`; empty for the first.
    split : {"train", "test"}
        Train holds good images only; test has masks, empty for good images.
    images_per_class : int, optional
        Images of each kind, default 200 in train and 40 in test.
    size : int, optional
        Side in pixels, default 64.
    seed : int
        Another seed gives other images of the same surface.

    Raises
    ------
    SsadError
        If there is no such surface.
    """
    surface = surface or next(iter(SURFACES))
    if surface not in SURFACES:
        raise unknown("texture surface", surface, SURFACES)
    size = size or SIZE
    count = images_per_class or PER_CLASS[split]
    kinds = CLASSES if split == "test" else (GOOD,)
    drawn = [_draw_kind(surface, kind, split, count, size, seed) for kind in kinds]
    options = f"split={split}&n={count}&size={size}&seed={seed}"
    return ImageSet(
        name=f"textures:{surface}",
        images=np.concatenate([images for images, _ in drawn]),
        labels=np.repeat(np.arange(len(kinds), dtype=np.int64), count),
        classes=CLASSES,
        split=split,
        source=SOURCE,
        licence=LICENCE,
        fingerprint=f"textures:{surface}/{VERSION}?{options}",
        masks=np.concatenate([masks for _, masks in drawn]) if split == "test" else None,
    )


def _draw_kind(
    surface: str, kind: str, split: str, count: int, size: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return `count` images ``uint8 (count, 3, size, size)`` of one kind, and their masks."""
    blocks = []
    for block in range(-(-count // BLOCK)):
        rng = stream("textures", VERSION, surface, seed, split, kind, size, block)
        images, masks = SURFACES[surface](rng, size), np.zeros((BLOCK, size, size), np.bool_)
        if kind != GOOD:
            images, masks = DEFECTS[kind](images, rng)
        blocks.append((np.rint(255 * images).astype(np.uint8), masks))
    images, masks = (np.concatenate(parts)[:count] for parts in zip(*blocks, strict=True))
    return images, masks
