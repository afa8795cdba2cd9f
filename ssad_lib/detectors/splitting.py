"""Which normal images train R and which train S (METHODS 12.5, 12.7)."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ssad_lib import rng
from ssad_lib.errors import SsadError, unknown

SPLITS = ("parity", "halves", "random", "none")


def split_indices(count: int, split: str, share: float, seed: int) -> tuple[Tensor, Tensor]:
    """Return the indices of the images of R and of those of S, each in order.

    Parameters
    ----------
    count : int
    split : {"parity", "halves", "random", "none"}
        Every other image, starting with R's; the first and the last ones; by lot; or all for both.
    share : float
        Of the images, for R; one half in the paper. Other shares are spread as evenly.
    seed : int
        Decides the lot.

    Raises
    ------
    SsadError
        If the split does not exist, or leaves one of the two without images.
    """
    if split not in SPLITS:
        raise unknown("split", split, SPLITS)
    everything = torch.arange(count)
    if split == "none":
        return everything, everything
    if not 0 < share < 1:
        raise SsadError(f"share {share} must lie between 0 and 1: both networks need images")
    if split == "parity":
        steps = [math.ceil(round(share * index, 9)) for index in range(count + 1)]
        first = torch.tensor(steps).diff() > 0
    else:
        order = everything
        if split == "random":
            order = torch.randperm(count, generator=rng.generator(seed, "split"))
        first = torch.zeros(count, dtype=torch.bool)
        first[order[: round(share * count)]] = True
    if first.all() or not first.any():
        raise SsadError(
            f"the split '{split}' with share {share} leaves no image of {count} to one of the "
            "networks: give more images or another share"
        )
    return everything[first], everything[~first]
