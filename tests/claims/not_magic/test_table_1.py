"""Claim A09: how far the rows' true means differ, without the scatter of the classes."""

import numpy as np
import pytest

from ssad_lib.claims.not_magic.table_1 import _wider

PATTERN = np.array([-0.04, 0.0, 0.01, 0.03])


def between_classes(rows: np.ndarray) -> float:
    """Return the mean product of the centred rows of two different classes."""
    apart = rows - rows.mean(axis=1, keepdims=True)
    pairs = [(i, j) for i in range(len(rows)) for j in range(len(rows)) if i != j]
    return float(np.mean([(apart[i] * apart[j]).mean() for i, j in pairs]))


def scattered(pattern: np.ndarray, scatter: float, seed: int, classes: int = 9) -> np.ndarray:
    return pattern + np.random.default_rng(seed).normal(0, scatter, (classes, len(pattern)))


def test_the_effect_is_the_difference_of_unbiased_variances():
    own, other = scattered(3 * PATTERN, 0.05, 0), scattered(PATTERN, 0.01, 1)
    expected = between_classes(own) - between_classes(other)
    assert _wider(own, other).effect == pytest.approx(expected, rel=1e-9)


def test_scatter_alone_is_no_dependence():
    found = [
        _wider(scattered(PATTERN, 0.2, seed), scattered(PATTERN, 0.01, seed + 500)).p
        for seed in range(200)
    ]
    assert np.mean(np.array(found) < 0.05) < 0.1


def test_a_wider_pattern_is_found_and_its_opposite_too():
    wide, narrow = scattered(5 * PATTERN, 0.05, 2), scattered(PATTERN, 0.05, 3)
    assert _wider(wide, narrow).p == pytest.approx(1 / 2**9)
    assert _wider(narrow, wide).p_against == pytest.approx(1 / 2**9)
    assert _wider(wide, narrow).p_against == 1.0


def test_many_classes_are_sampled():
    part = _wider(scattered(5 * PATTERN, 0.05, 4, 30), scattered(PATTERN, 0.05, 5, 30))
    assert part.p < 0.01
    assert part.n == 30
