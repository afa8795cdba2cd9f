"""Defect sets in the layout of MVTec AD (METHODS 1.5): normal to train on, defects with masks.

``train/good/*``, ``test/good/*``, ``test/<kind>/<stem>.*`` and, for every defective image,
``ground_truth/<kind>/<stem>_mask.png``; without any ``ground_truth/`` a set has no masks.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

import numpy as np
from PIL import Image

from ssad_lib.data.cache import Recipe
from ssad_lib.data.decode import decode, decode_mask
from ssad_lib.data.files import Files
from ssad_lib.errors import SsadError

GOOD = "good"
SIZE = 256
CHANNELS = 3


def is_defect_set(files: Files) -> bool:
    """Tell whether `files` lie in the layout of MVTec AD."""
    return f"train/{GOOD}" in files.folders and "test" in files.folders


def defect_recipe(files: Files, split: str, size: int | None) -> Recipe:
    """Return the images of `split` as RGB squares of `size` (default 256, METHODS 1.5).

    Classes are ``good`` and then the kinds of defect, sorted; images follow their file names.

    Raises
    ------
    SsadError
        If a part of the layout or a mask is absent, a mask is not as large as its image, or a file
        cannot be decoded.
    """
    size = size or SIZE
    kinds = sorted(
        folder.removeprefix("test/") for folder in files.folders if folder.startswith("test/")
    )
    classes = (GOOD, *(kind for kind in kinds if kind != GOOD))
    shown = classes if split == "test" else (GOOD,)
    by_class = {kind: _images_of(files, f"{split}/{kind}/") for kind in shown}
    ordered = [name for names in by_class.values() for name in names]
    counts = [len(names) for names in by_class.values()]
    has_masks = split == "test" and "ground_truth" in files.folders
    return Recipe(
        shape=(len(ordered), CHANNELS, size, size),
        labels=np.repeat(np.arange(len(counts), dtype=np.int64), counts),
        classes=classes,
        images=(decode(files, name, CHANNELS, size, Image.Resampling.BICUBIC) for name in ordered),
        masks=_masks(files, ordered, size) if has_masks else None,
    )


def _images_of(files: Files, folder: str) -> list[str]:
    names = [name for name in files.names if name.startswith(folder)]
    if not names:
        raise SsadError(f"{files.path} holds no image in '{folder}'; add some or remove the folder")
    return names


def _masks(files: Files, names: list[str], size: int) -> Iterator[np.ndarray]:
    present = set(files.names)
    for name in names:
        path = PurePosixPath(name)
        kind = path.parent.name
        if kind == GOOD:
            yield np.zeros((size, size), np.bool_)
            continue
        mask = f"ground_truth/{kind}/{path.stem}_mask.png"
        if mask not in present:
            raise SsadError(
                f"the mask '{mask}' of '{name}' is absent from {files.path}; add it, or remove "
                "'ground_truth/' to do without masks"
            )
        yield decode_mask(files, mask, name, size)
