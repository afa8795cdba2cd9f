"""Seeded random numbers for the embedded sets: one stream for each block of images."""

from __future__ import annotations

import numpy as np

from ssad_lib.rng import seed_of


def stream(*key: str | int) -> np.random.Generator:
    """Return a generator that depends on `key` alone."""
    return np.random.Generator(np.random.PCG64(seed_of(*key)))


def uniform(
    rng: np.random.Generator, low: float, high: float, shape: tuple[int, ...]
) -> np.ndarray:
    """Return ``float32`` draws between `low` and `high`."""
    return (low + (high - low) * rng.random(shape)).astype(np.float32)


def below(rng: np.random.Generator, limit: int | np.ndarray, count: int) -> np.ndarray:
    """Return `count` integers ``int64`` from 0 to `limit` - 1, which may differ for each."""
    return (rng.random(count) * limit).astype(np.int64)
