"""Verdicts as a reader sees them: lines and tables of a chapter, rows of the scorecard."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from ssad_lib.claims import ledger
from ssad_lib.claims.decisions import CHECKS, check, decide
from ssad_lib.claims.rule_book import (
    CONTRADICTED,
    INCONCLUSIVE,
    SUPPORTED,
    UNDECIDABLE,
    Finding,
    Part,
)
from ssad_lib.evidence import Evidence

FORMATS: dict[str, str | Callable[[Any], str]] = {
    "effect": "{:+.3f}",
    "low": "{:+.3f}",
    "high": "{:+.3f}",
    "p": "{:.2g}",
    "p_against": "{:.2g}",
}
COLUMNS = [
    "claim", "source", "verdict", "effect", "low", "high", "unit", "n", "p", "p_against", "held",
    "parts", "runs", "what", "note",
]  # fmt: skip
SHOWN = ["effect", "low", "high", "unit", "n", "p", "p_against", "verdict"]  # of each part
FORMULA = "the formula"  # the source of a claim that no run decides

MEANS = {
    SUPPORTED: "it holds here",
    CONTRADICTED: "it does not hold here",
    INCONCLUSIVE: "these runs could have told, and do not",
    UNDECIDABLE: "too few independent networks to tell, whatever they say",
}


def verdict_lines(identifier: str, sources: Mapping[str, Evidence]) -> str:
    """Return a claim and its verdict on each source of evidence, as Markdown."""
    claim = ledger.read(identifier)
    lines = [f"**Claim {claim.id}** ({claim.where}): {claim.statement}", ""]
    lines += [f"- {name}: {said(found)}" for name, found in _found(identifier, sources).items()]
    return "\n".join([*lines, "", f"Test: {claim.test} Rule: {claim.rule}"])


def parts_table(identifier: str, sources: Mapping[str, Evidence]) -> pd.DataFrame:
    """Return every comparison behind a claim, indexed by source and comparison."""
    tables = {
        name: found.table()[SHOWN]
        for name, found in _found(identifier, sources).items()
        if found.parts
    }
    if not tables:
        return pd.DataFrame(columns=SHOWN)
    return pd.concat(tables, names=["source", "comparison"])


def rows(name: str, findings: Mapping[str, Finding]) -> pd.DataFrame:
    """Return one row per claim for one source: verdict, and numbers of the part that decided."""
    return pd.DataFrame([_row(claim, name, found) for claim, found in findings.items()],
                        columns=COLUMNS)  # fmt: skip


def findings(evidence: Evidence, identifiers: Iterable[str]) -> dict[str, Finding]:
    """Return the finding of each claim that runs decide, on one source of evidence."""
    return {name: decide(name, evidence) for name in identifiers if name not in CHECKS}


def said(found: Finding) -> str:
    """Return a verdict in one sentence: what decided it, and how much of the claim holds."""
    part = found.quoted
    if part is None:
        return f"**{found.verdict}**: {found.note}"
    held = sum(part.verdict == SUPPORTED for part in found.parts)
    of = f"; {held} of {len(found.parts)} parts hold" if len(found.parts) > 1 else ""
    note = f"; {found.note}" if found.note else ""
    return f"**{found.verdict}** ({MEANS[found.verdict]}): {numbers(part, found.verdict)}{of}{note}"


def numbers(part: Part, verdict: str) -> str:
    """Return one comparison in words and numbers, with the p that speaks for `verdict`."""
    p = part.p_against if verdict == CONTRADICTED else part.p
    interval = "" if math.isnan(part.low + part.high) else f" [{part.low:+.3f}, {part.high:+.3f}]"
    against = " against it" if verdict == CONTRADICTED else ""
    return (
        f"{part.what}: {part.effect:+.3f}{interval} {part.unit}, n = {part.n}, p = {_p(p)}{against}"
    )


def _p(p: float) -> str:
    return f"{p:.2g}" if p >= 1e-4 else "< 0.0001"


def _found(identifier: str, sources: Mapping[str, Evidence]) -> dict[str, Finding]:
    if identifier in CHECKS:
        return {FORMULA: check(identifier)}
    return {name: decide(identifier, evidence) for name, evidence in sources.items()}


def _row(identifier: str, source: str, found: Finding) -> dict[str, Any]:
    numbers = vars(found.quoted) if found.quoted else {}
    names = ("effect", "low", "high", "unit", "n", "p", "p_against")
    return {
        "claim": identifier,
        "source": source,
        "verdict": found.verdict,
        **{name: numbers.get(name) for name in names},
        "held": sum(part.verdict == SUPPORTED for part in found.parts),
        "parts": len(found.parts),
        "runs": len(found.keys),
        "what": numbers.get("what", ""),
        "note": found.note,
    }
