"""What ``ssad verify`` does: print verdicts, and compare them with the committed ones."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from ssad_lib.claims import verification
from ssad_lib.claims.rule_book import NOT_RUN, Finding
from ssad_lib.review import facts

EVERY = "all"


def run(
    source: str,
    claims: Sequence[str],
    overrides: Mapping[str, object],
    *,
    json: bool,
    save: bool,
) -> bool:
    """Print the verdicts of `source`, or of every one, and return whether all are as committed.

    Parameters
    ----------
    source : str
        A profile, a committed source, "the formula", or "all".
    claims : sequence of str
        Their identifiers; all, if none is named.
    overrides : mapping
        Other values of a profile's parameters.
    json : bool
        Print everything, for a program to read: an object, of "all" a list of them.
    save : bool
        Commit the verdicts instead of comparing them.

    Raises
    ------
    SsadError
        For an unknown source, claim or parameter.
    """
    names = verification.every_source() if source == EVERY else [source]
    same = True
    said = []
    for name in names:
        found = verification.verify(name, claims, overrides)
        if json:
            said.append(facts.of_source(name, found, overrides))
        else:
            print(f"{name}:\n" * (source == EVERY) + verification.as_text(found))
        if save:
            print(f"wrote {verification.save(name, found)}", file=sys.stderr)
        else:
            same &= _is_as_committed(name, found, overrides)
    if json:
        print(facts.as_json(said if source == EVERY else said[0]))
    return same


def _is_as_committed(
    name: str, found: Mapping[str, Finding], overrides: Mapping[str, object]
) -> bool:
    if overrides or verification.committed(name).empty:
        why = "other parameters were asked for" if overrides else "none are"
        print(f"ssad: {name}: compared with no committed verdicts: {why}", file=sys.stderr)
        return True
    if all(one.verdict == NOT_RUN for one in found.values()):
        print(f"ssad: {name}: no runs of it are here: nothing was compared", file=sys.stderr)
        return True
    differing = verification.differing(name, found)
    for line in differing:
        print(f"ssad: {name}: {line}", file=sys.stderr)
    return not differing
