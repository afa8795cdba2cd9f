"""The ledger of claims, ``book/claims.yml``: what is claimed, where, and how it is judged."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from ssad_lib import paths
from ssad_lib.errors import unknown


@dataclass(frozen=True)
class Claim:
    """One testable statement of a paper.

    Attributes
    ----------
    id, statement, where, test, rule : str
        Identifier, statement in our words, place in the paper, test, and rule of the verdict.
    chapter : str
        The chapter that shows it and whose runs it needs.
    """

    id: str
    statement: str
    where: str
    test: str
    rule: str
    chapter: str


def read(identifier: str) -> Claim:
    """Return the claim called `identifier`, e.g. ``"A01"``.

    Raises
    ------
    SsadError
        If there is no such claim (with the nearest one).
    """
    entries = _entries()
    if identifier not in entries:
        raise unknown("claim", identifier, entries)
    entry = {name: str(text).strip() for name, text in entries[identifier].items()}
    return Claim(id=identifier, **entry)


def names() -> list[str]:
    """Return the identifiers of all claims, in the order of the ledger."""
    return list(_entries())


def _entries() -> dict[str, dict[str, Any]]:
    return _parsed(paths.CLAIMS.read_text(encoding="utf-8"))


@lru_cache(maxsize=2)
def _parsed(text: str) -> dict[str, dict[str, Any]]:
    """Return the entries; parsing takes longer than most verdicts, and each of them asks."""
    entries: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return entries
