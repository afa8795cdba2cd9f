"""What ``ssad verify --calibrate`` does: measure the error rates of rules, print or commit them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context
from typing import Any

from ssad_lib import profiles
from ssad_lib.claims import ledger, sources
from ssad_lib.claims.calibration import committed, rates
from ssad_lib.claims.calibration.rates import Rates
from ssad_lib.claims.shelves import Committed
from ssad_lib.errors import SsadError
from ssad_lib.evidence import Evidence

EVERY = "all"
LAPTOP = "laptop"  # the profile whose records are committed


def run(
    source: str,
    claims: Sequence[str],
    overrides: Mapping[str, object],
    simulations: int,
    *,
    save: bool,
) -> bool:
    """Measure the rules of some claims on some sources; return whether all are within the goal.

    Parameters
    ----------
    source : str
        The laptop profile, as its records are committed, another committed source, or "all".
    claims : sequence of str
        Their identifiers; all that runs decide, if none is named.
    overrides : mapping
        Nothing: committed records have the parameters that they have.
    simulations : int
        Worlds for each rule.
    save : bool
        Commit the rates.

    Raises
    ------
    SsadError
        For an unknown source or claim, other parameters, or a number of worlds below 1.
    """
    if overrides:
        raise SsadError("-p changes nothing here: the rules are measured on committed records")
    if simulations < 1:
        raise SsadError(f"--simulations is {simulations}: take at least 1")
    names = [LAPTOP, *sources.names()] if source == EVERY else [source]
    if unknown := [name for name in names if name in profiles.NAMES and name != LAPTOP]:
        raise SsadError(f"the records of profile '{unknown[0]}' are not committed: take '{LAPTOP}'")
    chosen = [ledger.read(name).id for name in claims] or list(rates.WORLDS)
    found = list(_measured(names, chosen, simulations))
    if save:
        known = {LAPTOP, *sources.names()}
        gone = [place for place in committed.table().index if place[1] not in known]
        written = rates.save(rates.table(found), asked=[*product(chosen, names), *gone])
        print(f"wrote {written}", file=sys.stderr)
    return all(_within_goal(one) for one in found)


def evidence(source: str, claim: str) -> Evidence:
    """Return the committed evidence on which a claim is judged by a source."""
    if source in profiles.NAMES:
        return sources.of_profile(ledger.read(claim).chapter, source, shelf=Committed(source))
    return sources.load(source)


def _measured(names: Iterable[str], claims: Sequence[str], simulations: int) -> Iterable[Rates]:
    """Yield the rates of each claim on each source, side by side, and print them."""
    jobs = [(name, claim, simulations) for name in names for claim in claims]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for one in pool.map(_measure, jobs):
            if one is not None:
                print(line(one), flush=True)
                yield one


def _measure(job: tuple[str, str, int]) -> Rates | None:
    source, claim, simulations = job
    return rates.measure(claim, source, evidence(source, claim), simulations)


def line(one: Rates) -> str:
    """Return the rates of one rule in a line."""
    power = "" if one.power != one.power else f", finds {one.effect} in {one.power:.0%}"
    beyond = "" if _within_goal(one) else "  BEYOND THE GOAL"
    return (
        f"{one.claim}  {one.source}: by chance supported in {one.false_support:.1%}, contradicted "
        f"in {one.false_contradiction:.1%}{power} (n = {one.units}, {one.simulations} worlds)"
        f"{beyond}"
    )


def _within_goal(one: Rates | Any) -> bool:
    return max(one.false_support, one.false_contradiction) <= rates.allowed(one)
