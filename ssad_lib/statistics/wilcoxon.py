"""The signed-rank test with pseudo-median and interval, as R's ``wilcox.test`` (METHODS 6.2-6.4).

Without ties and zeros and with fewer than 50 differences everything is exact: the pseudo-median is
the median of the Walsh averages, the interval runs between two of them. Otherwise R turns to the
normal approximation and searches the shifts of the data at which the standardised statistic meets
its quantiles. The ends of the interval found so are Walsh averages again, of rank
round(M/2 - 1.96 sigma) from below and above among all M, sigma corrected for equal differences. The
pseudo-median is the middle one if M is odd; if M is even, every number between the two in the
middle solves the equation, and R returns the one that its search meets first. So do we: digits that
can be compared with R's are worth more here than the midpoint.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from ssad_lib.errors import SsadError
from ssad_lib.statistics.root import root

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
        Confidence interval of the pseudo-median, always two-sided; NaN if there is none.
    p_value : float
        Of the chosen alternative.
    n : int
        Number of non-zero differences the test rests on.
    exact : bool
        Whether the exact null distribution was used (n < 50, no ties, no zeros).
    confidence : float
        The level that the interval has: exact at least the one asked for, unless the differences
        are too few to reach it; 0 if there is no interval.
    """

    pseudo_median: float
    low: float
    high: float
    p_value: float
    n: int
    exact: bool
    confidence: float


def signed_rank(
    differences: ArrayLike, alternative: Alternative = "greater", confidence: float = 0.95
) -> SignedRank:
    """Return the paired Wilcoxon signed-rank test with the pseudo-median and its interval.

    Zeros are dropped and ties get mid-ranks, as R's ``wilcox.test`` does; with ties, zeros or 50
    and more differences the normal approximation with tie-corrected variance and continuity
    correction is used (METHODS 6.2 to 6.4). So few differences that no interval reaches the level
    asked for (fewer than six at 95 %) get what R gives with a warning: their whole range if exact,
    else the interval at 90, 80 or 60 %. `SignedRank.confidence` is the level it has.

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
    if exact:
        p_value = exact_p(nonzero, alternative)
    else:
        p_value = stats.wilcoxon(
            nonzero,
            alternative=alternative,
            zero_method="wilcox",
            correction=True,
            method="asymptotic",
        ).pvalue
    location = _exact_location if exact else _approximate_location
    pseudo_median, low, high, level = location(nonzero, confidence)
    return SignedRank(
        pseudo_median, low, high, p_value=float(p_value), n=n, exact=exact, confidence=level
    )


def exact_p(nonzero: NDArray[np.float64], alternative: Alternative = "greater") -> float:
    """Return the exact p of differences without zeros, given their ranks (mid-ranks of ties).

    SciPy's general function gives the same, in two milliseconds without ties and a tenth of a
    second with them, and a calibration asks a million times.
    """
    doubled = np.round(2 * stats.rankdata(np.abs(nonzero))).astype(int)
    cdf = _sum_cdf(tuple(sorted(doubled.tolist())))
    positive = int(doubled[nonzero > 0].sum())
    less = float(cdf[positive])
    greater = float(cdf[len(cdf) - 1 - positive])  # the distribution is symmetric
    if alternative == "two-sided":
        return min(1.0, 2 * min(less, greater))
    return greater if alternative == "greater" else less


def clustered(
    values: ArrayLike,
    clusters: ArrayLike,
    alternative: Alternative = "greater",
    confidence: float = 0.95,
) -> SignedRank:
    """Return `signed_rank` of the mean of every cluster (METHODS 6.6).

    Pairs that share a trained detector are not independent: the nine pairs of a normal class
    count as one difference, their mean.

    Parameters
    ----------
    values : array_like of float, shape (m,)
        Differences.
    clusters : array_like, shape (m,)
        The cluster of each, such as ``"cifar10/6"``.
    alternative, confidence
        As in `signed_rank`.
    """
    differences = np.asarray(values, dtype=np.float64).ravel()
    _, members = np.unique(np.asarray(clusters).ravel(), return_inverse=True)
    if len(members) != len(differences):
        raise SsadError(
            f"clustered test: {len(differences)} differences but {len(members)} clusters; name "
            "the cluster of each"
        )
    means = np.bincount(members, weights=differences) / np.bincount(members)
    return signed_rank(means, alternative, confidence)


def walsh_averages(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sorted averages ``(v_i + v_j)/2`` for i ≤ j, shape ``(n(n+1)/2,)``."""
    i, j = np.triu_indices(len(values))
    return np.sort((values[i] + values[j]) / 2)


