"""Verdicts as a reader sees them: lines and tables of a chapter, rows of the scorecard."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from ssad_lib.claims import ledger
from ssad_lib.claims.decisions import decide
from ssad_lib.claims.finding import SUPPORTED, Finding
from ssad_lib.evidence import Evidence

FORMATS: dict[str, str | Callable[[Any], str]] = {
    "effect": "{:+.3f}",
    "low": "{:+.3f}",
    "high": "{:+.3f}",
    "p": "{:.2g}",
}
COLUMNS = ["claim", "source", "verdict", "effect", "low", "high", "n", "p", "runs", "what", "note"]


def verdict_lines(identifier: str, sources: Mapping[str, Evidence]) -> str:
    """Return a claim and its verdict on each source of evidence, as Markdown."""
    claim = ledger.read(identifier)
    lines = [f"**Claim {claim.id}** ({claim.where}): {claim.statement}", ""]
    for name, evidence in sources.items():
        lines.append(f"- {name}: {_said(decide(identifier, evidence))}")
    return "\n".join([*lines, "", f"Test: {claim.test} Rule: {claim.rule}"])


def parts_table(identifier: str, sources: Mapping[str, Evidence]) -> pd.DataFrame:
    """Return every comparison behind a claim, indexed by source and comparison."""
    tables = {}
    for name, evidence in sources.items():
        finding = decide(identifier, evidence)
        if finding.parts:
            tables[name] = finding.table()
    if not tables:
        return pd.DataFrame(columns=["effect", "low", "high", "n", "p", "verdict"])
    return pd.concat(tables, names=["source", "comparison"])


def rows(name: str, findings: Mapping[str, Finding]) -> pd.DataFrame:
    """Return one row per claim for one source: verdict, and numbers of its first part."""
    return pd.DataFrame([_row(claim, name, found) for claim, found in findings.items()],
                        columns=COLUMNS)  # fmt: skip


def findings(evidence: Evidence, identifiers: Iterable[str]) -> dict[str, Finding]:
    """Return the finding of each claim on one source of evidence."""
    return {identifier: decide(identifier, evidence) for identifier in identifiers}


def _row(identifier: str, source: str, found: Finding) -> dict[str, Any]:
    first = vars(found.parts[0]) if found.parts else {}
    return {
        "claim": identifier,
        "source": source,
        "verdict": found.verdict,
        **{name: first.get(name) for name in ("effect", "low", "high", "n", "p")},
        "runs": len(found.keys),
        "what": first.get("what", ""),
        "note": found.note,
    }


def _said(found: Finding) -> str:
    if not found.parts:
        return f"**{found.verdict}** ({found.note})"
    held = sum(part.verdict == SUPPORTED for part in found.parts)
    note = f"; {found.note}" if found.note else ""
    return (
        f"**{found.verdict}** ({held} of {len(found.parts)} parts supported, n = "
        f"{min(part.n for part in found.parts)}{note})"
    )
