"""A review: what sources of evidence say about the claims, as one document of plain data."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import torch

import ssad_lib
from ssad_lib import processor, profiles
from ssad_lib.claims import ledger, verification
from ssad_lib.claims.command import EVERY
from ssad_lib.claims.report import FORMULA
from ssad_lib.claims.rule_book import NOT_RUN
from ssad_lib.engine.run import commit
from ssad_lib.review import facts
from ssad_lib.review.facts import Data
from ssad_lib.review.output import FORMAT


def of(source: str, overrides: Mapping[str, Any]) -> Data:
    """Return the review of one source, or of every one for which anything was run.

    Parameters
    ----------
    source : str
        A profile (with the claims that a formula decides), a committed source, "the formula", or
        "all".
    overrides : mapping
        Other values of a profile's parameters.

    Returns
    -------
    dict
        ``format``; ``made``, the time; ``machine``, on which it was written; ``sources``, each as
        `ssad_lib.review.facts.of_source`; ``nothing_run``, the names of the sources left out;
        ``claims``, statement, place, test, rule and chapter of each; ``runs``, by key what each run
        is, where its record lies and what it was made with.

    Raises
    ------
    SsadError
        For an unknown source or parameter.
    """
    names = _names(source)
    found = {
        name: verification.verify(name, (), None if name == FORMULA else overrides)
        for name in names
    }
    told = [
        name
        for name, findings in found.items()
        if source != EVERY or any(one.verdict != NOT_RUN for one in findings.values())
    ]
    shown = {claim for name in told for claim in found[name]}
    return {
        "format": FORMAT,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": _machine(),
        "nothing_run": [name for name in names if name not in told],
        "sources": [
            facts.of_source(name, found[name], None if name == FORMULA else overrides)
            for name in told
        ],
        "claims": {name: vars(ledger.read(name)) for name in ledger.names() if name in shown},
        "runs": _runs({name: found[name] for name in told}),
    }


def _names(source: str) -> list[str]:
    """Return the sources of a review; what a formula says belongs to that of a profile."""
    if source == EVERY:
        return verification.every_source()
    return [source, FORMULA] if source in profiles.NAMES else [source]


def _machine() -> dict[str, str]:
    """Return what the review itself was written with; its runs may come from elsewhere."""
    return {
        "ssad": ssad_lib.__version__,
        "commit": commit(),
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "processor": processor.model(),
        "instructions": processor.instruction_sets(),
    }


def _runs(found: Mapping[str, Mapping[str, Any]]) -> Data:
    """Return what is known of every run behind the findings, by key, in the order of its title."""
    rows = []
    for source, findings in found.items():
        keys = {key for finding in findings.values() for key in finding.keys}
        rows += [
            (record.spec.title, source, key, record)
            for key, record in facts.records_behind(source, keys).items()
        ]
    rows.sort(key=lambda row: row[:3])
    return {
        key: {
            "what": title,
            "source": source,
            "specification": json.loads(record.spec.json),
            "mean_auc": _mean(task.auc for task in record.tasks),
            "error": record.error,
            **record.provenance,
        }
        for title, source, key, record in rows
    }


def _mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return sum(listed) / len(listed) if listed else None
