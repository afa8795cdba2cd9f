"""Two folders of which the answer is known, for the chapter: an embedded surface and one defect."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ssad_lib import data
from ssad_lib.errors import unknown
from ssad_lib.recommend.folders import Folder


def label(settings: Mapping[str, Any]) -> str:
    """Return what a chapter's parameters draw, for the line under which its numbers stand."""
    return (
        f"{settings['image_set']} with the defect {settings['defect']}, "
        f"{settings['images_per_class']} normal images, {2 * settings['unlabelled']} unlabelled, "
        f"{settings['size']}×{settings['size']}"
    )


def folders(settings: Mapping[str, Any]) -> tuple[Folder, Folder, NDArray[np.int64]]:
    """Return normal images, unlabelled ones, and the labels that a user would not have.

    The first half of the unlabelled images is good, the second half has the defect.

    Parameters
    ----------
    settings : mapping
        image_set, defect (one of its kinds), images_per_class, unlabelled (images of each half),
        size.
    """
    name, size, count = settings["image_set"], settings["size"], settings["unlabelled"]
    train = data.load(name, images_per_class=settings["images_per_class"], size=size)
    test = data.load(name, split="test", images_per_class=count, size=size)
    if settings["defect"] not in test.classes[1:]:
        raise unknown(f"defect of {name}", settings["defect"], test.classes[1:])
    good, bad = (test.of_class(test.classes.index(kind)) for kind in ("good", settings["defect"]))
    normal = _folder("normal", train.of_class(0))
    mixed = _folder("unlabelled", np.concatenate([good, bad]))
    return normal, mixed, np.repeat([0, 1], [len(good), len(bad)])


def part(folder: Folder, count: int) -> Folder:
    """Return the first `count` images of a folder."""
    return Folder(folder.path, folder.names[:count], folder.images[:count])


def _folder(name: str, images: NDArray[np.uint8]) -> Folder:
    names = tuple(f"{place:03}.png" for place in range(len(images)))
    return Folder(Path(name), names, torch.from_numpy(np.array(images)).float() / 255)
