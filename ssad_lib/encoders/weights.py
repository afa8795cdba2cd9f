"""Reads files of weights: each must be the one that the name of its encoder promises."""

from __future__ import annotations

import hashlib
from pathlib import Path

import torch
from torch import Tensor

from ssad_lib.errors import SsadError


def read(path: Path, digest: str, what: str) -> dict[str, Tensor]:
    """Return the weights in `path`, by name.

    Parameters
    ----------
    path : pathlib.Path
    digest : str
        What the file's SHA-256 must begin with.
    what : str
        Whose weights they are, for the error message.

    Raises
    ------
    SsadError
        If the file is another one, or damaged.
    """
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if not found.startswith(digest):
        raise SsadError(
            f"{path} is damaged or holds no {what}: its SHA-256 begins with {found[:8]}, not "
            f"{digest}; copy it again"
        )
    try:
        weights: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever its parser hits first
        raise SsadError(f"{path} cannot be read as weights of {what}; copy it again") from error
    return weights
