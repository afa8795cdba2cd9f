"""Files of named arrays for caches: nobody sees half of one, and a damaged one counts as absent.

Each is an ``.npz`` whose own checksums tell damage. It is written under another name and renamed
when complete.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ssad_lib.errors import from_os_error


def read(place: Path, names: Sequence[str]) -> dict[str, NDArray[Any]] | None:
    """Return the arrays `names` of the file at `place`; None if it is absent, damaged or another.

    Arrays of Python objects count as damage: reading them could run code.
    """
    try:
        with np.load(place, allow_pickle=False) as file:
            return {name: file[name] for name in names}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return None


def publish(
    arrays: Mapping[str, NDArray[Any]],
    place: Path,
    what: str,
    save: Callable[..., None] = np.savez_compressed,
) -> None:
    """Write `arrays` beside `place`, then rename the file.

    Parameters
    ----------
    arrays : mapping of str to numpy.ndarray
    place : pathlib.Path
        A file ``.npz`` in a folder that exists.
    what : str
        For the error message, such as ``"the measured alignment"``.
    save : callable
        ``numpy.savez`` writes at once what compression would hardly make smaller.

    Raises
    ------
    SsadError
        If the disk is full or the folder cannot be written; no file is left behind.
    """
    try:
        handle, draft = tempfile.mkstemp(prefix=".draft-", suffix=".npz", dir=place.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                save(file, allow_pickle=False, **dict(arrays))
                file.flush()
                os.fsync(file.fileno())
            Path(draft).replace(place)
        finally:
            Path(draft).unlink(missing_ok=True)
    except OSError as error:
        raise from_os_error(error, f"keep {what}") from error
