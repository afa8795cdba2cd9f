"""Verdicts as a reader sees them: lines and tables of a chapter, rows of the scorecard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from ssad_lib.claims import ledger, printed, wording
from ssad_lib.claims.catalogue import POOLS
from ssad_lib.claims.decisions import CHECKS, check, decide
from ssad_lib.claims.rule_book import NOT_RUN, Finding
from ssad_lib.claims.sources import pooled
from ssad_lib.evidence import Evidence

FORMATS: dict[str, str | Callable[[Any], str]] = {
    "effect": "{:+.3f}",
    "low": "{:+.3f}",
    "high": "{:+.3f}",
    "p": "{:.2g}",
    "p_against": "{:.2g}",
}
COLUMNS = [
    "claim", "source", "verdict", "shade", "effect", "low", "high", "unit", "n", "p", "p_against",
    "held", "parts", "runs", "what", "note",
]  # fmt: skip
SHOWN = ["effect", "low", "high", "unit", "n", "p", "p_against", "verdict"]  # of each part
FORMULA = "the formula"  # the source of a claim that no run decides


def verdict_lines(identifier: str, sources: Mapping[str, Evidence]) -> str:
    """Return a claim and what its sources say of it, as Markdown.

    The first source, the page's own runs, has a sentence with the comparison that decided; all
    others follow in one line, and the paper's own numbers under the same rule.
    """
    claim = ledger.read(identifier)
    found = on_sources(identifier, sources)
    first, *others = found
    lines = [
        f"**Claim {claim.id}** ({claim.where}): {claim.statement}",
        f"{wording.sentence(found[first], first)}. {wording.rates_of(claim.id, first)}".strip(),
    ]
    if said := wording.elsewhere({name: found[name] for name in others}):
        lines.append(f"Other runs: {said}.")
    own = on_printed(identifier)
    if own.verdict != NOT_RUN:
        lines.append(f"The paper's own numbers under the same rule: {wording.sentence(own)}.")
    return "\n\n".join([*lines, f"Test: {claim.test} Rule: {claim.rule}"])


def on_printed(identifier: str) -> Finding:
    """Return what the rule of a claim says of the numbers that the paper prints."""
    if identifier in CHECKS:
        return Finding(NOT_RUN, note="computed from a formula")
    return decide(identifier, printed.of_chapter(ledger.read(identifier).chapter))


def parts_table(identifier: str, sources: Mapping[str, Evidence]) -> pd.DataFrame:
    """Return every comparison behind a claim, indexed by source and comparison."""
    tables = {
        name: found.table()[SHOWN]
        for name, found in on_sources(identifier, sources).items()
        if found.parts
    }
    if not tables:
        return pd.DataFrame(columns=SHOWN)
    return pd.concat(tables, names=["source", "comparison"])


def rows(name: str, findings: Mapping[str, Finding]) -> pd.DataFrame:
    """Return one row per claim for one source: verdict, and numbers of the part that decided."""
    return pd.DataFrame([_row(claim, name, found) for claim, found in findings.items()],
                        columns=COLUMNS)  # fmt: skip


def on_sources(identifier: str, sources: Mapping[str, Evidence]) -> dict[str, Finding]:
    """Return what each source, and each pool of some, says of a claim.

    A claim about a formula has one source, that.
    """
    if identifier in CHECKS:
        return {FORMULA: check(identifier)}
    found = {name: decide(identifier, evidence) for name, evidence in sources.items()}
    for name, members in POOLS.items():
        if set(members) <= set(sources):
            whole = pooled(name, [sources[member] for member in members])
            found[name] = decide(identifier, whole)
    return found


def _row(identifier: str, source: str, found: Finding) -> dict[str, Any]:
    numbers = vars(found.quoted) if found.quoted else {}
    names = ("effect", "low", "high", "unit", "n", "p", "p_against")
    return {
        "claim": identifier,
        "source": source,
        "verdict": found.verdict,
        "shade": found.shade,
        **{name: numbers.get(name) for name in names},
        "held": found.held,
        "parts": len(found.parts),
        "runs": len(found.keys),
        "what": numbers.get("what", ""),
        "note": found.note,
    }