@lru_cache(maxsize=256)
def _sum_cdf(ranks: tuple[int, ...]) -> NDArray[np.float64]:
    """Return P(sum of the positive ranks ≤ w) for w = 0 .. their sum, all signs equally likely."""
    counts = np.ones(1)
    for rank in ranks:
        longer = np.zeros(len(counts) + rank)
        longer[: len(counts)] += counts
        longer[rank:] += counts
        counts = longer
    return np.cumsum(counts) / 2.0 ** len(ranks)


def _exact_location(
    values: NDArray[np.float64], confidence: float
) -> tuple[float, float, float, float]:
    """Return pseudo-median, interval and its level from the exact distribution."""
    walsh = walsh_averages(values)
    cdf = _sum_cdf(tuple(range(1, len(values) + 1)))
    tail = max(int(np.searchsorted(cdf, (1 - confidence) / 2)), 1)
    return (
        float(np.median(walsh)),
        float(walsh[tail - 1]),
        float(walsh[len(walsh) - tail]),
        float(1 - 2 * cdf[tail - 1]),
    )


def _approximate_location(
    values: NDArray[np.float64], confidence: float
) -> tuple[float, float, float, float]:
    """Return pseudo-median, interval and its level from the normal approximation."""
    walsh = walsh_averages(values)
    least, most = float(walsh[0]), float(walsh[-1])
    at_least, at_most = (_standardised(values, end, 0.5) for end in (least, most))
    if not np.isfinite(at_least):
        return least, np.nan, np.nan, 0.0
    middle = _middle(values, walsh)
    tail = (1 - confidence) / 2
    while min(at_least, -at_most) < stats.norm.isf(tail):
        tail *= 2  # so few values cannot reach the level asked for
    if tail >= 0.5:
        return middle, np.nan, np.nan, 0.0
    deviation = stats.norm.isf(tail) * _standard_deviation(values)
    rank = max(math.ceil(len(walsh) / 2 - 0.5 - deviation), 1)
    return middle, float(walsh[rank - 1]), float(walsh[len(walsh) - rank]), 1 - 2 * tail


def _middle(values: NDArray[np.float64], walsh: NDArray[np.float64]) -> float:
    """Return the shift at which the statistic is what it is expected to be."""
    below, above = walsh[(len(walsh) - 1) // 2], walsh[len(walsh) // 2]
    if below == above:
        return float(below)
    return float(root(lambda shift: _standardised(values, shift, 0.0), walsh[0], walsh[-1]))


def _standardised(values: NDArray[np.float64], shift: float, correction: float) -> float:
    """Return the standardised signed-rank statistic of `values` - `shift`, NaN if all are zero."""
    shifted = values - shift
    shifted = shifted[shifted != 0]
    n = len(shifted)
    positive = stats.rankdata(np.abs(shifted))[shifted > 0].sum()
    excess = float(positive) - n * (n + 1) / 4
    deviation = _standard_deviation(np.abs(shifted))
    return (excess - np.sign(excess) * correction) / deviation if n else np.nan


def _standard_deviation(magnitudes: NDArray[np.float64]) -> float:
    """Return that of the signed-rank statistic under the null, corrected for ties."""
    n = len(magnitudes)
    _, ties = np.unique(magnitudes, return_counts=True)
    return math.sqrt(n * (n + 1) * (2 * n + 1) / 24 - float((ties**3 - ties).sum()) / 48)
