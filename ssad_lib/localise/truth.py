"""Masks of a user's images: a folder in which each defective image has one of its name."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from ssad_lib.data.decode import decode_mask, resize_mask
from ssad_lib.data.files import Files, open_files
from ssad_lib.data.masks import ENDING
from ssad_lib.data.notes import some
from ssad_lib.errors import SsadError
from ssad_lib.recommend.folders import Folder


def read_masks(path: str | Path, images: Folder) -> tuple[NDArray[np.bool_], list[str]]:
    """Return the mask ``bool (N, size, size)`` of each image, and what has to be said of them.

    The mask of ``<name>.*`` is ``<name>_mask.*`` or ``<name>.*`` in the same place of its folder;
    an image without one is without a defect.

    Raises
    ------
    SsadError
        If no image has a mask, none marks a pixel or one marks all, a mask cannot be decoded or is
        not as large as its image, or two images would share one.
    """
    drawn = open_files(Path(path))
    by_stem: dict[str, list[str]] = defaultdict(list)
    for name in drawn.names:
        by_stem[ENDING.sub("", _stem(name))].append(name)
    size = images.images.shape[-1]
    masks = np.zeros((len(images.names), size, size), np.bool_)
    used: set[str] = set()
    owners: dict[str, str] = {}
    for place, name in enumerate(images.names):
        found = by_stem.get(_stem(name), [])
        if not found:
            continue
        other = owners.setdefault(_stem(name), name)
        if other != name:
            raise SsadError(
                f"'{other}' and '{name}' of {images.path} would share the mask '{found[0]}' of "
                f"{drawn.path}; rename one of them and its mask"
            )
        used.update(found)
        marked = decode_mask(drawn, found, found[0])
        origin = images.origins[place]
        if marked.shape != (origin.height, origin.width):
            raise SsadError(
                f"the mask '{found[0]}' of {drawn.path} has {marked.shape[1]}x{marked.shape[0]} "
                f"pixels where '{name}' has {origin.width}x{origin.height}; make them equal"
            )
        if marked.all():
            raise SsadError(
                f"the mask '{found[0]}' of {drawn.path} marks every pixel of '{name}'; draw the "
                "defect in any colour on black"
            )
        masks[place] = resize_mask(marked, size)
    _check(masks, used, drawn, images)
    return masks, _notes(masks, used, drawn)


def _check(masks: NDArray[np.bool_], used: set[str], drawn: Files, images: Folder) -> None:
    if not used:
        raise SsadError(
            f"no mask of {drawn.path} has the name of an image of {images.path}, such as "
            f"'{_stem(images.names[0])}_mask.png' for '{images.names[0]}'; rename the masks"
        )
    if not masks.any():
        raise SsadError(
            f"the masks of {drawn.path} mark no pixel at {masks.shape[1]} pixels a side; draw "
            "defects in any colour on black, or give a larger --size"
        )


def _notes(masks: NDArray[np.bool_], used: set[str], drawn: Files) -> list[str]:
    defective = int(masks.any(axis=(1, 2)).sum())
    notes = [
        f"{defective} of {len(masks)} images have a defect by their masks; all others count as "
        "without one."
    ]
    if unused := sorted(set(drawn.names) - used):
        notes.append(f"Masks without an image were left out: {some(unused)}.")
    return notes


def _stem(name: str) -> str:
    return str(PurePosixPath(name).with_suffix(""))
