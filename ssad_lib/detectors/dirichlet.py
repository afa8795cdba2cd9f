"""Maximum-likelihood fit of a Dirichlet distribution, and AP's score from it (METHODS 5.4, 5.8)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import digamma, zeta

Array = NDArray[np.float64]

TOTALS = (1e-6, 1e6)  # of the concentrations; equal vectors would need an infinite one
NEWTON_STEPS = 5


def fit(log_probabilities: Array) -> Array:
    """Return the concentrations ``(K,)`` most likely to have given these probability vectors.

    At the maximum ψ(α_j) = ψ(Σα) + mean log p_j, so every α_j follows from the total Σα, and one
    total agrees with its parts. The iteration of Minka (2000) inserts the total again and again;
    it moves so slowly where predictions are alike that it stops long before the maximum (K = 72:
    1000 steps do not suffice). Finding the total by bracketing takes a dozen evaluations.

    Parameters
    ----------
    log_probabilities : ndarray of float64, shape (N, K)
        Logarithms, all finite.
    """
    mean_log = log_probabilities.mean(axis=0)

    def parts(log_total: float) -> Array:
        return inverse_digamma(digamma(np.exp(log_total)) + mean_log)

    def excess(log_total: float) -> float:
        return float(np.log(parts(log_total).sum())) - log_total

    low, high = np.log(TOTALS)
    if excess(high) >= 0:
        return parts(high)
    return parts(brentq(excess, low, high, xtol=1e-12))


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
