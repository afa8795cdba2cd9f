"""Random numbers per pixel from one seed per image, without a generator's state.

Noise and Mask need a number for every pixel, too many to keep as parameters. A counter-based
generator computes number j of seed s directly from (s, j), so an image's numbers depend on its
own seed only, whatever the batch or the device. The mixer is the 32-bit finaliser of Wellons
("lowbias32", 2018), applied twice to each counter, with a key from each half of the seed.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

BITS = 24  # as many as a float32 holds exactly


def draw_seeds(n: int, generator: torch.Generator) -> Tensor:
    """Return `n` seeds, int64, uniform in [0, 2**63 - 1)."""
    return torch.randint(2**63 - 1, (n,), generator=generator)


def integers(seeds: Tensor, count: int) -> Tensor:
    """Return ``(n, count)`` int32 numbers uniform in {0, ..., 2**24 - 1}, equal on all devices."""
    low, high = (seeds & 0xFFFFFFFF).to(torch.int32), (seeds >> 32).to(torch.int32)
    # Keys are mixed themselves: plain neighbouring seeds would give shifted copies of one sequence.
    first = _mix(low)
    second = _mix(high ^ first)
    counter = torch.arange(count, dtype=torch.int32, device=seeds.device)
    mixed = _mix(_mix(first.unsqueeze(1) + counter).bitwise_xor_(second.unsqueeze(1)))
    return _shift(mixed, 32 - BITS)


def normals(seeds: Tensor, count: int) -> Tensor:
    """Return ``(n, count)`` float32 standard normal numbers (Box and Muller).

    CPU and CUDA agree to rounding: the integers are equal, logarithm and cosine nearly so.
    """
    half = (count + 1) // 2
    share = integers(seeds, 2 * half).float().add_(0.5).mul_(2.0**-BITS)
    radius = share[:, :half].log().mul_(-2).sqrt_()
    angle = share[:, half:] * (2 * math.pi)
    both = torch.cat([radius * angle.cos(), radius * angle.sin()], dim=1)
    return both[:, :count]


def _shift(bits: Tensor, by: int) -> Tensor:
    """Shift int32 right and fill with zeros; torch repeats the sign instead."""
    return (bits >> by).bitwise_and_((1 << (32 - by)) - 1)


def _mix(bits: Tensor) -> Tensor:
    """Mix int32 in place so that each input bit flips each output bit with probability 1/2."""
    bits.bitwise_xor_(_shift(bits, 16)).mul_(0x7FEB352D)
    bits.bitwise_xor_(_shift(bits, 15)).mul_(0x846CA68B - 2**32)
    return bits.bitwise_xor_(_shift(bits, 16))
