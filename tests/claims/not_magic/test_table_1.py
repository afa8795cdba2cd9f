"""Claim A09: how far the rows' true means differ, without the scatter of the classes."""

import numpy as np
import pytest

from ssad_lib.claims.not_magic.table_1 import _spread_of_means, _wider

PATTERN = np.array([-0.04, 0.0, 0.01, 0.03])


def between_classes(rows: np.ndarray) -> float:
    """Return the mean product of the centred rows of two different classes."""
    apart = rows - rows.mean(axis=1, keepdims=True)
    pairs = [(i, j) for i in range(len(rows)) for j in range(len(rows)) if i != j]
    return float(np.mean([(apart[i] * apart[j]).mean() for i, j in pairs]))


def scattered(pattern: np.ndarray, scatter: float, seed: int, classes: int = 10) -> np.ndarray:
    return pattern + np.random.default_rng(seed).normal(0, scatter, (classes, len(pattern)))


def test_the_square_of_the_spread_is_the_unbiased_variance():
    rows = scattered(3 * PATTERN, 0.05, 0)
    assert _spread_of_means(rows) ** 2 == pytest.approx(between_classes(rows), rel=1e-9)
    assert _spread_of_means(np.tile(PATTERN, (4, 1))) == pytest.approx(PATTERN.std())


def test_the_spread_is_negative_where_classes_agree_less_than_by_chance():
    rows = np.array([[1.0, -1.0], [-1.0, 1.0]])
    assert between_classes(rows) == -1
    assert _spread_of_means(rows) == -1


def test_the_effect_is_the_difference_of_the_spreads():
    own, other = np.tile(3 * PATTERN, (6, 1)), np.tile(PATTERN, (6, 1))
    assert _wider(own, other).effect == pytest.approx(2 * PATTERN.std())


@pytest.mark.parametrize("side", ["p", "p_against"])
@pytest.mark.parametrize("scatters", [(0.05, 0.01), (0.01, 0.05)])
def test_scatter_alone_is_no_dependence_and_no_lack_of_it(scatters, side):
    own, other = scatters
    found = [
        getattr(_wider(scattered(PATTERN, own, s), scattered(PATTERN, other, s + 500)), side)
        for s in range(200)
    ]
    assert np.mean(np.array(found) < 0.05) < 0.1


def test_a_wider_pattern_is_found_and_its_opposite_too():
    wide, narrow = scattered(5 * PATTERN, 0.05, 2), scattered(PATTERN, 0.05, 3)
    assert _wider(wide, narrow).p == pytest.approx(1 / 2**10)
    assert _wider(narrow, wide).p_against == pytest.approx(1 / 2**10)
    assert _wider(wide, narrow).p_against == 1.0
