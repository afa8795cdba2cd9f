"""Maximum-likelihood fit of a Dirichlet distribution, and AP's score from it (METHODS 5.4, 5.8)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, zeta

Array = NDArray[np.float64]

LARGEST = 1e6  # of a concentration: equal vectors have no finite one
FALLBACK_TOTAL = 1e3  # where the start cannot be estimated
TOLERANCE = 1e-9
ITERATIONS = 1000
NEWTON_STEPS = 5


def fit(log_probabilities: Array) -> Array:
    """Return the concentrations ``(K,)`` most likely to have given these probability vectors.

    Fixed point of Minka, "Estimating a Dirichlet distribution" (2000), equation 9.

    Parameters
    ----------
    log_probabilities : ndarray of float64, shape (N, K)
        Logarithms, all finite.
    """
    mean_log = log_probabilities.mean(axis=0)
    alpha = _start(log_probabilities, mean_log)
    for _ in range(ITERATIONS):
        before = alpha
        target = digamma(before.sum()) + mean_log
        alpha = np.minimum(inverse_digamma(target), LARGEST)
        if np.abs(alpha - before).max() < TOLERANCE:
            break
    return alpha


def _start(log_probabilities: Array, mean_log: Array) -> Array:
    """Return the start of the code of Golan and El-Yaniv: the mean times an estimated total."""
    K = log_probabilities.shape[1]
    mean: Array = np.exp(log_probabilities).mean(axis=0)
    # All divided by N: the entropy of the mean against the mean of the logarithms.
    below = (mean * np.log(mean)).sum() - (mean * mean_log).sum()
    total = (K - 1) * np.euler_gamma / below if below > 0 else np.inf
    if not np.isfinite(total) or total > LARGEST:
        total = FALLBACK_TOTAL
    started: Array = mean * total
    return started


def inverse_digamma(values: Array) -> Array:
    """Return x > 0 with ψ(x) = `values`, by five steps of Newton's method."""
    # The inner clip keeps the branch that is not taken free of overflow.
    large = np.exp(np.minimum(values, 20)) + 0.5
    x: Array = np.where(values >= -2.22, large, -1 / np.minimum(values - digamma(1), -1e-3))
    for _ in range(NEWTON_STEPS):
        x = x - (digamma(x) - values) / zeta(2, x)  # zeta(2, x) is the derivative of digamma
    return x


def negative_log_density(log_probabilities: Array, alpha: Array) -> NDArray[Any]:
    """Return ``-1/K Σ_k Σ_j (α_kj − 1) log y_j(aug_k(x))`` ``(N,)``, AP's score.

    Parameters
    ----------
    log_probabilities : ndarray of float64, shape (N, K, K)
        Axis 1: the transform applied; axis 2: the class predicted.
    alpha : ndarray of float64, shape (K, K)
        Row k fitted to transform k.
    """
    summed: NDArray[Any] = np.einsum("nkj,kj->n", log_probabilities, alpha - 1)
    return -summed / len(alpha)
