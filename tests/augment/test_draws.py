from __future__ import annotations

import math

import pytest
import torch
from scipy import stats

from ssad_lib import rng
from ssad_lib.augment import draws

N = 5000


def test_uniform_and_log_uniform_follow_their_laws() -> None:
    numbers = draws.uniform((N,), (-2, 3), rng.generator("u")).numpy()
    assert stats.kstest(numbers, "uniform", (-2, 5)).pvalue > 1e-3
    logs = draws.log_uniform((N,), (0.3, 3.3), rng.generator("l")).log().numpy()
    assert stats.kstest(logs, "uniform", (math.log(0.3), math.log(11))).pvalue > 1e-3


@pytest.mark.parametrize("probability", [0.0, 0.2, 0.5, 1.0])
def test_chance_has_its_probability(probability: float) -> None:
    hits = int(draws.chance(N, probability, rng.generator("c")).sum())
    assert stats.binomtest(hits, N, probability).pvalue > 1e-3


def test_place_reaches_both_ends_evenly() -> None:
    counts = draws.place(torch.full((N,), 6), rng.generator("p")).bincount()
    assert len(counts) == 7
    assert stats.chisquare(counts.numpy()).pvalue > 1e-3
    assert (draws.place(torch.zeros(N, dtype=torch.long), rng.generator("p")) == 0).all()


def test_all_permutations_are_equally_likely() -> None:
    orders = draws.permutations(N, 4, rng.generator("o"))
    assert torch.equal(orders.sort(1).values, torch.arange(4).expand(N, 4))
    kinds, counts = orders.unique(dim=0, return_counts=True)
    assert len(kinds) == 24
    assert stats.chisquare(counts.numpy()).pvalue > 1e-3


def test_first_valid_takes_the_first() -> None:
    valid = torch.tensor([[False, True, True], [False, False, False], [True, False, True]])
    values = torch.arange(9).view(3, 3)
    found, first = draws.first_valid(valid, values)
    assert found.tolist() == [True, False, True]
    assert first[found].tolist() == [1, 6]
