"""Image sets of class folders, in a folder or a zip: ``train/<class>/`` and ``test/<class>/``.

Class folders without a split above them are one training set; images without a class folder are one
class, such as outliers of any kind.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator

import numpy as np
from PIL import Image

from ssad_lib.data.cache import Recipe
from ssad_lib.data.decode import Origin, Picture, decode
from ssad_lib.data.files import Files
from ssad_lib.data.layout import TEST, TRAIN, children, split_folders
from ssad_lib.data.notes import converted, counted, left_out
from ssad_lib.errors import SsadError

OUTSIDE = "outside the class folders"


def class_folder_recipe(files: Files, split: str, channels: int, size: int | None) -> Recipe:
    """Return the images of `split`, class after class in the sorted order of their names.

    Within a class the order is that of the hashes of the file names. Files are often numbered by
    what they show (CIFAR-10's airplanes begin with 'aeroplane', 'airbus', ...), so the first
    thousand in alphabetical order would be another kind of image than the rest. An image in a
    folder below its class folder belongs to the class.

    Raises
    ------
    SsadError
        If the split or a class is absent, a class is empty, an image cannot be decoded, or images
        differ in size while no `size` is asked for.
    """
    by_class, elsewhere = _images_by_class(files, split)
    alone = (
        [] if files.folders else [f"{files.path}: no class folders, so all images are one class"]
    )
    ordered = [name for names in by_class.values() for name in names]
    counts = [len(names) for names in by_class.values()]
    origins: dict[str, Origin] = {}

    def picture(name: str) -> Picture:
        return decode(files, name, channels, size, Image.Resampling.BILINEAR)

    height, width = picture(ordered[0]).pixels.shape[1:]

    def images() -> Iterator[np.ndarray]:
        for name in ordered:
            image = picture(name)
            if image.pixels.shape[1:] != (height, width):
                raise SsadError(
                    f"the image '{name}' of {files.path} has {image.origin.width}x"
                    f"{image.origin.height} pixels where '{ordered[0]}' has {width}x{height}; ask "
                    "for a size"
                )
            origins[name] = image.origin
            yield image.pixels

    return Recipe(
        shape=(len(ordered), channels, height, width),
        labels=np.repeat(np.arange(len(counts), dtype=np.int64), counts),
        classes=tuple(by_class),
        images=images(),
        notes=lambda: [
            *alone,
            *left_out(files.path, len(files.names) - elsewhere.total(), files.left_out + elsewhere),
            *converted(files.path, origins),
        ],
    )


def _images_by_class(files: Files, split: str) -> tuple[dict[str, list[str]], Counter[str]]:
    """Return the images of each class of `split`, and how many lie elsewhere than in a split."""
    found = split_folders(files.folders, files.path)
    splits = {part: folder for part, folder in found.items() if part in (TRAIN, TEST)}
    if split not in splits and (splits or split == TEST):
        raise SsadError(
            f"{files.path} has no folder '{split}/' with one folder for each class; add it"
        )
    if not files.folders:
        return {files.path.stem: list(files.names)}, Counter()
    every = {part: _classes(files, folder) for part, folder in (splits or {TRAIN: ""}).items()}
    by_class = every[split]
    for other in splits.keys() - {split}:
        _check_same_classes(files, by_class, splits[other], every[other])
        _check_same_classes(files, every[other], splits[split], by_class)
    prefix = f"{splits[split]}/" if splits else ""
    if not by_class:
        raise SsadError(f"{files.path} has no class folders under '{prefix or './'}'; add them")
    for label, names in by_class.items():
        if not names:
            there = f" (left out: {counted(files.left_out)})" if files.left_out else ""
            raise SsadError(
                f"the class folder '{prefix}{label}' of {files.path} holds no image{there}; "
                "fill it or remove it"
            )
    known = {name for classes in every.values() for names in classes.values() for name in names}
    return by_class, _elsewhere(files, known, set(splits.values()))


def _classes(files: Files, parent: str) -> dict[str, list[str]]:
    """Return the images of each folder in `parent`."""
    prefix = f"{parent}/" if parent else ""
    by_class: dict[str, list[str]] = {label: [] for label in children(files.folders, parent)}
    for name in files.names:
        label, _, rest = name.removeprefix(prefix).partition("/")
        if name.startswith(prefix) and rest:
            by_class[label].append(name)
    return {
        label: sorted(names, key=lambda name: hashlib.sha256(name.encode()).digest())
        for label, names in by_class.items()
    }


def _elsewhere(files: Files, known: set[str], splits: set[str]) -> Counter[str]:
    """Return how many images belong to no class, by the top folder they are in."""
    places: Counter[str] = Counter()
    for name in files.names:
        if name not in known:
            top, _, rest = name.partition("/")
            places[f"in {top}/" if rest and top not in splits else OUTSIDE] += 1
    return places


def _check_same_classes(
    files: Files, classes: dict[str, list[str]], other: str, other_classes: dict[str, list[str]]
) -> None:
    absent = sorted(set(classes) - set(other_classes))
    if absent:
        raise SsadError(
            f"the class '{absent[0]}' is absent from '{other}/' of {files.path}; "
            "give both splits the same class folders"
        )
