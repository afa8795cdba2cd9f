"""The comparisons that claims are made of: each gives one `Part` of the rule book.

Every value is that of one cluster, an independently trained network or group of networks: seeds,
kinds of defect and tasks that share a network are averaged before they come here (`by_cluster`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from ssad_lib import statistics
from ssad_lib.claims.rule_book import LEVEL, Part
from ssad_lib.evidence import NotRunError

NAN = float("nan")
FEWEST = math.floor(-math.log2(LEVEL)) + 1  # values whose signs can reach the level: five
RESAMPLES = 2000
ENUMERATED = 14  # differences, up to which all signs are tried where ties or zeros forbid the table


def by_cluster(values: pd.Series, clusters: Sequence[str]) -> pd.Series:
    """Return the mean of `values` over everything but the index levels `clusters`."""
    return values.groupby(level=list(clusters)).mean().dropna()


def above(what: str, values: ArrayLike, unit: str, margin: float = 0.0) -> Part:
    """Return the part that the pseudo-median of `values` lies above `margin` (signed ranks)."""
    found = _values(values)
    pseudo_median, low, high = _location(found)
    return Part(
        what, pseudo_median, low, high, unit, len(found),
        p=signed_rank_p(found - margin), p_against=signed_rank_p(margin - found),
        attainable=0.5 ** len(found), needed=FEWEST,
    )  # fmt: skip


def equivalent(what: str, values: ArrayLike, unit: str, margin: float) -> Part:
    """Return the part that the pseudo-median lies within ±`margin`: two one-sided tests."""
    found = _values(values)
    pseudo_median, low, high = _location(found)
    inside = max(signed_rank_p(found + margin), signed_rank_p(margin - found))
    outside = min(signed_rank_p(found - margin), signed_rank_p(-margin - found))
    return Part(
        what, pseudo_median, low, high, unit, len(found),
        p=inside, p_against=min(1.0, 2 * outside),
        attainable=0.5 ** len(found), needed=FEWEST,
    )  # fmt: skip


def below(what: str, values: ArrayLike, unit: str, margin: float) -> Part:
    """Return the part that the pseudo-median of `values` lies below `margin`: no gain that matters.

    Not seeing an effect is no sign that there is none; this is.
    """
    part = above(what, -_values(values), unit, -margin)
    return replace(part, effect=-part.effect, low=-part.high, high=-part.low)


def apart(what: str, first: ArrayLike, second: ArrayLike, unit: str) -> Part:
    """Return the part that independent clusters `first` lie above those of `second` (rank sum)."""
    one, other = _values(first), _values(second)
    more, less = (
        float(stats.mannwhitneyu(one, other, alternative=side).pvalue)
        for side in ("greater", "less")
    )
    difference = float(np.median(np.subtract.outer(one, other)))
    enough = min(len(one), len(other)) > 1
    low, high = statistics.difference_interval(one, other) if enough else (NAN, NAN)
    return Part(
        what, difference, low, high, unit, len(one) + len(other), p=more, p_against=less,
        attainable=1 / math.comb(len(one) + len(other), len(one)), needed=6,
    )  # fmt: skip


def correlated(what: str, x: ArrayLike, y: ArrayLike, sign: int) -> Part:
    """Return the part that x and y have a rank correlation of this `sign` (1 or -1)."""
    one, other = _values(x), _values(y)
    if len(one) < 3:
        raise NotRunError(f"{len(one)} values do not correlate")
    more, less = (
        statistics.spearman(one, other, side)  # type: ignore[arg-type]
        for side in ("greater", "less")
    )
    p, p_against = (more.p_value, less.p_value) if sign > 0 else (less.p_value, more.p_value)
    return Part(
        what, more.statistic, NAN, NAN, "ρ", len(one), p=p, p_against=p_against,
        attainable=1 / math.factorial(min(len(one), 20)), needed=4,
    )  # fmt: skip


def share(what: str, hits: int, n: int, chance: float) -> Part:
    """Return the part that `hits` of `n` clusters are more than `chance` (exact binomial)."""
    if n < 1:
        raise NotRunError("nothing to count")
    low, high = statistics.binomial_interval(hits, n)
    return Part(
        what, hits / n, low, high, "share", n,
        p=float(stats.binomtest(hits, n, chance, "greater").pvalue),
        p_against=float(stats.binomtest(hits, n, chance, "less").pvalue),
        attainable=chance**n, needed=math.floor(math.log(LEVEL) / math.log(chance)) + 1,
    )  # fmt: skip


def permuted(
    what: str, statistic: Callable[[NDArray[np.float64]], float], values: ArrayLike,
    orders: NDArray[np.int64], unit: str, effect: float | None = None,
) -> Part:  # fmt: skip
    """Return the part that `statistic` of `values` is larger than under their permutations.

    Parameters
    ----------
    what, unit : str
    statistic : callable
        Takes rows like `values`.
    values : array_like, shape (n, ...)
    orders : ndarray of int, shape (draws, n)
        Permutations of the rows under which nothing would change without an effect.
    effect : float, optional
        What to show; default the statistic.
    """
    table = np.asarray(values, dtype=np.float64)
    observed = statistic(table)
    drawn = np.array([statistic(table[order]) for order in orders])
    count = len(orders) + 1
    return Part(
        what, observed if effect is None else effect, NAN, NAN, unit, len(table),
        p=float((1 + (drawn >= observed - 1e-12).sum()) / count),
        p_against=float((1 + (drawn <= observed + 1e-12).sum()) / count),
        attainable=1 / min(count, math.factorial(min(len(table), 20))), needed=4,
    )  # fmt: skip


def bootstrapped(
    what: str,
    values: ArrayLike,
    statistic: Callable[[NDArray[np.float64]], float],
    unit: str,
    null: float,
) -> Part:
    """Return the part that `statistic` of the clusters lies above `null`, by resampling them.

    Parameters
    ----------
    what, unit : str
    values : array_like, shape (n, ...)
        One cluster per row; what belongs to a cluster is resampled together.
    statistic : callable
        Takes rows like `values`.
    null : float
        Its value without an effect.
    """
    table = np.asarray(values, dtype=np.float64)
    if len(table) < 2:
        raise NotRunError(f"{len(table)} clusters cannot be resampled")
    random = np.random.default_rng(0)  # the same table always has the same interval
    drawn = np.array(
        [statistic(table[random.integers(len(table), size=len(table))]) for _ in range(RESAMPLES)]
    )
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Part(
        what, statistic(table), float(low), float(high), unit, len(table),
        p=float((1 + (drawn <= null).sum()) / (RESAMPLES + 1)),
        p_against=float((1 + (drawn >= null).sum()) / (RESAMPLES + 1)),
        # Fewer clusters than this draw the same few rows again and again.
        attainable=0.5 ** len(table), needed=FEWEST,
    )  # fmt: skip


def most_of(what: str, parts: Sequence[Part]) -> Part:
    """Return the part that more than half of `parts` hold: a partial conjunction.

    Source: Benjamini and Heller (2008), with Bonferroni's correction.
    """
    if not parts:
        raise NotRunError("nothing to compare")
    count, least = len(parts), len(parts) // 2 + 1
    ordered = sorted(parts, key=lambda part: part.p)
    against = sorted(part.p_against for part in parts)
    deciding = ordered[least - 1]
    return replace(
        deciding,
        what=f"{what}: {deciding.what}, the last of {least} of {count}",
        p=min(1.0, (count - least + 1) * deciding.p),
        p_against=min(1.0, least * against[count - least]),
        attainable=min(1.0, (count - least + 1) * deciding.attainable),
        needed=deciding.needed + math.ceil(math.log2(count - least + 1)),
    )


def signed_rank_p(values: NDArray[np.float64]) -> float:
    """Return the one-sided p that `values` lie above zero; 1 where all are zero.

    Exact also with ties and zeros where there are few: the normal approximation of three values
    that are not zero gives p = .09, below the smallest that is possible, 1/8.
    """
    nonzero = values[values != 0]
    if not len(nonzero):
        return 1.0
    ties = len(np.unique(np.abs(nonzero))) < len(nonzero)
    if len(nonzero) <= ENUMERATED and ties:
        method = stats.PermutationMethod(n_resamples=2**ENUMERATED + 1)
        return float(stats.wilcoxon(nonzero, alternative="greater", method=method).pvalue)
    if len(nonzero) < statistics.EXACT_BELOW and not ties:
        return float(stats.wilcoxon(nonzero, alternative="greater", method="exact").pvalue)
    return statistics.signed_rank(nonzero, "greater").p_value


def _location(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return pseudo-median and 95 % interval; all values where they are equal."""
    if not np.any(values):
        return 0.0, NAN, NAN
    found = statistics.signed_rank(values, "greater")
    return found.pseudo_median, found.low, found.high


def _values(values: ArrayLike) -> NDArray[np.float64]:
    found = np.asarray(values, dtype=np.float64).ravel()
    if not len(found):
        raise NotRunError("nothing to compare")
    return found
