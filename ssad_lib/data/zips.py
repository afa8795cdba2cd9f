"""Image files in a zip, also in one that another system has packed."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from ssad_lib.data.listing import FILE, FOLDER, Found
from ssad_lib.errors import SsadError

UTF8, ENCRYPTED = 0x800, 0x1  # bits of an entry's flags
LINK = "a link in the archive"


def open_zip(path: Path) -> zipfile.ZipFile:
    """Return the archive at `path`; `SsadError` if it is no readable zip."""
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise SsadError(
            f"{path} is not a readable zip ({error}); fetch it again, or unpack it and give the "
            "folder"
        ) from error


def entries(archive: zipfile.ZipFile, path: Path) -> Iterator[Found]:
    """Yield what is in an archive.

    Raises
    ------
    SsadError
        If an entry leaves the folder it is unpacked to, or is encrypted.
    """
    for entry in archive.infolist():
        parts = PurePosixPath(_name(entry))
        if parts.is_absolute() or ".." in parts.parts or parts.as_posix()[1:2] == ":":
            raise SsadError(
                f"the entry '{entry.filename}' of {path} leaves the folder it is unpacked to; "
                "do not trust this zip, fetch another"
            )
        kind = FOLDER if _name(entry).endswith("/") else FILE
        if stat.S_ISLNK(entry.external_attr >> 16):
            kind = LINK
        elif kind == FILE and entry.flag_bits & ENCRYPTED:
            raise SsadError(
                f"the entry '{entry.filename}' of {path} is encrypted; unpack it and give the "
                "folder"
            )
        if parts.parts:
            yield Found(parts.as_posix(), entry.filename, kind)


def zip_reader(archive: zipfile.ZipFile, path: Path) -> Callable[[str], bytes]:
    """Return a function that reads an entry; `SsadError` if it is damaged or packed strangely."""

    def read(name: str) -> bytes:
        try:
            return archive.read(name)
        except NotImplementedError as error:
            raise SsadError(
                f"the entry '{name}' of {path} cannot be unpacked here ({error}); unpack the zip "
                "with the program that made it and give the folder"
            ) from error
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
            raise SsadError(
                f"the entry '{name}' of {path} cannot be read ({error}); fetch the zip again"
            ) from error

    return read


def _name(entry: zipfile.ZipInfo) -> str:
    """Return an entry's name as it was meant: old packers forget to say that it is UTF-8."""
    name = entry.filename
    if not entry.flag_bits & UTF8:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = entry.filename
    return name.replace("\\", "/")
