"""Folders of image files of any size: a user's normal images, and unlabelled ones."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ssad_lib.data.decode import Origin, decode
from ssad_lib.data.files import Files, open_files
from ssad_lib.data.layout import MASKS, TEST, split_folders
from ssad_lib.data.notes import converted, left_out, say
from ssad_lib.errors import SsadError
from ssad_lib.selection import LEAST_NORMAL, LEAST_UNLABELLED

SIZE = 64
SMALLEST, LARGEST = 16, 512
CHANNELS = 3
FLAT = 2 / 255  # standard deviation of pixels below which nothing is on an image but noise


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
    origins : tuple of Origin
        What each file was; empty for images that come from no file.
    copies : int
        Images that were left out because they equal one that is there.
    """

    path: Path
    names: tuple[str, ...]
    images: Tensor
    origins: tuple[Origin, ...] = ()
    copies: int = 0


def read_folder(path: str | Path, size: int = SIZE) -> Folder:
    """Return all images of a folder, its subfolders or a zip, resized to squares of `size` pixels.

    The masks of a defect set are no images; what else is left out or converted is said on the
    error stream.

    Raises
    ------
    SsadError
        If there is no image, or one cannot be decoded (its file is named).
    """
    if not SMALLEST <= size <= LARGEST:
        raise SsadError(f"size is {size}: give {SMALLEST} to {LARGEST} pixels")
    place = Path(path)
    files = open_files(place)
    names = _images(files)
    pictures = [decode(files, name, CHANNELS, size, Image.Resampling.BICUBIC) for name in names]
    origins = tuple(picture.origin for picture in pictures)
    masks = Counter({"masks": len(files.names) - len(names)})
    say(left_out(place, len(names), files.left_out + masks))
    say(converted(place, dict(zip(names, origins, strict=True))))
    pixels = np.stack([picture.pixels for picture in pictures])
    return Folder(place, names, torch.from_numpy(pixels).float() / 255, origins)


def read_two(normal: str | Path, unlabelled: str | Path, size: int = SIZE) -> tuple[Folder, Folder]:
    """Return a folder of normal images and one of unlabelled images, both with enough of them.

    Of images that are equal in one folder only the first is kept: copies are no further evidence.

    Raises
    ------
    SsadError
        If the folders are the same or one lies in the other, an image occurs in both, there are too
        few, most have nothing on them, and as `read_folder`.
    """
    check_separate(normal, unlabelled)
    folders = (
        without_copies(read_folder(normal, size)),
        without_copies(read_folder(unlabelled, size)),
    )
    for what, folder, least in zip(
        ("normal", "unlabelled"), folders, (LEAST_NORMAL, LEAST_UNLABELLED), strict=True
    ):
        _check_enough(what, folder, least)
    check_apart(*folders)
    return folders


def check_separate(normal: str | Path, others: str | Path) -> None:
    """Raise `SsadError` if two folders are the same or one lies in the other."""
    first, second = (Path(path).expanduser().resolve() for path in (normal, others))
    if first == second:
        raise SsadError(f"{normal} was given twice: name two folders, normal images first")
    if first in second.parents or second in first.parents:
        raise SsadError(
            f"of {normal} and {others} one lies in the other, so images would be in both; "
            "name two separate folders"
        )


def without_copies(folder: Folder) -> Folder:
    """Return the folder with the first of all images that are equal at this size."""
    first: dict[bytes, int] = {}
    for place, image in enumerate(folder.images):
        first.setdefault(_digest(image), place)
    kept = list(first.values())
    return replace(
        folder,
        names=tuple(folder.names[place] for place in kept),
        images=folder.images[kept],
        origins=tuple(folder.origins[place] for place in kept if folder.origins),
        copies=folder.copies + len(folder.names) - len(kept),
    )


def flat(images: Tensor) -> int:
    """Return how many images ``(N, C, H, W)`` are nearly of one colour."""
    return int((images.flatten(2).std(dim=2).amax(dim=1) < FLAT).sum())


def _images(files: Files) -> tuple[str, ...]:
    """Return the names of the files without the masks of a defect set."""
    splits = split_folders(files.folders, files.path)
    masks = f"{splits[MASKS]}/" if MASKS in splits and TEST in splits else None
    return tuple(name for name in files.names if masks is None or not name.startswith(masks))


def _check_enough(what: str, folder: Folder, least: int) -> None:
    count = len(folder.names)
    if count < least:
        copies = f" different ones ({folder.copies} copies left out)" if folder.copies else ""
        raise SsadError(
            f"too few {what} images: {folder.path} has {count}{copies}, and a recommendation "
            f"needs {least} or more"
        )
    empty = flat(folder.images)
    if empty > count / 2:
        raise SsadError(
            f"{empty} of {count} {what} images of {folder.path} are nearly of one colour, so there "
            "is nothing to compare; check exposure, lens cap and file format"
        )


def check_apart(normal: Folder, unlabelled: Folder) -> None:
    """Raise if an image occurs twice: copies would count as evidence that the two sets agree."""
    known = {_digest(image): name for image, name in zip(normal.images, normal.names, strict=True)}
    for image, name in zip(unlabelled.images, unlabelled.names, strict=True):
        twin = known.get(_digest(image))
        if twin is not None:
            raise SsadError(
                f"'{name}' of {unlabelled.path} is the same image as '{twin}' of {normal.path}; "
                "an image must be in one of the folders only"
            )


def _digest(image: Tensor) -> bytes:
    return hashlib.sha256(image.numpy().tobytes()).digest()
