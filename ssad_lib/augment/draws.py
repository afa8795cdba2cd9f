"""Distributions that augmentations draw from: float64 on the CPU, one row per image."""

from __future__ import annotations

import math

import torch
from torch import Tensor

TRIES = 10  # of random erasing and random resized crops, as in their published definitions


def uniform(
    shape: tuple[int, ...], bounds: tuple[float, float], generator: torch.Generator
) -> Tensor:
    """Return numbers uniform in [a, b)."""
    low, high = bounds
    return torch.rand(shape, generator=generator, dtype=torch.float64) * (high - low) + low


def log_uniform(
    shape: tuple[int, ...], bounds: tuple[float, float], generator: torch.Generator
) -> Tensor:
    """Return numbers whose logarithm is uniform in [log a, log b)."""
    low, high = bounds
    return uniform(shape, (math.log(low), math.log(high)), generator).exp()


def chance(n: int, probability: float, generator: torch.Generator) -> Tensor:
    """Return `n` truth values, true with the given probability; 0 and 1 are exact."""
    return torch.rand(n, generator=generator, dtype=torch.float64) < probability


def place(room: Tensor, generator: torch.Generator) -> Tensor:
    """Return whole numbers uniform in {0, ..., room}, both ends included.

    Released code often excludes the last position (METHODS 2.8); we do not.
    """
    share = torch.rand(room.shape, generator=generator, dtype=torch.float64)
    return (share * (room + 1)).long()


def permutations(n: int, length: int, generator: torch.Generator) -> Tensor:
    """Return ``(n, length)`` independent, uniform orders of 0, ..., length - 1."""
    return torch.rand((n, length), generator=generator, dtype=torch.float64).argsort(1)


def first_valid(valid: Tensor, *values: Tensor) -> tuple[Tensor, ...]:
    """Return, for every image, whether any try is valid, then each value at its first valid try.

    Parameters
    ----------
    valid : Tensor
        ``(n, tries)`` truth values.
    *values : Tensor
        ``(n, tries)`` numbers.
    """
    first = valid.int().argmax(1, keepdim=True)
    return valid.any(1), *(value.gather(1, first).squeeze(1) for value in values)
