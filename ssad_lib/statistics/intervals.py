"""Intervals by resampling, and of proportions (METHODS section 15)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from ssad_lib.errors import SsadError

DRAWS = 10_000


def bootstrap_interval(
    values: ArrayLike,
    statistic: Callable[[NDArray[np.float64]], float] = np.mean,
    *,
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
) -> tuple[float, float]:
    """Return the percentile bootstrap interval of a statistic of the units (classes, images).

    Parameters
    ----------
    values : array_like of float, shape (n, ...)
        One unit per row; what belongs to a unit is resampled together.
    statistic : callable
        Takes rows like `values`, the same number of them, and returns one number.
    confidence : float
        In (0, 1).
    draws : int
        Bootstrap samples.
    seed : int
        Of the resampling; the same table always shows the same interval.

    Raises
    ------
    SsadError
        If there are fewer than two units.
    """
    table = np.asarray(values, dtype=np.float64)
    if len(table) < 2:
        raise SsadError(f"a bootstrap interval needs at least two units, not {len(table)}")
    answer = stats.bootstrap(
        (np.arange(len(table)),),
        lambda rows: statistic(table[rows]),
        vectorized=False,
        n_resamples=draws,
        confidence_level=confidence,
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    return float(answer.confidence_interval.low), float(answer.confidence_interval.high)


def difference_interval(
    first: ArrayLike,
    second: ArrayLike,
    *,
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
) -> tuple[float, float]:
    """Return the percentile bootstrap interval of the difference of two means (first - second).

    The units of both are resampled independently of each other.

    Parameters
    ----------
    first, second : array_like of float, shapes (n,) and (m,)
        One value per unit, at least two each.
    confidence, draws, seed
        As in `bootstrap_interval`.

    Raises
    ------
    SsadError
        If either has fewer than two units.
    """
    random = np.random.default_rng(seed)
    means = []
    for values in (first, second):
        units = np.asarray(values, dtype=np.float64).ravel()
        if len(units) < 2:
            raise SsadError(f"a bootstrap interval needs at least two units, not {len(units)}")
        means.append(units[random.integers(len(units), size=(draws, len(units)))].mean(axis=1))
    ends = np.quantile(means[0] - means[1], [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(ends[0]), float(ends[1])


def two_stage_interval(
    values: ArrayLike, *, confidence: float = 0.95, draws: int = DRAWS, seed: int = 0
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


def binomial_interval(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the exact (Clopper-Pearson) interval of a proportion, two-sided.

    Raises
    ------
    SsadError
        If there is no trial, or the successes are not among the trials.
    """
    if not 0 <= successes <= trials or trials == 0:
        raise SsadError(f"{successes} of {trials} is not a proportion")
    interval = stats.binomtest(successes, trials).proportion_ci(confidence, method="exact")
    return float(interval.low), float(interval.high)
