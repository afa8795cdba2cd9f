"""Procedural surfaces with defects and pixel masks, in the manner of MVTec AD (METHODS 1.5).

The train split holds good images, the test split good ones and every kind of defect. ``weave`` has
five kinds that do not know which surface they are on; ``cable``, ``carpet``, ``grid`` and ``tile``
have those that paper 001 meets on MVTec's objects of the same name.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ssad_lib.data import texture_cable, texture_marks
from ssad_lib.data.draws import stream
from ssad_lib.data.image_set import ImageSet
from ssad_lib.data.texture_defects import DEFECTS, Defect, Images, Masks, blob, worn
from ssad_lib.data.texture_surfaces import BLOCK, carpet, tile, weave, wires
from ssad_lib.errors import unknown

VERSION = "1"
SOURCE = "drawn by this library"
LICENCE = "MIT, as the library"
SIZE = 64
PER_CLASS = {"train": 200, "test": 40}
GOOD = "good"

Good = Callable[[np.random.Generator, int], Images]
Damaged = Callable[[np.random.Generator, int], tuple[Images, Masks]]


@dataclass(frozen=True)
class Surface:
    """How `BLOCK` good pieces of a surface are drawn, and damaged ones with their masks."""

    good: Good
    defects: dict[str, Damaged]

    @property
    def classes(self) -> tuple[str, ...]:
        """``good`` and then the kinds of defect."""
        return (GOOD, *self.defects)


def _on(good: Good, **defects: Defect) -> dict[str, Damaged]:
    """Return kinds of defect that are done to good pieces; underscores of names become hyphens."""

    def done(defect: Defect) -> Damaged:
        return lambda rng, size: defect(good(rng, size), rng)

    return {name.replace("_", "-"): done(defect) for name, defect in defects.items()}


def _broken(rng: np.random.Generator, size: int) -> tuple[Images, Masks]:
    """Return wire grids with wire missing in one place."""
    gap = np.clip(blob(rng, BLOCK, size, 0.08, 0.14) / 0.2, 0.0, 1.0)
    whole = wires(copy.deepcopy(rng), size)
    images = wires(rng, size, gap)
    return images, np.abs(images - whole).max(axis=1) > 0.04


SURFACES = {
    "weave": Surface(weave, _on(weave, **DEFECTS)),
    "cable": Surface(
        texture_cable.cable,
        {
            "bent-wire": texture_cable.changed(texture_cable.bent_wire),
            "cable-swap": texture_cable.changed(texture_cable.cable_swap),
            **_on(texture_cable.cable, cut=texture_marks.cut),
            "missing-cable": texture_cable.changed(texture_cable.missing_cable),
            "missing-wire": texture_cable.changed(texture_cable.missing_wire),
            **_on(texture_cable.cable, poke=texture_marks.poke),
        },
    ),
    "carpet": Surface(
        carpet,
        _on(
            carpet,
            color=texture_marks.color,
            cut=texture_marks.cut,
            hole=texture_marks.poke,
            metal=texture_marks.metal,
            thread=texture_marks.thread,
        ),
    ),
    "grid": Surface(
        wires,
        {
            **_on(wires, bent=texture_marks.bent),
            "broken": _broken,
            **_on(
                wires,
                glue=texture_marks.glue,
                metal=texture_marks.metal,
                thread=texture_marks.thread,
            ),
        },
    ),
    "tile": Surface(
        tile,
        _on(
            tile,
            glue=texture_marks.glue,
            gray_stroke=texture_marks.stroke,
            oil=texture_marks.oil,
            rough=worn,
            scratch=texture_marks.scratch,
        ),
    ),
}


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
    classes = SURFACES[surface].classes
    kinds = classes if split == "test" else (GOOD,)
    drawn = [_draw_kind(surface, kind, split, count, size, seed) for kind in kinds]
    options = f"split={split}&n={count}&size={size}&seed={seed}"
    return ImageSet(
        name=f"textures:{surface}",
        images=np.concatenate([images for images, _ in drawn]),
        labels=np.repeat(np.arange(len(kinds), dtype=np.int64), count),
        classes=classes,
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
        if kind == GOOD:
            images, masks = (
                SURFACES[surface].good(rng, size),
                np.zeros((BLOCK, size, size), np.bool_),
            )
        else:
            images, masks = SURFACES[surface].defects[kind](rng, size)
        blocks.append((np.rint(255 * images).astype(np.uint8), masks))
    images, masks = (np.concatenate(parts)[:count] for parts in zip(*blocks, strict=True))
    return images, masks
