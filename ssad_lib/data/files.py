"""The files of an image set, whether they lie in a folder or in a zip."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ssad_lib.data.layout import role
from ssad_lib.data.listing import FOLDER, Listing, image_suffixes, is_hidden, listed, walk
from ssad_lib.data.notes import counted
from ssad_lib.data.zips import entries, open_zip, zip_reader
from ssad_lib.errors import SsadError, from_os_error


@dataclass(frozen=True)
class Files:
    """The image files of one set under relative names with forward slashes.

    Parameters
    ----------
    path : pathlib.Path
        The folder or the zip, as error messages name it.
    names : tuple of str
        Sorted names of all images, e.g. ``"train/cat/1.png"``.
    folders : tuple of str
        Sorted names of all folders, also of those without an image.
    read : callable
        Returns the bytes of one of `names`; `SsadError` if that is impossible.
    left_out : Counter of str
        How many files are no images of the set, by reason.
    """

    path: Path
    names: tuple[str, ...]
    folders: tuple[str, ...]
    read: Callable[[str], bytes]
    left_out: Counter[str] = field(default_factory=Counter)


def open_files(path: Path) -> Files:
    """Return the image files of the folder or zip at `path`.

    A single folder that holds everything else (``tiles.zip`` with ``tiles/train/...``) is skipped.

    Raises
    ------
    SsadError
        If there is nothing at `path`, the zip is damaged or has an entry that leaves its folder,
        an image is a link to nothing, or there is no image.
    """
    path = path.expanduser().absolute()
    if path.is_dir():
        listing = listed(walk(path))
        read = _folder_reader(path)
    elif not path.exists():
        raise SsadError(f"there is no folder or zip {path}; check the path")
    else:
        archive = open_zip(path)
        listing = listed(entries(archive, path))
        read = zip_reader(archive, path)
    _check(listing, path)
    wrapper = _wrapper(list(listing.names))
    return Files(
        path=path,
        names=tuple(sorted(name.removeprefix(wrapper) for name in listing.names)),
        folders=tuple(
            name.removeprefix(wrapper) for name in listing.folders if name.startswith(wrapper)
        ),
        read=lambda name: read(listing.names[wrapper + name]),
        left_out=listing.left_out,
    )


def stamp(*sources: Path) -> str:
    """Return a stamp of files, folders or zips that changes when any file in them does.

    It covers places, sizes and times, so it takes no reading; a zip counts as one file. What is
    hidden does not count.

    Raises
    ------
    SsadError
        If a source does not exist or cannot be listed.
    """
    digest = hashlib.sha256()
    for source in sources:
        path = source.expanduser().absolute()
        try:
            lines = _lines(path) if path.is_dir() else [_line(path)]
        except FileNotFoundError as error:
            raise SsadError(f"there is nothing at {error.filename}; check the path") from error
        except OSError as error:
            raise from_os_error(error, "read the files") from error
        # A name that is not UTF-8 has signs that cannot be encoded strictly.
        digest.update("\n".join([*lines, ""]).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _lines(folder: Path) -> list[str]:
    found = [one for one in walk(folder) if not is_hidden(one.name)]
    return [
        # A folder's own time changes when a file only passes through it.
        f"{folder / one.raw}|folder" if one.kind == FOLDER else _line(folder / one.raw)
        for one in sorted(found, key=lambda one: one.name)
    ]


def _line(file: Path) -> str:
    status = file.lstat() if file.is_symlink() and not file.exists() else file.stat()
    return f"{file}|{status.st_size}|{status.st_mtime_ns}"


def _check(listing: Listing, path: Path) -> None:
    if listing.broken:
        raise SsadError(
            f"the image '{listing.broken[0]}' of {path} is a link that leads nowhere; mend or "
            "remove it"
        )
    if not listing.names:
        there = f" there are {counted(listing.left_out)};" if listing.left_out else ""
        known = ", ".join(sorted(suffix.removeprefix(".") for suffix in image_suffixes()))
        raise SsadError(f"{path} holds no image;{there} images are {known}")


def _wrapper(names: list[str]) -> str:
    """Return the ``"folder/"`` that every name begins with and that is no class, else ``""``."""
    prefix = ""
    while True:
        inner = [name.removeprefix(prefix).split("/") for name in names]
        first = inner[0][0]
        if role(first) or any(len(parts) < 3 or parts[0] != first for parts in inner):
            return prefix
        prefix += first + "/"


def _folder_reader(path: Path) -> Callable[[str], bytes]:
    def read(name: str) -> bytes:
        try:
            return (path / name).read_bytes()
        except OSError as error:
            raise from_os_error(error, f"read the image {name}") from error

    return read
