"""Random numbers per pixel from one seed per image, without a generator's state.

Noise and Mask need a number for every pixel, too many to keep as parameters. A counter-based
generator computes number j of seed s directly from (s, j), so an image's numbers depend on its
own seed only, whatever the batch or the device. The mixer is the 32-bit finaliser of Wellons
("lowbias32", 2018): the counter is mixed, once for all seeds, meets two keys made of its seed, and
is mixed again, by half a mixer: more would not be seen in any test. Each 32-bit result gives two
integers, each integer two normal numbers. Every pass over memory counts here.
"""

from __future__ import annotations

import math
from functools import lru_cache

import torch
from torch import Tensor

BITS = 16
FACTORS = 0x7FEB352D, 0x846CA68B - 2**32  # of the mixer
GOLDEN_SECTION = (math.sqrt(5) - 1) / 2
SPREAD = 0x9E3779B97F4A7C15 - 2**64, 0xBF58476D1CE4E5B9 - 2**64  # odd, their bits look random


def draw_seeds(n: int, generator: torch.Generator) -> Tensor:
    """Return `n` seeds, int64, uniform in [0, 2**63 - 1)."""
    return torch.randint(2**63 - 1, (n,), generator=generator)


def integers(seeds: Tensor, count: int) -> Tensor:
    """Return ``(n, count)`` int16 numbers uniform in {-2**15, ..., 2**15 - 1}, on every device."""
    first, second = _keys(seeds)
    words = (_places((count + 1) // 2, seeds.device) ^ first).mul_(second)
    words.bitwise_xor_(_shift(words, 16)).mul_(FACTORS[0])
    words.bitwise_xor_(_shift(words, 16))
    return words.view(torch.int16)[:, :count]


@lru_cache(maxsize=32)
def _places(count: int, device: torch.device) -> Tensor:
    """Return the mixed counters ``(count,)``, int32; the same for every batch, so kept."""
    return _mix(torch.arange(1, count + 1, dtype=torch.int32, device=device))


def _keys(seeds: Tensor) -> tuple[Tensor, Tensor]:
    """Return two int32 keys ``(n, 1)`` of each seed, each of which depends on all of its bits.

    Seeds that share a half, or follow one another, would else give like sequences.
    """
    spread = (seeds + 1) * SPREAD[0]
    spread = (spread ^ (spread >> 32)) * SPREAD[1]
    spread = (spread ^ (spread >> 32)) * SPREAD[0]
    first, second = spread.view(torch.int32).view(-1, 2).split(1, dim=1)
    return first, second | 1  # a product with an odd number loses nothing


def normals(seeds: Tensor, count: int) -> Tensor:
    """Return ``(n, count)`` float32 standard normal numbers, at most 4.86 large.

    Each 16-bit integer picks one of 65,536 pairs (`_pairs`): a look-up costs a third of the
    logarithm, root, sine and cosine of Box and Muller, and a pair needs no second integer.
    """
    pairs = (count + 1) // 2
    places = integers(seeds, pairs).to(torch.int32).add_(2 ** (BITS - 1))
    chosen = _pairs(seeds.device).index_select(0, places.view(-1))
    return chosen.view(torch.float32).view(len(seeds), 2 * pairs)[:, :count]


@lru_cache(maxsize=8)
def _pairs(device: torch.device) -> Tensor:
    """Return ``(65536,)`` pairs of float32 normal numbers, each pair as the bits of one int64.

    Box and Muller's formula on the points (k + 1/2, k times the golden section modulo 1) of the
    unit square, a lattice that fills it more evenly than random points would.
    """
    number = torch.arange(2**BITS, dtype=torch.float64)
    radius = (-2 * ((number + 0.5) / 2**BITS).log()).sqrt()
    angle = 2 * math.pi * (number * GOLDEN_SECTION).frac()
    points = torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1)
    points /= points.square().mean(0).sqrt()  # the midpoints of 65,536 steps cut the tail
    return points.float().view(torch.int64).view(-1).to(device)


def _shift(bits: Tensor, by: int) -> Tensor:
    """Shift int32 right and fill with zeros; torch repeats the sign instead."""
    return (bits >> by).bitwise_and_((1 << (32 - by)) - 1)


def _mix(bits: Tensor) -> Tensor:
    """Mix int32 in place so that each input bit flips each output bit with probability 1/2."""
    bits.bitwise_xor_(_shift(bits, 16)).mul_(FACTORS[0])
    bits.bitwise_xor_(_shift(bits, 15)).mul_(FACTORS[1])
    return bits.bitwise_xor_(_shift(bits, 16))
