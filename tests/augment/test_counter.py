from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

from ssad_lib import rng
from ssad_lib.augment import counter

SEEDS = counter.draw_seeds(64, rng.generator("seeds"))
COUNT = 3072


def by_hand(seed: int, number: int) -> int:
    """The same function in Python's whole numbers, which neither wrap nor have a sign bit."""

    def mix(x: int) -> int:
        x = ((x ^ (x >> 16)) * 0x7FEB352D) % 2**32
        x = ((x ^ (x >> 15)) * 0x846CA68B) % 2**32
        return x ^ (x >> 16)

    def spread(x: int, by: int) -> int:
        """Multiply; the shift before it repeats the sign, as torch's does."""
        signed = x - 2**64 if x >= 2**63 else x
        return ((x ^ (signed >> 32) % 2**64) * by) % 2**64

    keys = (seed + 1) * counter.SPREAD[0] % 2**64
    keys = spread(spread(keys, counter.SPREAD[1]), counter.SPREAD[0])
    first, second = keys % 2**32, keys >> 32 | 1
    word = (mix(number // 2 + 1) ^ first) * second % 2**32
    word = ((word ^ (word >> 16)) * 0x7FEB352D) % 2**32
    word ^= word >> 16
    half = (word >> 16) if number % 2 else word % 2**16
    return half - 2**16 if half >= 2**15 else half


def test_integers_equal_a_plain_computation() -> None:
    seeds = torch.tensor([0, 1, 2**31, 2**32 - 1, 2**63 - 2, 0x123456789ABCDEF])
    expected = [[by_hand(seed, number) for number in range(40)] for seed in seeds.tolist()]
    assert counter.integers(seeds, 40).tolist() == expected


@pytest.mark.parametrize(
    "seeds", [SEEDS, torch.arange(64), torch.arange(64) << 32], ids=["drawn", "0..63", "high half"]
)
def test_integers_are_uniform_and_independent(seeds: torch.Tensor) -> None:
    numbers = counter.integers(seeds, COUNT).double().numpy() / 2**16 + 0.5
    assert numbers.min() >= 0
    assert numbers.max() < 1
    assert stats.kstest(numbers.ravel(), "uniform").pvalue > 1e-3
    for row in numbers[:8]:
        assert stats.kstest(row, "uniform").pvalue > 1e-4
    centred = numbers - 0.5
    limit = 5 / 12 / np.sqrt(COUNT)  # five standard errors of a mean product of two uniforms
    between = centred @ centred.T / COUNT
    assert np.abs(between - np.diag(np.diag(between))).max() < limit
    for lag in (1, 2, 3, 32, 1024):
        within = (centred[:, lag:] * centred[:, :-lag]).mean()
        assert abs(within) < 5 / 12 / np.sqrt(centred[:, lag:].size)


def test_every_bit_is_fair() -> None:
    numbers = counter.integers(torch.arange(64), COUNT).numpy()
    for bit in range(counter.BITS):
        ones = int(((numbers >> bit) & 1).sum())
        assert stats.binomtest(ones, numbers.size).pvalue > 1e-4


def test_normals_are_standard_normal() -> None:
    numbers = counter.normals(SEEDS, COUNT).double().numpy()
    assert stats.kstest(numbers.ravel(), "norm").pvalue > 1e-3
    assert abs(numbers.std() - 1) < 5 / np.sqrt(2 * numbers.size)
    for lag in (1, 2, COUNT // 2):  # the two of one pair are neighbours
        products = numbers[:, lag:] * numbers[:, :-lag]
        assert abs(products.mean()) < 5 / np.sqrt(products.size)


def test_the_two_of_a_pair_are_independent() -> None:
    seeds = counter.draw_seeds(256, rng.generator("pairs"))
    pairs = counter.normals(seeds, COUNT).double().numpy().reshape(-1, 2)
    cells = np.floor(16 * stats.norm.cdf(pairs)).astype(int)
    counts = np.zeros((16, 16))
    np.add.at(counts, tuple(cells.T), 1)
    assert stats.chisquare(counts.ravel()).pvalue > 1e-4
    assert counts.min() > 0
    radius = np.square(pairs).sum(1)
    assert stats.kstest(radius, stats.chi2(2).cdf).pvalue > 1e-4


def test_every_pair_of_the_table_taken_once_has_exact_moments() -> None:
    pairs = counter._pairs(torch.device("cpu")).view(torch.float32).view(-1, 2).double().numpy()
    assert len(np.unique(pairs, axis=0)) == 2**16
    assert np.abs(pairs.mean(0)).max() < 1e-4
    assert pairs.T @ pairs / 2**16 == pytest.approx(np.eye(2), abs=1e-4)
    assert (pairs**4).mean(0) == pytest.approx([3, 3], abs=0.01)
    for column in pairs.T:
        assert stats.kstest(column, "norm").statistic < 1e-3


def test_an_odd_count_leaves_the_last_number_out() -> None:
    assert torch.equal(counter.integers(SEEDS, 121), counter.integers(SEEDS, 122)[:, :121])
    assert torch.equal(counter.normals(SEEDS, 121), counter.normals(SEEDS, 122)[:, :121])


def test_seeds_that_share_a_half_have_nothing_in_common() -> None:
    high = torch.arange(64) << 32
    for seeds in (high, high | 12345, torch.arange(64) | (7 << 32)):
        numbers = counter.integers(seeds, COUNT).double().numpy()
        between = np.corrcoef(numbers)[np.triu_indices(64, 1)]
        assert np.abs(between).max() < 5 / np.sqrt(COUNT)


def test_numbers_depend_on_the_seed_alone() -> None:
    for numbers in (counter.integers, counter.normals):
        assert torch.equal(numbers(SEEDS[[9, 2]], 101), numbers(SEEDS, 101)[[9, 2]])
