"""Verification: the verdict of each claim from stored records, against the committed one."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from ssad_lib import paths, profiles
from ssad_lib.claims import ledger, report
from ssad_lib.claims.decisions import decide
from ssad_lib.claims.finding import NOT_RUN, Finding
from ssad_lib.claims.sources import of_profile
from ssad_lib.errors import SsadError, from_os_error
from ssad_lib.evidence import Evidence
from ssad_lib.store import Store

COMMITTED = "verdicts.csv"  # in results/
INSTRUCTIONS = "instructions"  # its column: what the processor was asked to use


def verify(profile: str, identifiers: Iterable[str] = ()) -> dict[str, Finding]:
    """Return the finding of each claim (all, if none is named) from what the run store has.

    Nothing is trained; a claim whose runs are missing is "not run".

    Raises
    ------
    SsadError
        For an unknown profile or claim (with the nearest name).
    """
    profiles.read(profile)
    claims = [ledger.read(name) for name in identifiers or ledger.names()]
    evidence: dict[str, Evidence] = {}
    found = {}
    for claim in claims:
        try:
            if claim.chapter not in evidence:
                evidence[claim.chapter] = of_profile(claim.chapter, profile)
            found[claim.id] = decide(claim.id, evidence[claim.chapter])
        except SsadError as reason:  # such as a data set that is not here
            found[claim.id] = Finding(NOT_RUN, note=str(reason))
    return found


def committed(profile: str) -> pd.DataFrame:
    """Return the committed verdicts of `profile`, indexed by claim; empty if there are none."""
    path = paths.RESULTS / COMMITTED
    if not path.is_file():
        return pd.DataFrame(columns=report.COLUMNS).set_index("claim")
    table = pd.read_csv(path, keep_default_na=False, na_values={"effect": [""], "p": [""]})
    return table[table["source"] == profile].set_index("claim")


def differing(profile: str, found: dict[str, Finding]) -> list[str]:
    """Return one line for each claim whose verdict is not the committed one."""
    table = committed(profile)
    before = table["verdict"].to_dict()
    changed = {c: f for c, f in found.items() if c in before and before[c] != f.verdict}
    made = dict(table.get(INSTRUCTIONS, {}))
    return [
        f"{claim}: {found[claim].verdict}, committed as {before[claim]}"
        + _elsewhere(str(made.get(claim, "")), here)
        for claim, here in instructions(changed).items()
    ]


def instructions(found: dict[str, Finding]) -> dict[str, str]:
    """Return the instruction sets on which the runs behind each finding were trained.

    Several are joined by ``" and "``; runs older than the note, and those that no store has, add
    nothing.
    """
    keys = sorted({key for finding in found.values() for key in finding.keys})
    records = Store().records(keys) if keys else {}
    made = {key: record.provenance.get("instructions", "") for key, record in records.items()}
    return {
        claim: " and ".join(sorted({made.get(key, "") for key in finding.keys} - {""}))
        for claim, finding in found.items()
    }


def _elsewhere(before: str, here: str) -> str:
    """Return what is to be said where a verdict was committed from another processor, or nothing.

    Kernels round differently, so that a verdict near its limit may turn.
    """
    if not before or not here or before == here:
        return ""
    return f" (committed from runs on {before}, these were made on {here})"


def save(profile: str, found: dict[str, Finding], path: Path | None = None) -> Path:
    """Write the verdicts of `profile` into ``results/verdicts.csv``, keeping all others."""
    path = path or paths.RESULTS / COMMITTED
    made = instructions(found)
    table = report.rows(profile, found).assign(**{INSTRUCTIONS: [made[claim] for claim in found]})
    if path.is_file():
        old = pd.read_csv(path)
        replaced = (old["source"] == profile) & old["claim"].isin(list(found))
        table = pd.concat([old[~replaced], table])
    try:
        table.sort_values(["source", "claim"]).to_csv(path, index=False, float_format="%.6g")
    except OSError as error:
        raise from_os_error(error, f"write the verdicts to {path}") from error
    return path


def as_json(profile: str, found: dict[str, Finding]) -> str:
    """Return the findings as JSON: verdict, parts with their numbers, and the keys of the runs."""

    def clean(value: Any) -> Any:
        return None if isinstance(value, float) and value != value else value

    claims = {
        claim: {
            "verdict": finding.verdict,
            "note": finding.note,
            "parts": [
                {name: clean(value) for name, value in vars(part).items()} for part in finding.parts
            ],
            "runs": list(finding.keys),
        }
        for claim, finding in found.items()
    }
    return json.dumps({"profile": profile, "claims": claims}, indent=2)


def as_text(found: dict[str, Finding]) -> str:
    """Return one line per claim: verdict, effect, interval, n, runs."""
    lines = []
    for claim, finding in found.items():
        line = f"{claim}  {finding.verdict:13}"
        if finding.parts:
            first = finding.parts[0]
            line += f"{first.effect:+.3f}"
            if math.isfinite(first.low + first.high):  # a correlation has no interval
                line += f" [{first.low:+.3f}, {first.high:+.3f}]"
            line += f"  n={first.n}  {len(finding.keys)} runs  {first.what}"
        elif finding.note:
            line += finding.note
        lines.append(line)
    return "\n".join(lines)
