"""The rule book: when a claim is supported, contradicted, undecidable or open (METHODS section 15).

A claim says that all of its parts hold. Each part is tested in the direction that the claim states
and in the reversed one, on clusters that were trained independently.

- *supported*: every part's own test has p < 0.05. All must hold at once, so nothing is corrected:
  the claim is wrongly supported no more often than its least certain part (intersection-union).
- *contradicted*: the reversed test of some part has p < 0.05 after Holm over all parts. One
  suffices, so all of them are corrected.
- *cannot be decided*: neither, and some part could not have reached p < 0.05 with so few clusters,
  whatever the data said.
- *inconclusive*: neither, although the data could have decided. Three kinds are told apart. *Mostly
  holds*: more than half of the parts are supported, none is against at p < 0.05 by itself. *No sign
  of it*: no part is supported, and at least half point the other way. *Too little data*: all else.
- *not run*: the evidence lacks what a test needs.

Verdicts are decided here and nowhere else; the modules of the papers only say what is compared.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

import pandas as pd

from ssad_lib import statistics
from ssad_lib.evidence import NotRunError

LEVEL = 0.05
SUPPORTED, CONTRADICTED, INCONCLUSIVE = "supported", "contradicted", "inconclusive"
UNDECIDABLE, NOT_RUN = "cannot be decided", "not run"
VERDICTS = (SUPPORTED, CONTRADICTED, INCONCLUSIVE, UNDECIDABLE, NOT_RUN)
MOSTLY, NO_SIGN, TOO_LITTLE = "mostly holds", "no sign of it", "too little data"
SHADES = (MOSTLY, NO_SIGN, TOO_LITTLE)


@dataclass(frozen=True)
class Part:
    """One comparison of a claim.

    Attributes
    ----------
    what : str
        The comparison in words.
    effect, low, high : float
        Size of the effect and its two-sided 95 % interval; NaN where there is none.
    unit : str
        Of the effect, such as ``"AUC"``.
    n : int
        Clusters it rests on, trained independently of each other.
    p : float
        One-sided, of the direction that the claim states.
    p_against : float
        One-sided, of the reversed direction.
    base : float
        What the smallest p that the test can give is divided into by each cluster: one half where
        the signs of n differences decide, 0 where the number of clusters sets no limit.
    tries : int
        Comparisons that this one was picked from.
    verdict : str
        What this part says alone, among all of its claim; set by `decide`.
    """

    what: str
    effect: float
    low: float
    high: float
    unit: str
    n: int
    p: float
    p_against: float
    base: float = 0.0
    tries: int = 1
    verdict: str = ""

    @property
    def attainable(self) -> float:
        """The smallest p that so many clusters can give."""
        return min(1.0, self.tries * self.base**self.n)

    @property
    def needed(self) -> int:
        """The smallest number of clusters whose attainable p is below `LEVEL`."""
        if not self.base:
            return 1
        return math.floor(math.log(LEVEL / self.tries) / math.log(self.base)) + 1


@dataclass(frozen=True)
class Finding:
    """What the evidence says about a claim.

    Attributes
    ----------
    verdict : str
        One of `VERDICTS`.
    parts : tuple of Part
    deciding : int
        Which part decided: of a contradiction the clearest, else the one that holds least.
    keys : tuple of str
        The runs it rests on.
    note : str
        What was missing, or what to bear in mind.
    """

    verdict: str
    parts: tuple[Part, ...] = ()
    deciding: int = 0
    keys: tuple[str, ...] = ()
    note: str = ""

    @property
    def quoted(self) -> Part | None:
        """The part that decided, if there is any."""
        return self.parts[self.deciding] if self.parts else None

    @property
    def held(self) -> int:
        """How many parts are supported."""
        return sum(part.verdict == SUPPORTED for part in self.parts)

    @property
    def against(self) -> int:
        """How many parts are against the claim, each taken by itself."""
        return sum(part.p_against < LEVEL for part in self.parts)

    @property
    def shade(self) -> str:
        """Which kind of inconclusive it is, one of `SHADES`; empty for any other verdict."""
        if self.verdict != INCONCLUSIVE:
            return ""
        if 2 * self.held > len(self.parts) and not self.against:
            return MOSTLY
        away = sum(part.p_against < part.p for part in self.parts)
        return NO_SIGN if not self.held and 2 * away >= len(self.parts) else TOO_LITTLE

    def table(self) -> pd.DataFrame:
        """Return one row per part."""
        names = [field.name for field in fields(Part)]
        return pd.DataFrame([vars(part) for part in self.parts], columns=names).set_index("what")


def decide(parts: Sequence[Part], tasks: pd.DataFrame, note: str = "") -> Finding:
    """Return the finding of a claim whose `parts` must all hold, from the runs behind `tasks`.

    Raises
    ------
    NotRunError
        If there is no part.
    """
    if not parts:
        raise NotRunError("nothing to compare")
    against = statistics.holm([part.p_against for part in parts])
    judged = tuple(
        replace(part, verdict=_alone(part, float(p)))
        for part, p in zip(parts, against, strict=True)
    )
    verdicts = [part.verdict for part in judged]
    if CONTRADICTED in verdicts:
        verdict, deciding = CONTRADICTED, _first(judged, lambda part: part.p_against)
    elif set(verdicts) == {SUPPORTED}:
        verdict, deciding = SUPPORTED, _first(judged, lambda part: -part.p)
    elif UNDECIDABLE in verdicts:
        verdict, deciding = UNDECIDABLE, _first(judged, lambda part: -part.attainable)
        least = max(part.needed for part in judged)
        said = f"n = {judged[deciding].n} cannot decide it, n = {least} could"
        note = f"{said}; {note}" if note else said
    else:
        verdict, deciding = INCONCLUSIVE, _first(judged, lambda part: -part.p)
    return Finding(verdict, judged, deciding, keys_of(tasks), note)


def any_of(what: str, parts: Sequence[Part]) -> Part:
    """Return the part that claims that at least one of `parts` holds, told by the clearest of them.

    Its p is the smallest after Holm; against it speaks only what speaks against all of them.
    """
    if not parts:
        raise NotRunError("nothing to compare")
    adjusted = statistics.holm([part.p for part in parts])
    best = _first(parts, lambda part: part.p)
    return replace(
        parts[best],
        what=f"{what}: {parts[best].what}",
        p=float(adjusted.min()),
        p_against=max(part.p_against for part in parts),
        tries=len(parts) * parts[best].tries,
    )


def keys_of(tasks: pd.DataFrame) -> tuple[str, ...]:
    """Return the keys of the runs behind a table of tasks, each once."""
    return tuple(sorted(set(tasks["key"]))) if "key" in tasks else ()


def _alone(part: Part, p_against: float) -> str:
    if p_against < LEVEL:
        return CONTRADICTED
    if part.p < LEVEL:
        return SUPPORTED
    return UNDECIDABLE if part.attainable >= LEVEL else INCONCLUSIVE


def _first(parts: Sequence[Part], order: Callable[[Part], float]) -> int:
    return min(range(len(parts)), key=lambda place: order(parts[place]))
