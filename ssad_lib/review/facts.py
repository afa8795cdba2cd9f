"""What one source of evidence says about claims, as plain data for a program or a page."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ssad_lib import paths, profiles, results
from ssad_lib.claims import catalogue, ledger, sources, verification
from ssad_lib.claims.rule_book import Finding
from ssad_lib.claims.wording import numbers, rates_of, word
from ssad_lib.record import Record
from ssad_lib.review import made
from ssad_lib.store import Store

Data = dict[str, Any]


def of_source(
    source: str, found: Mapping[str, Finding], overrides: Mapping[str, object] | None = None
) -> Data:
    """Return the findings of one source, with budget, versions and the committed verdict of each.

    Parameters
    ----------
    source : str
        A profile, a committed source or "the formula".
    found : mapping of str to Finding
        By claim, what `ssad_lib.claims.verification.verify` says of it.
    overrides : mapping, optional
        Other values of the profile's parameters that `found` was asked with.

    Returns
    -------
    dict
        ``source``, ``overrides``, ``versions`` of all runs, and ``claims``: for each its verdict,
        the same in a word that tells kinds of inconclusive apart, and the committed one (none under
        other parameters), how often its rule errs, the part that decided and all others with their
        numbers (missing ones are None), budget in words and as parameters, versions, cost, and the
        keys of its runs.
    """
    records = records_behind(source, {key for finding in found.values() for key in finding.keys})
    before = {} if overrides else verification.committed(source)["verdict"].to_dict()
    return {
        "source": source,
        "overrides": dict(overrides or {}),
        "versions": made.versions(records.values()),
        "claims": {
            claim: {
                **_of_finding(finding, records),
                "committed": before.get(claim),
                "error_rates": rates_of(claim, source),
                "parameters": _parameters(claim, source, overrides or {}),
            }
            for claim, finding in found.items()
        },
    }


def as_json(data: Any) -> str:
    """Return plain data as JSON that any reader takes: what is not finite is null."""
    return json.dumps(_finite(data), indent=2, allow_nan=False, ensure_ascii=False)


def records_behind(source: str, keys: Iterable[str]) -> dict[str, Record]:
    """Return the records of `keys`, by key: from the store, or where `source` is committed.

    What neither holds, such as runs of made-up evidence, is left out.
    """
    wanted = set(keys)
    if source in profiles.NAMES:
        return Store().records(sorted(wanted))
    names = catalogue.POOLS.get(source, (source,)) if source in sources.names() else ()
    folders = [sources.folder_of(name) for name in names]
    folders += [folder.replace("-grid", "-cases") for folder in folders if "-grid" in folder]
    return {
        record.spec.key: record
        for folder in folders
        if (paths.RESULTS / folder).is_dir()
        for record in results.committed(folder)
        if record.spec.key in wanted
    }


def _of_finding(finding: Finding, records: Mapping[str, Record]) -> Data:
    behind = [records[key] for key in finding.keys if key in records]
    quoted = finding.quoted
    return {
        "verdict": finding.verdict,
        "word": word(finding),
        "held": finding.held,
        "deciding": finding.deciding,
        "says": numbers(quoted, finding.verdict) if quoted else "",
        "note": finding.note,
        "parts": [dict(vars(part)) for part in finding.parts],
        "budget": made.budget(behind),
        "versions": made.versions(behind),
        "cost": made.cost(behind),
        "runs": list(finding.keys),
    }


def _parameters(claim: str, source: str, overrides: Mapping[str, object]) -> Data:
    """Return the parameters of a claim's chapter; none where no profile is asked."""
    if source not in profiles.NAMES:
        return {}
    chapter = ledger.read(claim).chapter
    known = profiles.settings(chapter, source)
    mine = {name: value for name, value in overrides.items() if name in known}
    return profiles.settings(chapter, source, mine)


def _finite(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(name): _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
