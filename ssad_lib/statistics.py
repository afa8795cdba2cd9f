"""The statistics of paper 000: signed-rank test, pseudo-median, Holm, bootstrap (METHODS 6)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from ssad_lib.errors import SsadError

Alternative = Literal["greater", "less", "two-sided"]
EXACT_BELOW = 50  # R's wilcox.test uses the exact distribution under 50 differences


@dataclass(frozen=True)
class SignedRank:
    """Result of `signed_rank`: location, two-sided interval and p-value.

    Attributes
    ----------
    pseudo_median : float
        Hodges-Lehmann estimate: the median of the Walsh averages.
    low, high : float
        Confidence interval of the pseudo-median, always two-sided.
    p_value : float
        Of the chosen alternative.
    n : int
        Number of non-zero differences the test rests on.
    exact : bool
        Whether the exact null distribution was used (n < 50, no ties, no zeros).
    """

    pseudo_median: float
    low: float
    high: float
    p_value: float
    n: int
    exact: bool


def signed_rank(
    differences: ArrayLike, alternative: Alternative = "greater", confidence: float = 0.95
) -> SignedRank:
    """Return the paired Wilcoxon signed-rank test with the pseudo-median and its interval.

    Zeros are dropped and ties get mid-ranks, as R's ``wilcox.test`` does; with ties, zeros or 50
    and more differences the normal approximation with tie-corrected variance and continuity
    correction is used (METHODS 6.2 to 6.4).

    Parameters
    ----------
    differences : array_like of float, shape (m,)
    alternative : {"greater", "less", "two-sided"}
        ``"greater"`` asks whether the differences lie above zero.
    confidence : float
        Level of the two-sided interval, in (0, 1).

    Raises
    ------
    SsadError
        If a difference is not finite, or all are zero.
    """
    values = np.asarray(differences, dtype=np.float64).ravel()
    if not np.isfinite(values).all():
        raise SsadError("signed-rank test: a difference is not finite")
    nonzero = values[values != 0]
    n = len(nonzero)
    if n == 0:
        raise SsadError("signed-rank test: every difference is zero, there is nothing to rank")
    ties = len(np.unique(np.abs(nonzero))) < n
    exact = n < EXACT_BELOW and not ties and n == len(values)
    p_value = stats.wilcoxon(
        nonzero,
        alternative=alternative,
        zero_method="wilcox",
        correction=not exact,
        method="exact" if exact else "asymptotic",
    ).pvalue
    walsh = walsh_averages(nonzero)
    tail = _exact_tail(n, confidence) if exact else _approximate_tail(n, confidence)
    tail = min(max(tail, 1), len(walsh))
    return SignedRank(
        pseudo_median=float(np.median(walsh)),
        low=float(walsh[tail - 1]),
        high=float(walsh[len(walsh) - tail]),
        p_value=float(p_value),
        n=n,
        exact=exact,
    )


def walsh_averages(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sorted averages ``(v_i + v_j)/2`` for i ≤ j, shape ``(n(n+1)/2,)``."""
    i, j = np.triu_indices(len(values))
    return np.sort((values[i] + values[j]) / 2)


@lru_cache(maxsize=256)
def _signed_rank_cdf(n: int) -> NDArray[np.float64]:
    """Return P(W ≤ w) for w = 0 .. n(n+1)/2 under the null, by counting subsets of ranks."""
    counts = np.ones(1)
    for rank in range(1, n + 1):
        longer = np.zeros(len(counts) + rank)
        longer[: len(counts)] += counts
        longer[rank:] += counts
        counts = longer
    return np.cumsum(counts) / 2.0**n


def _exact_tail(n: int, confidence: float) -> int:
    """Return q, the (1-confidence)/2 quantile of the signed-rank distribution, at least 1."""
    return int(np.searchsorted(_signed_rank_cdf(n), (1 - confidence) / 2))


def _approximate_tail(n: int, confidence: float) -> int:
    deviation = stats.norm.isf((1 - confidence) / 2) * np.sqrt(n * (n + 1) * (2 * n + 1) / 24)
    return round(n * (n + 1) / 4 - deviation)


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Return Holm's step-down adjusted p-values, in the order given, each in [0, 1]."""
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * (len(p) - np.arange(len(p))))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def two_stage_interval(
    values: ArrayLike, *, confidence: float = 0.95, draws: int = 10_000, seed: int = 0
) -> tuple[float, float]:
    """Return a bootstrap interval of the mean over classes and seeds.

    Classes are resampled, then seeds inside each drawn class, because runs that share a normal
    class are not independent.

    Parameters
    ----------
    values : array_like of float, shape (classes, seeds)
    confidence : float
        In (0, 1); the interval is the percentile interval.
    draws : int
        Bootstrap samples.
    seed : int
        Of the resampling; the same table always shows the same interval.
    """
    table = np.asarray(values, dtype=np.float64)
    classes, seeds = table.shape
    random = np.random.default_rng(seed)
    rows = random.integers(classes, size=(draws, classes, 1))
    columns = random.integers(seeds, size=(draws, classes, seeds))
    means = table[rows, columns].mean(axis=(1, 2))
    low, high = np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
