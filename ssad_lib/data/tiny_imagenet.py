"""Tiny ImageNet: 200 classes of ImageNet in 64 pixels, whole or some of its classes.

As its authors pack it (``train/<wnid>/images/``, ``val/images/`` with ``val_annotations.txt``), or
with the validation images in class folders, too; in a folder or a zip. Classes have the names of
``words.txt``, synonyms included. The validation images are the test split: its own have no labels.
"""

from __future__ import annotations

import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path, PurePosixPath

from ssad_lib.data.cache import Entry, Recipe, read_or_build
from ssad_lib.data.class_folders import class_folder_recipe
from ssad_lib.data.files import Files, open_files, stamp
from ssad_lib.errors import SsadError, unknown

NAME = "tiny-imagenet"
SIZE = 64
SOURCE = "Tiny ImageNet (Stanford CS231n), from ImageNet ILSVRC (Russakovsky et al. 2015)"
LICENCE = "ImageNet's: non-commercial research and education only"
PLACES = ("tiny-imagenet-200", "tiny-imagenet", "tiny-imagenet-200.zip", "tiny-imagenet.zip")
SPLITS = {"train": "train", "val": "test"}

# Those of ImageNet-30 (Hendrycks et al. 2019) that are here, then every eighth of the others.
IMAGENET_30 = (
    "n01698640", "n02268443", "n02793495", "n02837789", "n03255030", "n03544143", "n03804744",
    "n03891332", "n12267677",
)  # fmt: skip
NORMAL_CLASSES, STRIDE = 30, 8
# What shows a class of CIFAR-10: cars and trucks, birds, cats, dogs, frogs, ships.
SHOWS_CIFAR10 = frozenset(
    {
        "n02814533", "n03100240", "n03670208", "n04285008", "n03796401", "n03977966", "n01855672",
        "n02002724", "n02056570", "n02058221", "n02123045", "n02123394", "n02124075", "n02085620",
        "n02094433", "n02099601", "n02099712", "n02106662", "n02113799", "n01641577", "n01644900",
        "n03447447", "n03662601",
    }
)  # fmt: skip
PARTS = ("30", "170", "no-cifar10")


def find(root: Path) -> Path | None:
    """Return where Tiny ImageNet lies below a data root, None if it does not."""
    return next((root / place for place in PLACES if (root / place).exists()), None)


def read(place: Path, part: str, split: str, size: int) -> Entry:
    """Return the images of `split`, brought to `size`.

    Parameters
    ----------
    place : pathlib.Path
        A folder or a zip.
    part : {"", "30", "170", "no-cifar10"}
        All classes; the 30 that take the part of ImageNet-30, or all others; or those that show no
        class of CIFAR-10.
    split : {"train", "test"}
    size : int

    Raises
    ------
    SsadError
        If there is no such part, or the files are not those of Tiny ImageNet.
    """
    if part and part not in PARTS:
        raise unknown(f"part of {NAME}", part, PARTS)
    key = [NAME, stamp(place), part, split, size]
    return read_or_build(f"{NAME}-{part}-{split}", key, lambda: _recipe(place, part, split, size))


def _recipe(place: Path, part: str, split: str, size: int) -> Recipe:
    files = open_files(place)
    found = _by_class(files, _table(place, "val_annotations.txt"))
    ids = sorted({wnid for _, wnid, _ in found.values()})
    names = _names(ids, _table(place, "words.txt"))
    chosen = chosen_ids(ids, part)
    originals = {
        f"{role}/{names[wnid]}/{file}": name
        for name, (role, wnid, file) in found.items()
        if wnid in chosen
    }
    if not originals:
        raise SsadError(f"{place} has no image of Tiny ImageNet's classes in train/ or val/")
    folders = {parent.as_posix() for name in originals for parent in PurePosixPath(name).parents}
    renamed = replace(
        files,
        names=tuple(sorted(originals)),
        folders=tuple(sorted(folders - {"."})),
        read=lambda name: files.read(originals[name]),
        left_out=files.left_out + Counter({"without a label": len(files.names) - len(found)}),
    )
    return class_folder_recipe(renamed, split, 3, size)


def chosen_ids(ids: list[str], part: str) -> set[str]:
    """Return the classes of a part, of all `ids` there are."""
    if part == "no-cifar10":
        return set(ids) - SHOWS_CIFAR10
    if not part:
        return set(ids)
    first = [wnid for wnid in ids if wnid in IMAGENET_30]
    others = [wnid for wnid in ids if wnid not in IMAGENET_30]
    normal = {*first, *others[::STRIDE][: NORMAL_CLASSES - len(first)]}
    return normal if part == "30" else set(ids) - normal


def _by_class(files: Files, annotations: dict[str, str]) -> dict[str, tuple[str, str, str]]:
    """Return split, class and file name of each image that has a label, by its own name."""
    found = {}
    for name in files.names:
        folder, *inner, file = name.split("/")
        inner = [part for part in inner if part != "images"]
        wnid = inner[0] if inner else annotations.get(file, "")
        if folder in SPLITS and wnid:
            found[name] = (SPLITS[folder], wnid, file)
    return found


def _names(ids: list[str], words: dict[str, str]) -> dict[str, str]:
    """Return a name for each class that can be that of a folder and is no other's."""
    plain = {wnid: words.get(wnid, wnid).replace("/", " ") for wnid in ids}
    times = Counter(plain.values())
    return {wnid: name if times[name] == 1 else f"{name} ({wnid})" for wnid, name in plain.items()}


def _table(place: Path, file: str) -> dict[str, str]:
    """Return the first two columns of a table of Tiny ImageNet, empty where there is none."""
    try:
        lines = _text(place, file).splitlines()
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise SsadError(f"{file} of {place} cannot be read ({error}); fetch it again") from error
    rows = (line.split("\t") for line in lines)
    return {row[0]: row[1].strip() for row in rows if len(row) > 1}


def _text(place: Path, file: str) -> str:
    if place.is_dir():
        path = min(place.rglob(file), default=None)
        return path.read_text(encoding="utf-8") if path else ""
    with zipfile.ZipFile(place) as archive:
        inside = [name for name in archive.namelist() if PurePosixPath(name).name == file]
        return archive.read(inside[0]).decode("utf-8") if inside else ""
