"""Rank and permutation tests of the claims A07, A08, A11, A14, A15, A21, A22 (METHODS 15)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from ssad_lib.errors import SsadError
from ssad_lib.statistics.intervals import DRAWS

Tail = Literal["greater", "less", "two-sided"]


class Outcome(NamedTuple):
    """What a test saw, and how often chance alone shows as much."""

    statistic: float
    p_value: float


def trend(table: ArrayLike) -> Outcome:
    """Return Page's test for columns that increase from left to right (claim A21).

    Parameters
    ----------
    table : array_like of float, shape (units, treatments)
        One row per class; columns in the order in which the claim expects them to grow.

    Returns
    -------
    Outcome
        Page's L and its one-sided p-value, exact for small tables.
    """
    answer = stats.page_trend_test(_table(table))
    return Outcome(float(answer.statistic), float(answer.pvalue))


def spearman(
    x: ArrayLike,
    y: ArrayLike,
    alternative: Tail = "less",
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> Outcome:
    """Return Spearman's rank correlation and its permutation p-value (claim A15).

    All pairings are counted where there are no more than `draws`.

    Parameters
    ----------
    x, y : array_like of float, shape (n,)
    alternative : {"greater", "less", "two-sided"}
        ``"less"`` asks whether the correlation is negative.
    draws, seed
        Of the shuffling.
    """
    left, right = (stats.rankdata(np.asarray(values, np.float64).ravel()) for values in (x, y))
    if len(left) != len(right) or np.ptp(left) == 0 or np.ptp(right) == 0:
        raise SsadError("a rank correlation needs two lists of one length that are not constant")
    left, right = stats.zscore(left), stats.zscore(right)
    return _permuted(
        (left,), lambda shuffled, axis=-1: (shuffled * right).mean(axis), "pairings",
        alternative, draws, seed,
    )  # fmt: skip


def within_category(
    values: ArrayLike, categories: Sequence[str], *, draws: int = DRAWS, seed: int = 0
) -> Outcome:
    """Return whether values of one category are closer than chance would have them (claim A07).

    Parameters
    ----------
    values : array_like of float, shape (n,)
        Such as the pseudo-median of every augmentation.
    categories : sequence of str
        The category of each; those of a single member say nothing and only take part in the
        shuffling.
    draws, seed
        Of the shuffling of the labels.

    Returns
    -------
    Outcome
        Mean absolute difference over all pairs of one category, and the share of shuffled labels
        that give as small a one.
    """
    codes = np.unique(np.asarray(categories), return_inverse=True)[1]
    numbers = np.asarray(values, np.float64).ravel()
    first, second = np.triu_indices(len(codes), 1)
    same = codes[first] == codes[second]
    first, second = first[same], second[same]
    if not len(first) or len(numbers) != len(codes):
        raise SsadError("no two values share a category; there is nothing to compare")
    return _permuted(
        (numbers,), lambda v, axis=-1: np.abs(v[..., first] - v[..., second]).mean(axis),
        "pairings", "less", draws, seed,
    )  # fmt: skip


def category_rank(
    values: ArrayLike,
    categories: Sequence[str],
    category: str,
    alternative: Tail = "greater",
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> Outcome:
    """Return whether a category ranks above (below) the rest (claims A11 and A14).

    Parameters
    ----------
    values : array_like of float, shape (n,)
    categories : sequence of str
        The category of each value.
    category : str
        The one to compare with all others.
    alternative : {"greater", "less", "two-sided"}
        ``"greater"`` asks whether its values are the larger ones.
    draws, seed
        Of the shuffling; all splits are counted where there are no more than `draws`.

    Returns
    -------
    Outcome
        Mean rank (1 = smallest) of the category minus that of the rest, and the p-value.
    """
    ranks = stats.rankdata(np.asarray(values, np.float64).ravel())
    inside = np.asarray(categories) == category
    if len(inside) != len(ranks) or not 0 < inside.sum() < len(ranks):
        raise SsadError(f"category '{category}' must have some of the values, not all or none")
    return _permuted(
        (ranks[inside], ranks[~inside]), lambda a, b, axis=-1: a.mean(axis) - b.mean(axis),
        "independent", alternative, draws, seed,
    )  # fmt: skip


def binomial(
    successes: int, trials: int, chance: float = 0.5, alternative: Tail = "greater"
) -> Outcome:
    """Return the share of successes and the exact p-value of so many by `chance` (claim A22)."""
    answer = stats.binomtest(successes, trials, chance, alternative)
    return Outcome(float(answer.statistic), float(answer.pvalue))


def _permuted(
    samples: tuple[NDArray[np.float64], ...],
    statistic: Callable[..., NDArray[np.float64]],
    kind: str,
    alternative: Tail,
    draws: int,
    seed: int,
) -> Outcome:
    answer = stats.permutation_test(
        samples, statistic, permutation_type=kind, vectorized=True, n_resamples=draws,
        alternative=alternative, rng=np.random.default_rng(seed),
    )  # fmt: skip
    return Outcome(float(answer.statistic), float(answer.pvalue))


def _table(values: ArrayLike) -> NDArray[np.float64]:
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or min(table.shape) < 2 or table.shape[1] < 3:
        raise SsadError(
            f"a test of treatments needs two units and three treatments, not {table.shape}"
        )
    if not np.isfinite(table).all():
        raise SsadError("a test of treatments needs every cell of its table; one is missing")
    return table
