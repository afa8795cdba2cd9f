"""Which test decides which claim, and the verdict of a claim on some evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ssad_lib.claims import not_magic, outlier_exposure, pitfalls, self_tuning
from ssad_lib.claims.rule_book import NOT_RUN, Finding
from ssad_lib.errors import SsadError, unknown
from ssad_lib.evidence import Evidence, NotRunError

TESTS: dict[str, Callable[[Evidence], Finding]] = (
    not_magic.TESTS | self_tuning.TESTS | pitfalls.TESTS | outlier_exposure.TESTS
)
"""Claims that runs decide."""

CHECKS: dict[str, Callable[[], Finding]] = self_tuning.CHECKS
"""Claims about a formula: computed, without any run, and owned by no source of evidence."""


def decide(identifier: str, evidence: Evidence) -> Finding:
    """Return the finding of one claim; "not run", and why, where the evidence does not suffice.

    Raises
    ------
    SsadError
        If no test is known for the claim.
    """
    if identifier not in TESTS:
        raise unknown("claim", identifier, TESTS)
    try:
        found = TESTS[identifier](evidence)
    except (NotRunError, SsadError) as reason:
        found = Finding(NOT_RUN, note=str(reason))
    if evidence.lacking:
        notes = [evidence.lacking, found.note] if found.note else [evidence.lacking]
        return replace(found, note="; ".join(notes))
    return found


def check(identifier: str) -> Finding:
    """Return the finding of a claim about a formula.

    Raises
    ------
    SsadError
        If there is no such claim.
    """
    if identifier not in CHECKS:
        raise unknown("claim about a formula", identifier, CHECKS)
    return CHECKS[identifier]()
