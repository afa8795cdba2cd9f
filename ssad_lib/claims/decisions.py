"""Which test decides which claim, and the verdict of a claim on some evidence.

Each module of a paper declares what it decides: ``TESTS`` (claims that runs decide) or ``CHECKS``
(claims about a formula), and ``WORLDS``, in which the calibration measures the error rates of its
tests. A new claim is an entry of ``book/claims.yml`` and one such module.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ssad_lib.claims import not_magic, outlier_exposure, pitfalls, self_tuning, simulation
from ssad_lib.claims.rule_book import NOT_RUN, Finding
from ssad_lib.errors import SsadError, unknown
from ssad_lib.evidence import Evidence, NotRunError

PAPERS = (not_magic, self_tuning, pitfalls, outlier_exposure, simulation)


def declared(kind: str) -> dict[str, Any]:
    """Return what the modules of all papers declare as `kind`, by claim, in the claims' order.

    Raises
    ------
    ValueError
        If two modules declare the same claim.
    """
    found: dict[str, Any] = {}
    for paper in PAPERS:
        for module in pkgutil.iter_modules(paper.__path__, f"{paper.__name__}."):
            own = getattr(importlib.import_module(module.name), kind, {})
            if twice := sorted(set(own) & set(found)):
                raise ValueError(f"{module.name} declares claim {twice[0]}, as another module does")
            found |= own
    return dict(sorted(found.items()))


TESTS: dict[str, Callable[[Evidence], Finding]] = declared("TESTS")
"""Claims that runs decide."""

CHECKS: dict[str, Callable[[], Finding]] = declared("CHECKS")
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
