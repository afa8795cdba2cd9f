"""Checks of the sets of embeddings that the losses of paper 001 and DSV compare."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from ssad_lib.errors import SsadError

NAMES = ("train", "augmented", "test")


def checked(*sets: ArrayLike | Tensor) -> tuple[Tensor, ...]:
    """Return the sets as floating-point tensors ``(n, h)``; tensors keep their gradient.

    Raises
    ------
    SsadError
        If a set is not two-dimensional and floating point, is empty, or differs in length h.
    """
    tensors = tuple(
        one if isinstance(one, Tensor) else torch.as_tensor(np.asarray(one)) for one in sets
    )
    if not tensors:
        raise SsadError("alignment needs at least one set of embeddings (n, h)")
    for place, one in enumerate(tensors):
        name = NAMES[place] if len(tensors) == len(NAMES) else f"set {place + 1}"
        if one.ndim != 2 or 0 in one.shape or not one.is_floating_point():
            raise SsadError(
                f"alignment takes float embeddings (n, h), one row per image; {name} has shape "
                f"{tuple(one.shape)} and type {one.dtype}"
            )
        if one.shape[1] != tensors[0].shape[1]:
            raise SsadError(
                f"alignment needs embeddings of one length, not {tensors[0].shape[1]} and "
                f"{one.shape[1]} ({name}): take all from one network"
            )
    return tensors
