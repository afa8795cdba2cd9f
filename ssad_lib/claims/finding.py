"""What a test of a claim finds: its parts, each with effect, interval and verdict (METHODS 15)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ssad_lib import statistics
from ssad_lib.evidence import Evidence
from ssad_lib.evidence import NotRunError as NotRunError

LEVEL = 0.05
SUPPORTED, CONTRADICTED, INCONCLUSIVE = "supported", "contradicted", "inconclusive"
NOT_RUN = "not run"
VERDICTS = (SUPPORTED, CONTRADICTED, INCONCLUSIVE, NOT_RUN)


@dataclass(frozen=True)
class Part:
    """One comparison of a claim.

    Attributes
    ----------
    what : str
        The comparison in words.
    effect, low, high : float
        Size of the effect and its two-sided 95 % interval; NaN where there is none.
    n : int
        Independent units it rests on.
    p : float
        Of the direction that the claim states, adjusted within the claim; NaN where there is none.
    verdict : str
    """

    what: str
    effect: float
    low: float
    high: float
    n: int
    p: float
    verdict: str


@dataclass(frozen=True)
class Finding:
    """What the evidence says about a claim.

    Attributes
    ----------
    verdict : str
        One of `VERDICTS`.
    parts : tuple of Part
        The first is the one to quote.
    keys : tuple of str
        The runs it rests on.
    note : str
        What was missing, or what to bear in mind.
    """

    verdict: str
    parts: tuple[Part, ...] = ()
    keys: tuple[str, ...] = ()
    note: str = ""

    def table(self) -> pd.DataFrame:
        """Return one row per part."""
        names = [field.name for field in fields(Part)]
        return pd.DataFrame([vars(part) for part in self.parts], columns=names).set_index("what")


def all_of(parts: Sequence[Part], tasks: pd.DataFrame, note: str = "") -> Finding:
    """Return the finding of a claim that holds if each of its parts does.

    Supported if every part is; contradicted if one is; otherwise inconclusive.
    """
    verdicts = {part.verdict for part in parts}
    if CONTRADICTED in verdicts:
        verdict = CONTRADICTED
    else:
        verdict = SUPPORTED if verdicts == {SUPPORTED} else INCONCLUSIVE
    return Finding(verdict, tuple(parts), keys_of(tasks), note)


def keys_of(tasks: pd.DataFrame) -> tuple[str, ...]:
    """Return the keys of the runs behind a table of tasks, each once."""
    return tuple(sorted(set(tasks["key"]))) if "key" in tasks else ()


def greater(differences: Mapping[str, ArrayLike]) -> list[Part]:
    """Test for each comparison that its paired differences lie above zero.

    One-sided signed-rank tests in either direction, Holm over the comparisons. A part is supported
    if its pseudo-median is positive with an adjusted p below 0.05, contradicted if it is negative
    with an adjusted p of the other direction below 0.05.

    Parameters
    ----------
    differences : mapping of str to array_like, each of shape (n,)
        What is compared, in words, and its differences, one per independent unit.
    """
    values = {what: np.asarray(v, dtype=np.float64) for what, v in differences.items()}
    better = [signed_rank(v) for v in values.values()]
    worse = [signed_rank(v, "less").p_value for v in values.values()]
    adjusted = zip(
        values.items(),
        better,
        statistics.holm([test.p_value for test in better]),
        statistics.holm(worse),
        strict=True,
    )
    return [
        Part(
            what,
            test.pseudo_median,
            test.low,
            test.high,
            len(v),
            float(p),
            verdict(test.pseudo_median, p, p_worse),
        )
        for (what, v), test, p, p_worse in adjusted
    ]


def signed_rank(values: NDArray[Any], alternative: Any = "greater") -> statistics.SignedRank:
    """Return the signed-rank test; equal pairs, which rank nothing, give p = 1 and no interval."""
    if not len(values):
        raise NotRunError("no pairs to compare")
    if not np.any(values):
        return statistics.SignedRank(0.0, float("nan"), float("nan"), 1.0, len(values), False, 0.0)
    return statistics.signed_rank(values, alternative)


def verdict(effect: float, p_better: float, p_worse: float) -> str:
    """Return the verdict of one comparison from its effect and both one-sided p-values."""
    if effect > 0 and p_better < LEVEL:
        return SUPPORTED
    return CONTRADICTED if effect < 0 and p_worse < LEVEL else INCONCLUSIVE


def between(
    what: str, effect: float, interval: tuple[float, float], limits: tuple[float, float], n: int
) -> Part:
    """Return the part that claims an effect inside `limits`, judged by its interval.

    Supported if the interval lies inside the limits, contradicted if it lies outside of them.
    """
    low, high = interval
    if limits[0] <= low and high <= limits[1]:
        answer = SUPPORTED
    else:
        answer = CONTRADICTED if high < limits[0] or low > limits[1] else INCONCLUSIVE
    return Part(what, effect, low, high, n, float("nan"), answer)


def correlation(what: str, x: ArrayLike, y: ArrayLike, sign: int, comparisons: int = 1) -> Part:
    """Return the part that claims a rank correlation of this `sign` (1 or -1), by permutation.

    `comparisons` is how many such parts the claim has (Bonferroni: they are few).
    """
    expected, other = ("greater", "less") if sign > 0 else ("less", "greater")
    found = statistics.spearman(x, y, expected)  # type: ignore[arg-type]
    p_other = statistics.spearman(x, y, other).p_value  # type: ignore[arg-type]
    p = min(1.0, comparisons * found.p_value)
    answer = verdict(sign * found.statistic, p, min(1.0, comparisons * p_other))
    nan = float("nan")
    return Part(what, found.statistic, nan, nan, len(np.asarray(x)), p, answer)


def need(evidence: Evidence, model: str, rows: Iterable[str]) -> pd.DataFrame:
    """Return the tasks of `rows` of `model`.

    Raises
    ------
    NotRunError
        If one of the rows is not there.
    """
    wanted = list(rows)
    tasks = evidence.of(model, *wanted)
    if lacking := [row for row in wanted if row not in set(tasks["row"])]:
        raise NotRunError(f"no runs of {model} with {', '.join(lacking)}")
    return tasks
