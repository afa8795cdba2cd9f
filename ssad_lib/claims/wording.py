"""Verdicts in plain words: one sentence a source, and how often the rule says so by chance."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from ssad_lib.appearance import number, p_text, signed
from ssad_lib.claims.calibration import committed as rates
from ssad_lib.claims.rule_book import (
    CONTRADICTED,
    INCONCLUSIVE,
    MOSTLY,
    NO_SIGN,
    NOT_RUN,
    SUPPORTED,
    TOO_LITTLE,
    UNDECIDABLE,
    Finding,
    Part,
)

SAID = {  # verdict or shade: the sentence that a reader sees first
    SUPPORTED: "It holds",
    CONTRADICTED: "It does not hold",
    MOSTLY: "It mostly holds",
    NO_SIGN: "There is no sign of it",
    TOO_LITTLE: "Too little data to tell",
    UNDECIDABLE: "It cannot be decided with so few networks",
    NOT_RUN: "Not run",
}
MEANING = {
    SUPPORTED: "every comparison of the claim has p < .05",
    CONTRADICTED: "some comparison goes the other way, p < .05 after Holm over all of them",
    MOSTLY: "more than half of the comparisons hold, none is against by itself",
    NO_SIGN: "no comparison holds, and at least half point the other way",
    TOO_LITTLE: "neither holds nor fails, although so many networks could have told",
    UNDECIDABLE: "no outcome of so few networks could reach p < .05",
    NOT_RUN: "no runs of it are there",
}


def word(found: Finding) -> str:
    """Return the verdict, or which kind of inconclusive it is."""
    return found.shade or found.verdict


def sentence(found: Finding, source: str = "") -> str:
    """Return a verdict in one sentence: how much holds, and the comparison that decided it."""
    said = f"**{SAID[word(found)]}**" + (f" on {source}" if source else "")
    part = found.quoted
    if part is None:
        return f"{said}: {found.note}"
    note = f" ({_minus(found.note)})" if found.note else ""
    return f"{said}{_how_much(found)}. {_deciding(found)}: {numbers(part, found.verdict)}{note}"


def rates_of(claim: str, source: str) -> str:
    """Return how often the rule says "it holds" by chance, and how often it finds an effect.

    Empty where it was not measured on this source.
    """
    found = rates.of(claim, source)
    if found is None:
        return ""
    chance = max(found["false_support"], found["false_contradiction"])
    said = f"In simulated worlds the rule errs in {chance:.0%}"
    if not math.isnan(found["power"]):
        kind = "the printed effect" if found["printed"] else "a reference effect"
        said += f" and finds {kind} ({found['effect']}) in {found['power']:.0%}"
    return f"{said}."


def elsewhere(others: Mapping[str, Finding]) -> str:
    """Return the verdicts of other sources in one line; those that were not run are left out."""
    told: dict[str, list[str]] = {}
    for name, found in others.items():
        if found.verdict != NOT_RUN:
            told.setdefault(word(found), []).append(name)
    return "; ".join(f"*{verdict}* on {_listed(names)}" for verdict, names in told.items())


def numbers(part: Part, verdict: str) -> str:
    """Return one comparison in words and numbers, with the p that speaks for `verdict`."""
    effect = number(part.effect, "{:+.3f}")
    if part.low == part.high == part.effect:  # computed, without any chance in it
        return f"{part.what}: {effect} {part.unit}"
    p = part.p_against if verdict == CONTRADICTED else part.p
    interval = ""
    if not math.isnan(part.low + part.high):
        interval = f" [{signed(part.low)}, {signed(part.high)}]"
    against = " against it" if verdict == CONTRADICTED else ""
    return f"{part.what}: {effect}{interval} {part.unit}, n = {part.n}, p {_p(p)}{against}"


def _how_much(found: Finding) -> str:
    count = len(found.parts)
    if count == 1:
        return ""
    if found.verdict == SUPPORTED:
        return f": all {count} comparisons do"
    if found.verdict == UNDECIDABLE:
        pointing = sum(part.p < part.p_against for part in found.parts)
        return f": {pointing} of {count} comparisons point as claimed"
    against = f", {found.against} against" if found.against else ", none against"
    return f": {found.held} of {count} comparisons hold{against}"


def _deciding(found: Finding) -> str:
    if len(found.parts) == 1:
        return "The comparison"
    return {
        SUPPORTED: "The least clear",
        CONTRADICTED: "The clearest against it",
        INCONCLUSIVE: "The least clear",
        UNDECIDABLE: "The one with the fewest networks",
    }[found.verdict]


def _p(p: float) -> str:
    text = p_text(p)
    return text.replace("<", "< ").replace(">", "> ") if text[0] in "<>" else f"= {text}"


def _minus(text: str) -> str:
    return re.sub(r"(?<= )-(?=\d)", "−", text)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
