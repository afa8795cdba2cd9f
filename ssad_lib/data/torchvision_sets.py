"""MNIST, its kin, SVHN, CIFAR-10 and CIFAR-100 in the layouts torchvision writes.

Idx files are read without torchvision, which knows no packed ones.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ssad_lib.data.cache import Entry, Recipe, read_or_build
from ssad_lib.data.catalogue import FROM_DATA_ROOT, IDX
from ssad_lib.data.files import stamp
from ssad_lib.data.idx import read_idx
from ssad_lib.data.resize import resize_images
from ssad_lib.errors import SsadError

FIRST = {"emnist-letters": 1}  # what its files call the first class


def reader(name: str, root: Path, split: str, *, download: bool) -> Any:
    """Return torchvision's own data set `name` below `root`."""
    # Its import takes seconds, which only these sets should cost.
    from torchvision import datasets

    if name == "svhn":
        return datasets.SVHN(root, split=split, download=download)
    if name == "emnist-letters":
        return datasets.EMNIST(root, "letters", train=split == "train", download=download)
    kind = {
        "mnist": datasets.MNIST,
        "fashion-mnist": datasets.FashionMNIST,
        "cifar10": datasets.CIFAR10,
        "cifar100": datasets.CIFAR100,
    }[name]
    return kind(root, train=split == "train", download=download)


def read_torchvision(
    name: str,
    root: Path,
    files: tuple[Path, ...],
    split: str,
    size: int,
    *,
    transposed: bool = False,
) -> Entry:
    """Return the images of `split` in torchvision's order, brought to `size` (METHODS 1.1).

    Parameters
    ----------
    name : str
    root : pathlib.Path
        What torchvision takes.
    files : tuple of pathlib.Path
        The files of the split, from `ssad_lib.data.locate.files`.
    split : {"train", "test"}
    size : int
    transposed : bool
        Exchange rows and columns.

    Raises
    ------
    SsadError
        If a file is damaged or of the wrong shape.
    """
    key = ["torchvision", name, stamp(*files), split, size, *(["transposed"] * transposed)]
    return read_or_build(
        f"{name}-{split}", key, lambda: _recipe(name, root, files, split, size, transposed)
    )


def _recipe(
    name: str, root: Path, files: tuple[Path, ...], split: str, size: int, transposed: bool
) -> Recipe:
    facts, place = FROM_DATA_ROOT[name], files[0]
    if name in IDX:
        images, labels, classes = (
            read_idx(files[0], 3)[:, None],
            read_idx(files[1], 1) - FIRST.get(name, 0),
            facts.classes,
        )
    else:
        images, labels, classes = _read(name, root, place, split)
    labels, classes = labels.astype(np.int64), facts.classes or classes
    if images.ndim != 4 or images.shape[1] != facts.channels or len(labels) != len(images):
        raise SsadError(
            f"{place} holds {images.shape} images and {len(labels)} labels, which is not {name}; "
            f"remove it and run `ssad data download {name}`"
        )
    for label, class_name in enumerate(classes):
        if label not in labels:
            raise SsadError(f"the class '{class_name}' is absent from {place}; fetch it again")
    images = resize_images(images.swapaxes(2, 3) if transposed else images, size)
    return Recipe(images.shape, labels, classes, images)


def _read(
    name: str, root: Path, place: Path, split: str
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Return images ``(N, C, H, W)``, labels, and the names of classes where the files say them."""
    try:
        data = reader(name, root, split, download=False)
    except Exception as error:  # its parsers meet a damaged file with whatever they hit first
        raise SsadError(
            f"torchvision cannot read {place} ({first_line(error)}); remove it and run "
            f"`ssad data download {name}`"
        ) from error
    if name == "svhn":
        return np.asarray(data.data), np.asarray(data.labels), ()
    images = np.asarray(data.data).transpose(0, 3, 1, 2)
    return images, np.asarray(data.targets), tuple(data.classes)


def first_line(error: Exception) -> str:
    """Return the first line of what torchvision says, or the kind of error if it says nothing."""
    return (str(error) or type(error).__name__).splitlines()[0]
