"""Dirichlet fit: known concentrations, the published iteration, and saturated predictions."""

import numpy as np
import pytest
from scipy.special import digamma
from scipy.stats import dirichlet as reference

from ssad_lib.detectors import dirichlet


def sample(alpha, n=20_000):
    return np.random.default_rng(0).dirichlet(alpha, n).clip(1e-12, 1)


@pytest.mark.parametrize(
    "alpha", [[0.5, 2.0, 7.0], [1.0, 1.0], [30.0, 3.0, 0.4, 0.6], [120.0] * 12]
)
def test_known_concentrations_are_found(alpha):
    assert dirichlet.fit(np.log(sample(alpha))) == pytest.approx(alpha, rel=0.05)


def test_fit_is_a_maximum_of_scipys_likelihood():
    values = sample([0.7, 2.0, 4.0], 300)
    alpha = dirichlet.fit(np.log(values))

    def likelihood(candidate):
        return sum(reference.logpdf(row / row.sum(), candidate) for row in values)

    best = likelihood(alpha)
    for j in range(3):
        for factor in (0.97, 1.03):
            other = alpha.copy()
            other[j] *= factor
            assert likelihood(other) < best


def test_fit_is_where_the_published_iteration_ends():
    """METHODS 5.4 as written, with a solver of its own for the inverse of digamma."""
    logs = np.log(sample([0.5, 1.5, 3.0], 500))
    mean, mean_log = np.exp(logs).mean(0), logs.mean(0)
    total = 2 * 0.57722 / ((mean * np.log(mean)).sum() - (mean * mean_log).sum())
    alpha = mean * total
    for _ in range(1000):
        target = digamma(alpha.sum()) + mean_log
        low, high = np.full(3, 1e-8), np.full(3, 1e4)
        for _ in range(100):
            middle = (low + high) / 2
            below = digamma(middle) < target
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        if np.abs(low - alpha).max() < 1e-9:
            break
        alpha = low
    assert dirichlet.fit(logs) == pytest.approx(alpha, rel=1e-6)


def test_inverse_digamma_inverts_over_its_whole_range():
    x = np.geomspace(1e-7, 1e6, 200)
    assert dirichlet.inverse_digamma(digamma(x)) == pytest.approx(x, rel=1e-8)


@pytest.mark.parametrize("row", [[1.0, 1e-12, 1e-12], [1 / 3, 1 / 3, 1 / 3], [0.9, 0.1, 1e-12]])
def test_equal_vectors_have_capped_concentrations(row):
    alpha = dirichlet.fit(np.log(np.tile(row, (40, 1))))
    assert np.isfinite(alpha).all()
    assert (alpha > 0).all()
    assert alpha.max() <= 1e6
    assert alpha.argmax() == 0 or np.ptp(alpha) < 1e-6


def test_score_is_the_written_sum():
    random = np.random.default_rng(1)
    logs = np.log(random.dirichlet([1, 2, 3], (5, 3)))
    alpha = random.uniform(0.5, 5, (3, 3))
    expected = [
        -sum((alpha[k, j] - 1) * logs[n, k, j] for k in range(3) for j in range(3)) / 3
        for n in range(5)
    ]
    assert dirichlet.negative_log_density(logs, alpha) == pytest.approx(expected)
