"""Image sets of class folders, in a folder or a zip: ``train/<class>/`` and ``test/<class>/``.

Class folders without a split above them are one training set.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

from ssad_lib.data.cache import Recipe
from ssad_lib.data.decode import decode
from ssad_lib.data.files import Files
from ssad_lib.errors import SsadError


def class_folder_recipe(files: Files, split: str, channels: int, size: int | None) -> Recipe:
    """Return the images of `split`, class after class in the sorted order of their names.

    Within a class the order is that of the hashes of the file names. Files are often numbered by
    what they show (CIFAR-10's airplanes begin with 'aeroplane', 'airbus', ...), so the first
    thousand in alphabetical order would be another kind of image than the rest.

    Raises
    ------
    SsadError
        If the split or a class is absent, a class is empty, an image cannot be decoded, or images
        differ in size while no `size` is asked for.
    """
    by_class = _images_by_class(files, split)
    ordered = [name for names in by_class.values() for name in names]
    counts = [len(names) for names in by_class.values()]
    height, width = decode(files, ordered[0], channels, size, Image.Resampling.BILINEAR).shape[1:]

    def images() -> Iterator[np.ndarray]:
        for name in ordered:
            image = decode(files, name, channels, size, Image.Resampling.BILINEAR)
            if image.shape[1:] != (height, width):
                raise SsadError(
                    f"the image '{name}' of {files.path} has {image.shape[2]}x{image.shape[1]} "
                    f"pixels where '{ordered[0]}' has {width}x{height}; ask for a size"
                )
            yield image

    return Recipe(
        shape=(len(ordered), channels, height, width),
        labels=np.repeat(np.arange(len(counts), dtype=np.int64), counts),
        classes=tuple(by_class),
        images=images(),
    )


def _images_by_class(files: Files, split: str) -> dict[str, list[str]]:
    """Return the names of the images of each class of `split`, checked against the other split."""
    splits = {part for part in ("train", "test") if part in files.folders}
    if split not in splits and (splits or split == "test"):
        raise SsadError(
            f"{files.path} has no folder '{split}/' with one folder for each class; add it"
        )
    prefix = f"{split}/" if splits else ""
    by_class = _children(files, prefix)
    for other in splits - {split}:
        _check_same_classes(files, split, by_class, other, _children(files, f"{other}/"))
    if not by_class:
        raise SsadError(f"{files.path} has no class folders under '{prefix or './'}'; add them")
    for label, names in by_class.items():
        if not names:
            raise SsadError(
                f"the class folder '{prefix}{label}' of {files.path} holds no image; "
                "fill it or remove it"
            )
    return by_class


def _children(files: Files, prefix: str) -> dict[str, list[str]]:
    depth = prefix.count("/")
    classes = [
        folder.removeprefix(prefix)
        for folder in files.folders
        if folder.startswith(prefix) and folder.count("/") == depth
    ]
    by_class: dict[str, list[str]] = {label: [] for label in sorted(classes)}
    for name in files.names:
        label, _, rest = name.removeprefix(prefix).partition("/")
        if name.startswith(prefix) and rest:
            by_class[label].append(name)
    return {
        label: sorted(names, key=lambda name: hashlib.sha256(name.encode()).digest())
        for label, names in by_class.items()
    }


def _check_same_classes(
    files: Files,
    split: str,
    classes: dict[str, list[str]],
    other: str,
    other_classes: dict[str, list[str]],
) -> None:
    for part, here, there in ((other, classes, other_classes), (split, other_classes, classes)):
        absent = sorted(set(here) - set(there))
        if absent:
            raise SsadError(
                f"the class '{absent[0]}' is absent from '{part}/' of {files.path}; "
                "give both splits the same class folders"
            )
