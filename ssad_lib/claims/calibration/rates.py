"""Error rates of the rules: how often each says what in worlds whose truth is known.

`measure` runs the rule of a claim, from records to verdict, in its two worlds (`worlds`). What it
finds is committed as ``results/calibration.csv`` and shown beside the verdicts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd

from ssad_lib import paths, rng
from ssad_lib.claims.calibration import committed
from ssad_lib.claims.calibration.worlds import Draw, Simulated
from ssad_lib.claims.decisions import TESTS, decide, declared
from ssad_lib.claims.rule_book import CONTRADICTED, LEVEL, SUPPORTED, Finding
from ssad_lib.errors import SsadError, from_os_error
from ssad_lib.evidence import Evidence, NotRunError

WORLDS: dict[str, Simulated] = declared("WORLDS")
SIMULATIONS = 1000
FEWER = 4  # times fewer worlds measure power, which needs fewer digits than an error rate
SURE = 3.0  # standard errors of a simulated share that the goal allows for


@dataclass(frozen=True)
class Rates:
    """What a rule said in simulated worlds; shares of the worlds.

    Attributes
    ----------
    claim, source : str
    units : int
        Clusters of the part that decided on the records.
    false_support, false_contradiction : float
        At the edge, where the claim just fails to hold.
    part_support : float
        At the edge, of the part that is supported most often: the claim is never supported more
        often than this in any world in which one of its parts is at the edge, whatever the others.
    power : float
        Supported with the effect; NaN without one.
    effect : str
        That effect in words.
    printed : bool
        Whether the paper prints it.
    simulations : int
        Worlds at the edge; a quarter as many have the effect.
    """

    claim: str
    source: str
    units: int
    false_support: float
    false_contradiction: float
    part_support: float
    power: float
    effect: str
    printed: bool
    simulations: int


def measure(
    claim: str, source: str, evidence: Evidence, simulations: int = SIMULATIONS
) -> Rates | None:
    """Return the rates of a claim's rule on records like `evidence`; None where it was not run.

    The same records always give the same rates: world k is drawn from claim, source and k.
    """
    found = decide(claim, evidence)
    if not found.parts:
        return None
    chosen = WORLDS[claim]
    try:
        at_edge = _findings(claim, source, "edge", chosen.edge(evidence), simulations)
    except (NotRunError, SsadError):
        return None
    power = math.nan
    if chosen.truth is not None:
        world = chosen.truth(evidence)
        count = max(simulations // FEWER, 1)
        power = _share(_findings(claim, source, "truth", world, count), SUPPORTED)
    return Rates(
        claim=claim,
        source=source,
        units=found.parts[found.deciding].n,
        false_support=_share(at_edge, SUPPORTED),
        false_contradiction=_share(at_edge, CONTRADICTED),
        part_support=_largest_part(at_edge),
        power=power,
        effect=chosen.effect,
        printed=chosen.printed,
        simulations=simulations,
    )


def allowed(rates: Rates | pd.Series) -> float:
    """Return the largest share that is compatible with `LEVEL`, its Monte Carlo error included."""
    return LEVEL + SURE * math.sqrt(LEVEL * (1 - LEVEL) / rates.simulations)


def table(rates: Iterable[Rates]) -> pd.DataFrame:
    """Return the rates, one row per claim and source."""
    names = [field.name for field in fields(Rates)]
    return pd.DataFrame([vars(one) for one in rates], columns=names)


def save(
    measured: pd.DataFrame, path: Path | None = None, asked: Iterable[tuple[str, str]] = ()
) -> Path:
    """Write rates into ``results/calibration.csv``, keeping those of other claims and sources.

    Of the pairs of claim and source that were `asked` for, those without rates lose their old ones:
    the records on which they were measured are no longer there.
    """
    path = path or paths.RESULTS / committed.FILE
    if path.is_file():
        old = pd.read_csv(path)
        new = {*asked, *zip(measured["claim"], measured["source"], strict=True)}
        kept = [pair not in new for pair in zip(old["claim"], old["source"], strict=True)]
        measured = pd.concat([old[kept], measured]) if any(kept) else measured
    try:
        measured.sort_values(["source", "claim"]).to_csv(path, index=False, float_format="%.4g")
    except OSError as error:
        raise from_os_error(error, f"write the calibration to {path}") from error
    return path


def _findings(claim: str, source: str, world: str, draw: Draw, simulations: int) -> list[Finding]:
    test = TESTS[claim]
    return [
        test(draw(np.random.default_rng(rng.seed_of("calibration", claim, source, world, number))))
        for number in range(simulations)
    ]


def _share(found: list[Finding], verdict: str) -> float:
    return sum(finding.verdict == verdict for finding in found) / len(found)


def _largest_part(found: list[Finding]) -> float:
    """Return how often the part that is supported most often is supported."""
    places = max(len(finding.parts) for finding in found)
    counts = [
        sum(len(f.parts) > place and f.parts[place].verdict == SUPPORTED for f in found)
        for place in range(places)
    ]
    return max(counts) / len(found)
