"""The files of an image set, whether they lie in a folder or in a zip."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ssad_lib.errors import SsadError, from_os_error

IMAGE_SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".ppm", ".pgm"}
)
SPLITS = frozenset({"train", "test", "ground_truth"})


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
    """

    path: Path
    names: tuple[str, ...]
    folders: tuple[str, ...]
    read: Callable[[str], bytes]


def open_files(path: Path) -> Files:
    """Return the image files of the folder or zip at `path`.

    A single folder that holds everything else (``tiles.zip`` with ``tiles/train/...``) is skipped.

    Raises
    ------
    SsadError
        If there is nothing at `path`, the zip is damaged or has an entry that leaves its folder,
        or there is no image.
    """
    path = path.expanduser().absolute()
    if path.is_dir():
        names, folders = _list_folder(path)
        read = _folder_reader(path)
    elif not path.exists():
        raise SsadError(f"there is no folder or zip {path}; check the path")
    else:
        archive = _open_zip(path)
        names, folders = _list_zip(archive, path)
        read = _zip_reader(archive, path)
    if not names:
        raise SsadError(f"{path} holds no image ({', '.join(sorted(IMAGE_SUFFIXES))})")
    wrapper = _wrapper(names)
    return Files(
        path=path,
        names=tuple(sorted(name.removeprefix(wrapper) for name in names)),
        folders=tuple(
            sorted(name.removeprefix(wrapper) for name in folders if name.startswith(wrapper))
        ),
        read=lambda name: read(wrapper + name),
    )


def stamp(*sources: Path) -> str:
    """Return a stamp of files, folders or zips that changes when any file in them does.

    It covers places, sizes and times, so it takes no reading; a zip counts as one file.

    Raises
    ------
    SsadError
        If a source does not exist or cannot be listed.
    """
    lines = []
    for source in sources:
        path = source.expanduser().absolute()
        try:
            files = sorted(path.rglob("*")) if path.is_dir() else [path]
            for file in files:
                status = file.stat()
                # A folder's own time changes when a file only passes through it.
                when = "folder" if file.is_dir() else f"{status.st_size}|{status.st_mtime_ns}"
                lines.append(f"{file}|{when}")
        except FileNotFoundError as error:
            raise SsadError(f"there is nothing at {error.filename}; check the path") from error
        except OSError as error:
            raise from_os_error(error, "read the files") from error
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _is_image(name: str) -> bool:
    parts = PurePosixPath(name)
    hidden = any(part.startswith((".", "__MACOSX")) for part in parts.parts)
    return parts.suffix.lower() in IMAGE_SUFFIXES and not hidden


def _wrapper(names: list[str]) -> str:
    """Return the ``"folder/"`` that every name begins with and that is no class, else ``""``."""
    prefix = ""
    while True:
        inner = [name.removeprefix(prefix).split("/") for name in names]
        first = inner[0][0]
        if first in SPLITS or any(len(parts) < 3 or parts[0] != first for parts in inner):
            return prefix
        prefix += first + "/"


def _list_folder(path: Path) -> tuple[list[str], list[str]]:
    names, folders = [], []
    for entry in path.rglob("*"):
        name = entry.relative_to(path).as_posix()
        if _is_image(name):
            names.append(name)
        elif entry.is_dir():
            folders.append(name)
    return names, folders


def _folder_reader(path: Path) -> Callable[[str], bytes]:
    def read(name: str) -> bytes:
        try:
            return (path / name).read_bytes()
        except OSError as error:
            raise from_os_error(error, f"read the image {name}") from error

    return read


def _open_zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise SsadError(f"{path} is not a readable zip ({error}); fetch it again") from error


def _list_zip(archive: zipfile.ZipFile, path: Path) -> tuple[list[str], list[str]]:
    names, folders = [], set()
    for name in archive.namelist():
        parts = PurePosixPath(name.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or parts.as_posix()[1:2] == ":":
            raise SsadError(
                f"the entry '{name}' of {path} leaves the folder it is unpacked to; "
                "do not trust this zip, fetch another"
            )
        if name.endswith("/"):
            folders.add(name.rstrip("/"))
        elif _is_image(name):
            names.append(name)
            folders.update(parent.as_posix() for parent in parts.parents[:-1])
    return names, sorted(folders)


def _zip_reader(archive: zipfile.ZipFile, path: Path) -> Callable[[str], bytes]:
    def read(name: str) -> bytes:
        try:
            return archive.read(name)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
            raise SsadError(
                f"the entry '{name}' of {path} cannot be read ({error}); fetch the zip again"
            ) from error

    return read
