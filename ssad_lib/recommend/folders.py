"""Folders of image files of any size: a user's normal images, and unlabelled ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ssad_lib.data.decode import decode
from ssad_lib.data.files import open_files
from ssad_lib.errors import SsadError
from ssad_lib.selection import LEAST_NORMAL, LEAST_UNLABELLED

SIZE = 64
SMALLEST, LARGEST = 16, 512
CHANNELS = 3


@dataclass(frozen=True)
class Folder:
    """The images of a folder, in the order of their names.

    Attributes
    ----------
    path : pathlib.Path
    names : tuple of str
        File names relative to `path`.
    images : Tensor
        float32 ``(N, 3, size, size)`` in [0, 1].
    """

    path: Path
    names: tuple[str, ...]
    images: Tensor


def read_folder(path: str | Path, size: int = SIZE) -> Folder:
    """Return all images of a folder, its subfolders or a zip, resized to squares of `size` pixels.

    Raises
    ------
    SsadError
        If there is no image, or one cannot be decoded (its file is named).
    """
    if not SMALLEST <= size <= LARGEST:
        raise SsadError(f"size is {size}: give {SMALLEST} to {LARGEST} pixels")
    place = Path(path)
    files = open_files(place)
    pixels = [decode(files, name, CHANNELS, size, Image.Resampling.BICUBIC) for name in files.names]
    return Folder(place, files.names, torch.from_numpy(np.stack(pixels)).float() / 255)


def read_two(normal: str | Path, unlabelled: str | Path, size: int = SIZE) -> tuple[Folder, Folder]:
    """Return a folder of normal images and one of unlabelled images, both with enough of them.

    Raises
    ------
    SsadError
        If the folders are the same or one lies in the other, an image occurs in both, there are too
        few, and as `read_folder`.
    """
    first, second = (Path(path).expanduser().resolve() for path in (normal, unlabelled))
    if first == second:
        raise SsadError(f"{normal} was given twice: name two folders, normal images first")
    if first in second.parents or second in first.parents:
        raise SsadError(
            f"of {normal} and {unlabelled} one lies in the other, so images would be in both; "
            "name two separate folders"
        )
    folders = read_folder(normal, size), read_folder(unlabelled, size)
    for what, folder, least in zip(
        ("normal", "unlabelled"), folders, (LEAST_NORMAL, LEAST_UNLABELLED), strict=True
    ):
        if len(folder.names) < least:
            raise SsadError(
                f"too few {what} images: {folder.path} has {len(folder.names)}, and a "
                f"recommendation needs {least} or more"
            )
    _check_apart(*folders)
    return folders


def _check_apart(normal: Folder, unlabelled: Folder) -> None:
    """Raise if an image occurs twice: copies would count as evidence that the two sets agree."""
    known = {
        image.numpy().tobytes(): name
        for image, name in zip(normal.images, normal.names, strict=True)
    }
    for image, name in zip(unlabelled.images, unlabelled.names, strict=True):
        twin = known.get(image.numpy().tobytes())
        if twin is not None:
            raise SsadError(
                f"'{name}' of {unlabelled.path} is the same image as '{twin}' of {normal.path}; "
                "an image must be in one of the folders only"
            )
