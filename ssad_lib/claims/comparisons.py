"""The comparisons that claims are made of: each gives one `Part` of the rule book.

Every value is that of one cluster, an independently trained network or group of networks: seeds,
kinds of defect and tasks that share a network are averaged before they come here (`by_cluster`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from ssad_lib import statistics
from ssad_lib.claims.rule_book import Part
from ssad_lib.evidence import NotRunError

NAN = float("nan")
CONFIDENCE = 0.95
SIGNS = 0.5  # how often one more difference has the claimed sign by chance
RESAMPLES = 2000  # sign changes of more clusters
ENUMERATED = 14  # clusters, up to which all signs are tried


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
        base=SIGNS,
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
        base=SIGNS,
    )  # fmt: skip


def below(what: str, values: ArrayLike, unit: str, margin: float) -> Part:
    """Return the part that the pseudo-median of `values` lies below `margin`: no gain that matters.

    Not seeing an effect is no sign that there is none; this is.
    """
    part = above(what, -_values(values), unit, -margin)
    return replace(part, effect=-part.effect, low=-part.high, high=-part.low)


def apart(what: str, first: ArrayLike, second: ArrayLike, unit: str) -> Part:
    """Return the part that independent clusters `first` lie above those of `second` (rank sum).

    The effect is the difference of their means, and the interval is that of it.
    """
    one, other = _values(first), _values(second)
    more, less = (
        float(stats.mannwhitneyu(one, other, alternative=side).pvalue)
        for side in ("greater", "less")
    )
    difference = float(one.mean() - other.mean())
    enough = min(len(one), len(other)) > 1
    low, high = statistics.difference_interval(one, other) if enough else (NAN, NAN)
    return Part(
        what, difference, low, high, unit, len(one) + len(other), p=more, p_against=less,
        base=(1 / math.comb(len(one) + len(other), len(one))) ** (1 / (len(one) + len(other))),
    )  # fmt: skip


def correlated(what: str, x: ArrayLike, y: ArrayLike, sign: int) -> Part:
    """Return the part that x and y have a rank correlation of this `sign` (1 or -1)."""
    one, other = _values(x), _values(y)
    if len(one) < 3:
        raise NotRunError(f"{len(one)} values do not correlate")
    more, less = (statistics.spearman(one, other, side) for side in ("greater", "less"))
    p, p_against = (more.p_value, less.p_value) if sign > 0 else (less.p_value, more.p_value)
    return Part(
        what, more.statistic, NAN, NAN, "ρ", len(one), p=p, p_against=p_against,
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
        base=chance,
    )  # fmt: skip


def best_more_often(what: str, wins: pd.DataFrame, name: str) -> Part:
    """Return the part that the method `name` is the best more often than any of them would be.

    Without a difference between methods every cluster's wins might as well be those of another of
    its columns, all of its tasks together: the distribution of the sum is exact. Signed ranks would
    not do: a method that is the best in no task of most surfaces is not below its chance there.

    Parameters
    ----------
    what : str
    wins : DataFrame of int
        Clusters in rows, methods in columns: in how many tasks each is the best.
    name : str
        One of the columns.
    """
    clusters, methods = wins.shape
    tasks, own = int(wins.to_numpy().sum()), int(wins[name].sum())
    if tasks == 0 or methods < 2:
        raise NotRunError("no methods to compare")
    sums = np.ones(1)
    for row in wins.to_numpy():
        sums = np.convolve(sums, np.bincount(row) / methods)
    return Part(
        what, own / tasks, NAN, NAN, "share", clusters,
        p=min(1.0, float(sums[own:].sum())), p_against=min(1.0, float(sums[: own + 1].sum())),
        base=1 / methods,
    )  # fmt: skip


def exactly(what: str, value: float, limits: tuple[float, float], unit: str, n: int) -> Part:
    """Return the part that a computed number, without any chance in it, lies inside `limits`.

    `n` is the number of points that it is computed from.
    """
    outside = float(not limits[0] <= value <= limits[1])
    return Part(what, value, value, value, unit, n, p=outside, p_against=1 - outside)


def any_above(what: str, table: pd.DataFrame, unit: str) -> Part:
    """Return the part that some column of `table` lies above zero, told by the clearest column.

    The largest t value is judged against those of the table with the signs of whole rows changed
    (Westfall and Young 1993). Columns that share networks are so taken together, and five rows can
    decide whatever the number of columns, where Holm over nine would need as many rows. Against it
    speaks only what speaks against every column.

    Parameters
    ----------
    what, unit : str
    table : DataFrame
        Clusters in rows, candidates in columns.
    """
    values = table.to_numpy(dtype=np.float64)
    if not values.size:
        raise NotRunError("nothing to compare")
    count = len(values)
    changed = _t_values(_sign_changes(count) @ values / count, (values**2).mean(axis=0))
    largest = changed.max(axis=1)
    own = np.ones(count) @ values / count
    clearest = table.columns[int(_t_values(own, (values**2).mean(axis=0)).argmax())]
    return replace(
        above(f"{what}: {clearest}", table[clearest], unit),
        p=float((largest >= largest[0] - 1e-12).mean()),
        p_against=max(signed_rank_p(-column) for column in values.T),
    )


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
        tries=(count - least + 1) * deciding.tries,
    )


def _sign_changes(count: int) -> NDArray[np.float64]:
    """Return signs ``(changes, count)``, none changed first: all there are, or many at random."""
    if count <= ENUMERATED:
        return np.array(list(product((1.0, -1.0), repeat=count)))
    drawn = np.random.default_rng(0).choice([1.0, -1.0], (RESAMPLES, count))
    return np.vstack([np.ones(count), drawn])


def signed_rank_p(values: NDArray[np.float64]) -> float:
    """Return the one-sided p that `values` lie above zero; 1 where all are zero.

    Exact also with ties and zeros where there are few: the normal approximation of three values
    that are not zero gives p = .09, below the smallest that is possible, 1/8.
    """
    nonzero = values[values != 0]
    if not len(nonzero):
        return 1.0
    if len(nonzero) < statistics.EXACT_BELOW:
        return statistics.exact_p(nonzero)
    return statistics.signed_rank(nonzero, "greater").p_value


def _t_values(mean: NDArray[np.float64], square: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return mean over standard deviation, given the mean of squares, which signs do not change.

    Infinite where all values are equal.
    """
    spread = np.sqrt(np.maximum(square - mean**2, 0.0))
    equal = spread <= 1e-7 * np.abs(mean)
    found: NDArray[np.float64] = np.where(equal & (mean != 0), np.copysign(np.inf, mean), 0.0)
    return np.divide(mean, spread, out=found, where=~equal)


def _location(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return pseudo-median and 95 % interval; none where so few values have no such interval."""
    if not np.any(values):
        return 0.0, NAN, NAN
    found = statistics.signed_rank(values, "greater", CONFIDENCE)
    if found.confidence < CONFIDENCE:
        return found.pseudo_median, NAN, NAN
    return found.pseudo_median, found.low, found.high


def _values(values: ArrayLike) -> NDArray[np.float64]:
    found = np.asarray(values, dtype=np.float64).ravel()
    if not len(found):
        raise NotRunError("nothing to compare")
    return found
