"""Distances to a memory against float64, with all of it and without some places."""

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from ssad_lib.detectors import memory
from ssad_lib.detectors.memory import Memory


@pytest.fixture
def bank() -> np.ndarray:
    return (np.random.default_rng(0).normal(size=(40, 6)) + 50).astype(np.float32)


def test_distances_are_those_in_float64_though_all_lie_far_from_zero(bank, monkeypatch):
    points = (np.random.default_rng(1).normal(size=(30, 6)) + 50).astype(np.float32)
    exact = cdist(points.astype(np.float64), bank.astype(np.float64))
    for chunk in (memory.CHUNK, 100):
        monkeypatch.setattr(memory, "CHUNK", chunk)
        distance, place = Memory.of(bank).nearest(torch.from_numpy(points))
        np.testing.assert_allclose(distance.numpy(), exact.min(axis=1), rtol=1e-4)
        np.testing.assert_array_equal(place.numpy(), exact.argmin(axis=1))


@pytest.mark.parametrize("neighbours", [1, 3, 100])
def test_what_is_left_out_is_as_if_it_were_not_kept(bank, neighbours):
    features = torch.randn(4, 2, 3, 6, generator=torch.Generator().manual_seed(0)) + 50
    without = torch.arange(40) % 3 == 0
    left = Memory.of(bank).compare(features, neighbours, without)
    fewer = Memory.of(bank[~without.numpy()]).compare(features, neighbours)
    for one, other in zip(left, fewer, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)
    whole = Memory.of(bank).compare(features, neighbours)
    assert (left[1] >= whole[1] - 1e-4).all()
    assert (left[1] > whole[1] + 1e-2).any()
