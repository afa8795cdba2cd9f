"""MNIST, Fashion-MNIST, SVHN, CIFAR-10 and CIFAR-100 in the layouts torchvision writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ssad_lib.data.cache import Entry, Recipe, read_or_build
from ssad_lib.data.catalogue import FROM_DATA_ROOT
from ssad_lib.data.files import stamp
from ssad_lib.data.resize import resize_images
from ssad_lib.errors import SsadError


def reader(name: str, root: Path, split: str, *, download: bool) -> Any:
    """Return torchvision's own data set `name` below `root`."""
    # Its import takes seconds, which only these sets should cost.
    from torchvision import datasets

    if name == "svhn":
        return datasets.SVHN(root, split=split, download=download)
    kind = {
        "mnist": datasets.MNIST,
        "fashion-mnist": datasets.FashionMNIST,
        "cifar10": datasets.CIFAR10,
        "cifar100": datasets.CIFAR100,
    }[name]
    return kind(root, train=split == "train", download=download)


def read_torchvision(name: str, root: Path, split: str, size: int) -> Entry:
    """Return the images of `split` in torchvision's order, brought to `size` (METHODS 1.1).

    Raises
    ------
    SsadError
        If torchvision finds a file damaged or of the wrong shape.
    """
    files = [root / place for place in FROM_DATA_ROOT[name].places[split]]
    key = ["torchvision", name, stamp(*files), split, size]
    return read_or_build(f"{name}-{split}", key, lambda: _recipe(name, root, split, size))


def _recipe(name: str, root: Path, split: str, size: int) -> Recipe:
    facts = FROM_DATA_ROOT[name]
    place = root / facts.places[split][0]
    try:
        data = reader(name, root, split, download=False)
    except Exception as error:  # its parsers meet a damaged file with whatever they hit first
        raise SsadError(
            f"torchvision cannot read {place} ({first_line(error)}); remove it and run "
            f"`ssad data download {name}`"
        ) from error
    images = LAYOUTS.get(name, _channels_last)(np.asarray(data.data))
    labels = np.asarray(data.labels if name == "svhn" else data.targets, dtype=np.int64)
    classes = facts.classes or tuple(data.classes)
    if images.ndim != 4 or images.shape[1] != facts.channels or len(labels) != len(images):
        raise SsadError(
            f"{place} holds {images.shape} images and {len(labels)} labels, which is not {name}; "
            f"remove it and run `ssad data download {name}`"
        )
    for label, class_name in enumerate(classes):
        if label not in labels:
            raise SsadError(f"the class '{class_name}' is absent from {place}; fetch it again")
    images = resize_images(images, size)
    return Recipe(images.shape, labels, classes, images)


def first_line(error: Exception) -> str:
    """Return the first line of what torchvision says, or the kind of error if it says nothing."""
    return (str(error) or type(error).__name__).splitlines()[0]


def _channels_last(data: np.ndarray) -> np.ndarray:
    return data.transpose(0, 3, 1, 2)


def _one_channel(data: np.ndarray) -> np.ndarray:
    return data[:, None]


def _as_it_is(data: np.ndarray) -> np.ndarray:
    return data


LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "mnist": _one_channel,
    "fashion-mnist": _one_channel,
    "svhn": _as_it_is,
}
