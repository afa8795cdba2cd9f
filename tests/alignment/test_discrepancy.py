"""MMD against scikit-learn's kernel and the oracles of METHODS section 17."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics.pairwise import polynomial_kernel

from ssad_lib.alignment import mmd, noise_floor
from ssad_lib.errors import SsadError


def features(seed, n=20, h=7, shift=0.0):
    return np.random.default_rng(seed).normal(shift, 1, (n, h))


def reference(x, y):
    """The formula of METHODS 7.4 with scikit-learn's default polynomial kernel."""
    pairs = [(x, x), (y, y), (x, y)]
    own, other, across = (polynomial_kernel(a, b).mean() for a, b in pairs)
    return own + other - 2 * across


@settings(max_examples=25)
@given(st.integers(0, 999), st.integers(1, 30), st.integers(1, 30), st.integers(1, 12))
def test_agrees_with_scikit_learn(seed, n, m, h):
    x, y = features(seed, n, h), features(seed + 1, m, h, shift=0.5)
    assert mmd(x, y) == pytest.approx(reference(x, y), rel=1e-12, abs=1e-12)
    assert mmd(y, x) == pytest.approx(mmd(x, y), rel=1e-12, abs=1e-12)


def test_a_set_with_itself_is_zero():
    x = features(0, 64, 32)
    assert mmd(x, x) == pytest.approx(0, abs=1e-12)
    assert mmd(x, x[::-1]) == pytest.approx(0, abs=1e-12)


def test_sum_over_pairs():
    x, y = features(1, 256, 8), features(2, 256, 8, shift=0.3)
    assert mmd(x, y, "sum") == pytest.approx(256**2 * mmd(x, y))
    assert mmd(x, y[:100], "sum") == pytest.approx(256 * 100 * mmd(x, y[:100]))


def test_tensors_and_float32_are_computed_in_float64():
    x, y = features(3).astype(np.float32), features(4).astype(np.float32)
    expected = mmd(x.astype(np.float64), y.astype(np.float64))
    assert mmd(torch.from_numpy(x), torch.from_numpy(y)) == expected


def test_biased_floor_of_two_sets_from_one_distribution():
    size, pairs = 32, 300
    values = [mmd(features(2 * i, size), features(2 * i + 1, size)) for i in range(pairs)]
    expected = np.mean([noise_floor(features(2 * i, size)) for i in range(pairs)])
    assert np.mean(values) == pytest.approx(expected, rel=0.05)
    unbiased = [
        mmd(features(2 * i, size), features(2 * i + 1, size), biased=False) for i in range(pairs)
    ]
    assert np.mean(unbiased) == pytest.approx(0, abs=0.1 * expected)


def test_floor_is_two_over_m_times_the_excess_of_the_diagonal():
    x = features(5, 40)
    pairs = polynomial_kernel(x)
    excess = np.diag(pairs).mean() - pairs[~np.eye(40, dtype=bool)].mean()
    assert noise_floor(x) == pytest.approx(2 / 40 * excess)
    assert noise_floor(x, 10) == pytest.approx((1 / 40 + 1 / 10) * excess)


def test_root():
    x, y = features(6), features(7, shift=1.0)
    assert mmd(x, y, root=True) == pytest.approx(np.sqrt(mmd(x, y)))
    assert mmd(x, x, biased=False, root=True) == 0  # the unbiased value is negative


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (np.ones(3), np.ones((2, 3))),
        (np.ones((2, 3)), np.ones((2, 4))),
        (np.ones((0, 3)), np.ones((2, 3))),
        (np.full((2, 3), np.nan), np.ones((2, 3))),
    ],
)
def test_what_are_no_features_is_an_error(x, y):
    with pytest.raises(SsadError, match="MMD"):
        mmd(x, y)


def test_one_image_has_no_unbiased_value():
    with pytest.raises(SsadError, match="two images"):
        mmd(np.ones((1, 3)), np.ones((4, 3)), biased=False)
