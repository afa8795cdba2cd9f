"""Finds and reads torchvision's files of weights: each must be the one that its name promises.

The last eight characters of such a name begin the file's SHA-256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from ssad_lib.errors import SsadError
from ssad_lib.models.pointwise import subsample_first


def find(root: Path, names: Sequence[str], what: str) -> Path:
    """Return the first file of `names` that lies below the data root.

    Raises
    ------
    SsadError
        If there is none.
    """
    for name in names:
        if (root / name).is_file():
            return root / name
    raise SsadError(
        f"no {what} below {root}: put torchvision's {names[0]} there, or choose the encoder "
        "'efficientnet-lite0', which is always there"
    )


def digest(path: Path) -> str:
    """Return what the SHA-256 of a file of weights must begin with, as its name promises."""
    return path.stem.rpartition("-")[2]


def into(network: nn.Module, path: Path, beginning: str, what: str) -> nn.Module:
    """Return torchvision's `network` with the weights in `path`; see `read`.

    Its strided 1 × 1 convolutions subsample first, as those of all our networks do.
    """
    made = subsample_first(network)
    try:
        made.load_state_dict(read(path, beginning, what))
    except (RuntimeError, TypeError) as error:
        raise SsadError(f"{path} cannot be read as weights of {what}; copy it again") from error
    return made


def read(path: Path, beginning: str, what: str) -> dict[str, Tensor]:
    """Return the weights in `path`, by name.

    Parameters
    ----------
    path : pathlib.Path
    beginning : str
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
    if not found.startswith(beginning):
        raise SsadError(
            f"{path} is damaged or holds no {what}: its SHA-256 begins with {found[:8]}, not "
            f"{beginning}; copy it again"
        )
    try:
        weights: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever its parser hits first
        raise SsadError(f"{path} cannot be read as weights of {what}; copy it again") from error
    return weights
