"""Verification: the verdict of each claim from stored records, against the committed one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ssad_lib import paths, profiles
from ssad_lib.claims import ledger, printed, report, sources, wording
from ssad_lib.claims.decisions import CHECKS, check, decide
from ssad_lib.claims.rule_book import NOT_RUN, Finding
from ssad_lib.claims.shelves import Committed
from ssad_lib.errors import SsadError, from_os_error, unknown
from ssad_lib.evidence import Evidence
from ssad_lib.store import Store

COMMITTED = "verdicts.csv"  # in results/
INSTRUCTIONS = "instructions"  # its column: what the processor was asked to use


def verify(
    source: str,
    identifiers: Iterable[str] = (),
    overrides: Mapping[str, Any] | None = None,
) -> dict[str, Finding]:
    """Return the finding of each claim (all, if none is named) from one source; nothing is trained.

    Parameters
    ----------
    source : str
        A profile (what the run store has of its runs), a committed source, or "the formula".
    identifiers : iterable of str
    overrides : mapping, optional
        Other values of a profile's parameters, for chapters that have them.

    Raises
    ------
    SsadError
        For an unknown source, claim or parameter (with the nearest name).
    """
    claims = [ledger.read(name) for name in identifiers or ledger.names()]
    if source == report.FORMULA:
        return {claim.id: check(claim.id) for claim in claims if claim.id in CHECKS}
    tested = [claim for claim in claims if claim.id not in CHECKS]
    if source in profiles.NAMES:
        return _of_profile(source, tested, dict(overrides or {}))
    if source == printed.SOURCE:
        return {claim.id: report.on_printed(claim.id) for claim in tested}
    if source not in sources.names():
        raise unknown("source of evidence", source, every_source())
    if overrides:
        raise SsadError(f"'{source}' is committed as it is: -p belongs to a profile")
    evidence = sources.load(source)
    return {claim.id: decide(claim.id, evidence) for claim in tested}


def verify_committed(profile: str) -> dict[str, Finding]:
    """Return the finding of each claim from the committed records of a profile's book.

    Raises
    ------
    SsadError
        If none are committed (with the nearest folder of results).
    """
    shelf = Committed(profile)
    tested = [ledger.read(name) for name in ledger.names() if name not in CHECKS]
    evidence = {
        chapter: sources.of_profile(chapter, profile, shelf=shelf)
        for chapter in dict.fromkeys(claim.chapter for claim in tested)
    }
    return {claim.id: decide(claim.id, evidence[claim.chapter]) for claim in tested}


def every_source() -> list[str]:
    """Return the names of all sources: profiles, committed and printed ones, the formula."""
    return [*profiles.NAMES, *sources.names(), printed.SOURCE, report.FORMULA]


def _of_profile(
    profile: str, claims: list[ledger.Claim], overrides: dict[str, Any]
) -> dict[str, Finding]:
    evidence: dict[str, Evidence] = {}
    found = {}
    used: set[str] = set()
    for claim in claims:
        known = profiles.read(profile)[claim.chapter]
        mine = {name: value for name, value in overrides.items() if name in known}
        used |= set(mine)
        try:
            if claim.chapter not in evidence:
                evidence[claim.chapter] = sources.of_profile(claim.chapter, profile, mine)
            found[claim.id] = decide(claim.id, evidence[claim.chapter])
        except SsadError as reason:  # such as a data set that is not here
            found[claim.id] = Finding(NOT_RUN, note=str(reason))
    if lacking := set(overrides) - used:
        raise SsadError(f"no chapter of these claims has a parameter {', '.join(sorted(lacking))}")
    return found


def committed(source: str) -> pd.DataFrame:
    """Return the committed verdicts of `source`, indexed by claim; empty if there are none."""
    path = paths.RESULTS / COMMITTED
    if not path.is_file():
        return pd.DataFrame(columns=report.COLUMNS).set_index("claim")
    table = pd.read_csv(path, keep_default_na=False, na_values={"effect": [""], "p": [""]})
    return table[table["source"] == source].set_index("claim")


def differing(source: str, found: Mapping[str, Finding]) -> list[str]:
    """Return one line for each claim whose verdict is not the committed one."""
    table = committed(source)
    before = table["verdict"].to_dict()
    changed = {c: f for c, f in found.items() if c in before and before[c] != f.verdict}
    made = dict(table.get(INSTRUCTIONS, {}))
    return [
        f"{claim}: {found[claim].verdict}, committed as {before[claim]}"
        + _elsewhere(str(made.get(claim, "")), here)
        for claim, here in instructions(changed).items()
    ]


def instructions(found: Mapping[str, Finding]) -> dict[str, str]:
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


def save(source: str, found: Mapping[str, Finding], path: Path | None = None) -> Path:
    """Write the verdicts of `source` into ``results/verdicts.csv``.

    Those of other sources stay, unless nothing is there any more that they could be made from.
    """
    path = path or paths.RESULTS / COMMITTED
    made = instructions(found)
    table = report.rows(source, found).assign(**{INSTRUCTIONS: [made[claim] for claim in found]})
    if path.is_file():
        old = pd.read_csv(path)
        replaced = (old["source"] == source) & old["claim"].isin(list(found))
        gone = ~old["source"].isin([*every_source(), source])
        # A source of which nothing was run has no numbers, and makes objects of all columns.
        table = pd.concat([old[~replaced & ~gone], table]).infer_objects()
    try:
        table.sort_values(["source", "claim"]).to_csv(path, index=False, float_format="%.6g")
    except OSError as error:
        raise from_os_error(error, f"write the verdicts to {path}") from error
    return path


def as_text(found: Mapping[str, Finding]) -> str:
    """Return one line per claim: verdict, the part that decided, how many hold, runs, note.

    An inconclusive verdict is given by its kind (`ssad_lib.claims.rule_book.SHADES`).
    """
    lines = []
    for claim, finding in found.items():
        line = f"{claim}  {wording.word(finding):18}"
        if finding.quoted:
            line += wording.numbers(finding.quoted, finding.verdict)
            line += f"; {finding.held} of {len(finding.parts)} parts hold; {len(finding.keys)} runs"
        if finding.note:
            line += f"; {finding.note}" if finding.quoted else finding.note
        lines.append(line)
    return "\n".join(lines)
