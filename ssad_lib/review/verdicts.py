"""What ``ssad run`` ends with: the verdicts of the claims that the executed chapters show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ssad_lib.claims import CHECKS, ledger, verification
from ssad_lib.claims.report import FORMULA
from ssad_lib.claims.rule_book import Finding


def run(chapters: Sequence[str], profile: str, overrides: Mapping[str, Any]) -> None:
    """Print the verdicts of the claims of each chapter, from the runs it has just asked for."""
    for chapter in chapters:
        print("\n".join(lines(chapter, profile, overrides)))


def lines(chapter: str, profile: str, overrides: Mapping[str, Any]) -> list[str]:
    """Return the claims of a chapter with their verdicts; where a committed one differs it is said.

    Nothing is trained and no image is read that the chapter did not read. Under other parameters
    than the profile's nothing is compared: what is committed belongs to those.
    """
    claims = [name for name in ledger.names() if ledger.read(name).chapter == chapter]
    if not claims:
        return [f"{chapter} shows no claim of its own"]
    checked = [name for name in claims if name in CHECKS]
    tested = [name for name in claims if name not in CHECKS]
    said = []
    for source, names in ((profile, tested), (FORMULA, checked)):
        if names:
            found = verification.verify(source, names, overrides if source == profile else None)
            said += [f"verdicts of {chapter}, {source}:", *_indented(found)]
            if source == FORMULA or not overrides:
                said += [f"  ({line})" for line in verification.differing(source, found)]
    return said


def _indented(found: Mapping[str, Finding]) -> list[str]:
    return [f"  {line}" for line in verification.as_text(found).splitlines()]
