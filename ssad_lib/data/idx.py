"""Reads idx files, the format of MNIST and Fashion-MNIST, packed by gzip or not."""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ssad_lib.errors import SsadError

UNSIGNED_BYTES = b"\0\0\x08"  # what every file of these sets begins with; then come the dimensions


def read_idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """Return the array in an idx file of bytes, ``uint8`` with so many dimensions.

    Raises
    ------
    SsadError
        If the file cannot be unpacked, is another kind of file, or is not as long as it says.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            content = file.read()
    except (OSError, EOFError, zlib.error) as error:
        raise SsadError(f"{path} cannot be read ({error}); remove it and fetch it again") from error
    start = 4 + 4 * dimensions
    if content[:4] != UNSIGNED_BYTES + bytes([dimensions]) or len(content) < start:
        raise SsadError(
            f"{path} is no idx file of bytes with {dimensions} dimensions; remove it and fetch it "
            "again"
        )
    shape = [int.from_bytes(content[at : at + 4], "big") for at in range(4, start, 4)]
    if len(content) != start + math.prod(shape):
        raise SsadError(
            f"{path} is damaged: it promises {math.prod(shape):,} bytes of values and has "
            f"{len(content) - start:,}; remove it and fetch it again"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)
