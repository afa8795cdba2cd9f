"""Defect sets in the layout of MVTec AD (METHODS 1.5): normal to train on, defects with masks.

``train/good/*``, ``test/good/*``, ``test/<kind>/<stem>.*`` and the masks of `masks.by_image`;
without any ``ground_truth/`` a set has no masks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
from PIL import Image

from ssad_lib.data import masks
from ssad_lib.data.cache import Recipe
from ssad_lib.data.decode import Origin, decode
from ssad_lib.data.files import Files
from ssad_lib.data.layout import GOOD, MASKS, TEST, TRAIN, children, is_good, split_folders
from ssad_lib.data.notes import converted, left_out
from ssad_lib.errors import SsadError

SIZE = 256
CHANNELS = 3


def is_defect_set(files: Files) -> bool:
    """Tell whether `files` lie in the layout of MVTec AD."""
    splits = split_folders(files.folders, files.path)
    return TEST in splits and TRAIN in splits and GOOD in _kinds(files, splits[TRAIN])


def defect_recipe(files: Files, split: str, size: int | None) -> Recipe:
    """Return the images of `split` as RGB squares of `size` (default 256, METHODS 1.5).

    Classes are ``good`` and then the kinds of defect, sorted; images follow their file names. An
    image in a folder below that of its kind belongs to the kind.

    Raises
    ------
    SsadError
        If a part of the layout or a mask is absent, a mask is not as large as its image or marks
        nothing or everything, or a file cannot be decoded.
    """
    size = size or SIZE
    splits = split_folders(files.folders, files.path)
    folders = _kinds(files, splits[split])
    defects = sorted(kind for kind in _kinds(files, splits[TEST]) if kind != GOOD)
    classes = (GOOD, *defects)
    shown = classes if split == TEST else (GOOD,)
    by_class = {kind: _images_of(files, folders.get(kind, f"{split}/{kind}")) for kind in shown}
    ordered = [name for names in by_class.values() for name in names]
    counts = [len(names) for names in by_class.values()]
    origins: dict[str, Origin] = {}

    def images() -> Iterator[np.ndarray]:
        for name in ordered:
            picture = decode(files, name, CHANNELS, size, Image.Resampling.BICUBIC)
            origins[name] = picture.origin
            yield picture.pixels

    elsewhere = _elsewhere(files, splits)
    drawn = masks.Masks(files, splits[TEST], splits[MASKS], size) if MASKS in splits else None
    has_masks = split == TEST and drawn is not None
    good = len(by_class[GOOD])
    return Recipe(
        shape=(len(ordered), CHANNELS, size, size),
        labels=np.repeat(np.arange(len(counts), dtype=np.int64), counts),
        classes=classes,
        images=images(),
        masks=drawn.of(ordered[:good], ordered[good:]) if has_masks and drawn else None,
        notes=lambda: [
            *left_out(files.path, len(files.names) - elsewhere.total(), files.left_out + elsewhere),
            *converted(files.path, origins),
            *(drawn.notes() if has_masks and drawn else ()),
        ],
    )


def _kinds(files: Files, split: str) -> dict[str, str]:
    """Return the folder of each kind in the folder of a split; ``good`` in any spelling."""
    found: dict[str, str] = {}
    for name in children(files.folders, split):
        kind = GOOD if is_good(name) else name
        if kind in found:
            raise SsadError(
                f"{files.path} has '{found[kind]}/' and '{split}/{name}/', which are one kind; "
                "merge them"
            )
        found[kind] = f"{split}/{name}"
    return found


def _images_of(files: Files, folder: str) -> list[str]:
    names = [name for name in files.names if name.startswith(f"{folder}/")]
    if not names:
        raise SsadError(
            f"{files.path} holds no image in '{folder}/'; add some or remove the folder"
        )
    return names


def _elsewhere(files: Files, splits: dict[str, str]) -> Counter[str]:
    """Return how many images belong to no kind of any split, by the folder they are in."""
    places: Counter[str] = Counter()
    for name in files.names:
        top, *inner = name.split("/")
        if top == splits.get(MASKS):
            continue
        if top not in (splits[TRAIN], splits[TEST]):
            places[f"in {top}/" if inner else "outside the splits"] += 1
        elif len(inner) < 2:
            places[f"in {top}/ itself"] += 1
        elif top == splits[TRAIN] and not is_good(inner[0]):
            places[f"in {top}/{inner[0]}/"] += 1
    return places
