"""The command ``ssad compare STORE_A STORE_B``: which runs differ, and which verdicts turn."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from ssad_lib.appearance import signed
from ssad_lib.claims import verification
from ssad_lib.claims.rule_book import NOT_RUN, Finding
from ssad_lib.claims.wording import numbers, word
from ssad_lib.record import Record
from ssad_lib.review import made
from ssad_lib.review.lookup import DIGITS
from ssad_lib.review.pairs import Both, Pair, check, paired, records_of

HOME = "SSAD_HOME"
Findings = Mapping[str, Finding]


def run(
    first: Path, second: Path, profile: str, overrides: Mapping[str, Any], *, most: int
) -> bool:
    """Print what sets two stores apart, and return whether no verdict turns.

    Parameters
    ----------
    first, second : Path
        Folders that ``SSAD_HOME`` named on two machines or at two commits.
    profile : str
        Whose runs decide the verdicts.
    overrides : mapping
        Other values of its parameters.
    most : int
        Runs to list of each kind.

    Raises
    ------
    SsadError
        If there is no store in one of the folders, both are the same, or for an unknown profile or
        parameter.
    """
    check(first, second)
    stores = {"A": records_of(first), "B": records_of(second)}
    for name, folder in (("A", first), ("B", second)):
        print(f"{name}  {folder}: {_described(stores[name])}")
    print("\n".join(runs_text(paired(stores["A"], stores["B"]), most)))
    found = [_verdicts(folder, profile, overrides) for folder in (first, second)]
    print("\n".join(verdicts_text(found[0], found[1], profile)))
    return not turned(found[0], found[1])


def runs_text(both: Both, most: int) -> list[str]:
    """Return which runs differ and by how much, and which are in one store alone."""
    differing = both.differing
    said = [
        f"{len(both.pairs)} runs are in both: {len(both.pairs) - len(differing)} are the same to "
        f"the last bit, {len(differing)} differ"
    ]
    if both.counterparts:
        said.append(f"  {both.counterparts} of them are of two recipes, or on other images")
    sizes = [abs(pair.shift.size) for pair in differing if pair.shift]
    if sizes:
        said.append(
            f"  largest change of an AUC in each: median {np.median(sizes):.4f}, "
            f"95 % below {np.quantile(sizes, 0.95):.4f}, at most {max(sizes):.4f}"
        )
    said += [f"  {_line(pair)}" for pair in differing[:most]]
    said += _more(len(differing), most)
    for name, records in (("A", both.only_first), ("B", both.only_second)):
        if records:
            said.append(f"{len(records)} runs are in {name} alone")
            ordered = sorted(records, key=lambda record: record.spec.title)
            said += [f"  {_named(record)}" for record in ordered[:most]]
            said += _more(len(records), most)
    return said


def verdicts_text(before: Findings, after: Findings, profile: str) -> list[str]:
    """Return which verdicts turn from the first store to the second, with what decided them."""
    told = [c for c in before if before[c].verdict != NOT_RUN and after[c].verdict != NOT_RUN]
    single = [c for c in before if (before[c].verdict == NOT_RUN) != (after[c].verdict == NOT_RUN)]
    if not told and not single:
        return [f"verdicts, {profile} profile: neither store has the runs of any claim"]
    turning = turned(before, after)
    said = [
        f"verdicts, {profile} profile: {len(told)} claims are told by both, {len(turning)} turn"
        + (f"; {len(single)} are told by one alone" if single else "")
    ]
    for claim in [*turning, *single]:
        said.append(f"  {claim}  {word(before[claim])} -> {word(after[claim])}")
        said += [f"       {name}: {_decided(found[claim])}"
                 for name, found in (("A", before), ("B", after))]  # fmt: skip
    return said


def turned(before: Findings, after: Findings) -> list[str]:
    """Return the claims that both stores tell, and tell otherwise."""
    return [
        claim
        for claim, finding in before.items()
        if NOT_RUN not in (finding.verdict, after[claim].verdict)
        and finding.verdict != after[claim].verdict
    ]


def _verdicts(folder: Path, profile: str, overrides: Mapping[str, Any]) -> Findings:
    with _home(folder):
        return verification.verify(profile, (), overrides)


@contextmanager
def _home(folder: Path) -> Iterator[None]:
    """Let the run store be the one in `folder`, and the alignment beside it."""
    before = os.environ.get(HOME)
    os.environ[HOME] = str(folder.resolve())
    try:
        yield
    finally:
        del os.environ[HOME]
        if before is not None:
            os.environ[HOME] = before


def _described(records: Mapping[str, Record]) -> str:
    versions = made.versions(records.values())
    names = ("ssad", "commit", "torch", "device", "instructions")
    said = [f"{name} {' or '.join(versions[name])}" for name in names if versions[name]]
    return "; ".join([f"{len(records)} runs", *said])


def _line(pair: Pair) -> str:
    """Return one pair that differs: its key, how far the AUC of a task moved, what else differs."""
    shift = pair.shift
    moved = "the same AUC"
    if shift and shift.size:
        moved = f"{signed(shift.size, 4)} {shift.task} ({shift.before:.4f} -> {shift.after:.4f})"
    elif shift is None:
        moved = "no task in both"
    loss = _last_loss(pair)
    return "; ".join([f"{_named(pair.first)}: {moved}", *([loss] if loss else []), *pair.remarks])


def _last_loss(pair: Pair) -> str:
    curves = pair.first.loss_curve, pair.second.loss_curve
    if not all(curves) or curves[0][-1] == curves[1][-1]:
        return ""
    return f"last loss {curves[0][-1]:.4g} -> {curves[1][-1]:.4g}"


def _named(record: Record) -> str:
    return f"{record.spec.key[:DIGITS]} {record.spec.title}"


def _more(count: int, most: int) -> Sequence[str]:
    return [f"  and {count - most} more: --most {count} lists them"] if count > most else []


def _decided(finding: Finding) -> str:
    return numbers(finding.quoted, finding.verdict) if finding.quoted else finding.note
