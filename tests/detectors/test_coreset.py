"""The coreset against a reference that compares everything with everything, in float64."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from ssad_lib.detectors import coreset as module
from ssad_lib.detectors.coreset import coreset, k_centres, projected


def brute_force(points, count, start):
    """Take the point whose nearest taken one is farthest away, again and again."""
    distances = cdist(points.astype(np.float64), points.astype(np.float64))
    taken = [start]
    while len(taken) < count:
        nearest = distances[:, taken].min(axis=1)
        nearest[taken] = -1
        taken.append(int(nearest.argmax()))
    return taken


def clustered(seed, n=400, d=12):
    """Points as features are: a few dense groups and single ones far out."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(7, d)) * 4
    points = centres[rng.integers(7, size=n)] + rng.normal(size=(n, d)) * rng.random((n, 1))
    return points.astype(np.float32)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("count", [1, 2, 40, 400])
def test_greedy_centres_are_those_of_brute_force(seed, count):
    points = clustered(seed)
    assert k_centres(points, count, seed).tolist() == brute_force(points, count, seed)


def test_most_points_are_passed_over(monkeypatch):
    points, seen = clustered(5, n=3000), []
    plain = module._distances
    monkeypatch.setattr(
        module, "_distances", lambda *some: (seen.append(len(some[1])), plain(*some))[1]
    )
    chosen = k_centres(points, 300, 0)
    assert chosen.tolist() == brute_force(points, 300, 0)
    assert sum(seen) / (300 * len(points)) < 0.25


def test_chunks_change_nothing(monkeypatch):
    points = clustered(3)
    whole = k_centres(points, 40, 0)
    monkeypatch.setattr(module, "CHUNK", 7)
    assert np.array_equal(k_centres(points, 40, 0), whole)


def test_equal_points_are_taken_once():
    points = np.repeat(clustered(0, n=5), 20, axis=0)
    chosen = k_centres(points, 50, 33)
    assert len(chosen) == 5
    assert len({tuple(one) for one in points[chosen].tolist()}) == 5


def test_one_seed_is_one_coreset():
    points = clustered(1)
    first, again, other = (coreset(points, 30, seed).tolist() for seed in (3, 3, 4))
    assert first == again != other
    assert len(set(first)) == 30
    assert coreset(points[:1], 1, 0).tolist() == [0]


def test_long_features_are_projected_and_keep_their_distances():
    rng = np.random.default_rng(0)
    points = (rng.normal(size=(300, 9)) @ rng.normal(size=(9, 1536))).astype(np.float32)
    short = projected(points, 0)
    assert short.shape == (300, 140)  # 4 ln 300 / (0.9²/2 − 0.9³/3)
    assert short.dtype == np.float32
    assert np.array_equal(short, projected(points, 0))
    assert not np.array_equal(short, projected(points, 1))
    ratio = cdist(short, short)[0, 1:] / cdist(points, points)[0, 1:]
    assert 0.6 < ratio.min() < ratio.max() < 1.4
    assert projected(points[:, :100], 0) is not None
    assert projected(points[:, :100], 0).shape == (300, 100)


def test_a_projected_coreset_covers_what_it_leaves_out():
    rng = np.random.default_rng(0)
    points = (clustered(2) @ rng.normal(size=(12, 1536))).astype(np.float32)
    chosen = coreset(points, 60, 0)
    radius = cdist(points, points[chosen]).min(axis=1).max()
    best = cdist(points, points[brute_force(points, 60, int(chosen[0]))]).min(axis=1).max()
    assert radius < 1.5 * best


def test_every_step_is_told():
    steps = []
    k_centres(clustered(0), 12, 0, lambda: steps.append(1))
    assert len(steps) == 11
