"""Find a record by the beginning of its key, in the run store or among the committed results."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ssad_lib import paths
from ssad_lib.errors import SsadError
from ssad_lib.record import Record
from ssad_lib.spec import RunSpec
from ssad_lib.store import Store

LISTED = 5  # keys that a message names
DIGITS = 12  # of a key in a message; among a million runs two agree once in a thousand years


@dataclass(frozen=True)
class Found:
    """A record and where it lies.

    Attributes
    ----------
    record : Record
        With its raw scores where it lies in a store.
    place : Path
        The store's file, or the folder of committed results.
    """

    record: Record
    place: Path


def find(prefix: str) -> Found:
    """Return the record of the one run whose key begins with `prefix`.

    Of a run that was trained again it is the latest record; one in the store goes before the same
    among the committed results.

    Raises
    ------
    SsadError
        If no key begins so (with the nearest one), several do (with the first ones), or the only
        one is that of a run without a record, because its process died.
    """
    start = prefix.strip().lower()
    places = {**_committed(), **_stored()}
    keys = sorted(key for key in places if key.startswith(start))
    if len(keys) == 1:
        return _read(keys[0], places[keys[0]])
    if keys:
        raise SsadError(
            f"'{prefix}' begins {len(keys)} keys: give more of it, such as {_listed(keys, places)}"
        )
    raise _unknown(prefix, start, places)


def _stored() -> dict[str, Path]:
    path = paths.store()
    return dict.fromkeys(Store(path).keys(), path) if path.is_file() else {}


def _committed() -> dict[str, Path]:
    return {key: file.parent for file in _tables() for key, _ in _rows(file)}


def _tables() -> list[Path]:
    return sorted(paths.RESULTS.glob("*/runs.csv"))


def _rows(file: Path) -> Iterator[tuple[str, str]]:
    """Yield key and specification of each run of a table."""
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield str(row.get("key") or ""), str(row.get("spec") or "")


def _read(key: str, place: Path) -> Found:
    if place == paths.store():
        return Found(Store(place).records([key], scores=True)[key], place)
    from ssad_lib import results  # pandas takes a second

    record = next(record for record in results.read(place) if record.spec.key == key)
    return Found(record, place)


def _listed(keys: list[str], places: dict[str, Path]) -> str:
    shown = ", ".join(f"{key[:DIGITS]} ({_title(key, places[key])})" for key in keys[:LISTED])
    more = len(keys) - LISTED
    return f"{shown} and {more} more" if more > 0 else shown


def _title(key: str, place: Path) -> str:
    if place == paths.store():
        return Store(place).records([key])[key].spec.title
    return next(RunSpec.from_json(spec).title for k, spec in _rows(place / "runs.csv") if k == key)


def _unknown(prefix: str, start: str, places: dict[str, Path]) -> SsadError:
    """Return the error for a key that no record has: how its process died, or the nearest one."""
    path = paths.store()
    crashes = Store(path).crashes() if path.is_file() else {}
    if start and (lost := [key for key in crashes if key.startswith(start)]):
        return SsadError(
            f"run {lost[0][:DIGITS]} has no record: {crashes[lost[0]]}; it is tried again when a "
            "chapter asks for it"
        )
    where = f"in {path}" if path.is_file() else f"({path} is no run store yet: run a chapter first)"
    said = f"no run with key '{prefix}' {where} or in {paths.RESULTS}"
    beginnings = {key[: len(start)]: key for key in places}
    near = difflib.get_close_matches(start, beginnings, n=1, cutoff=0.75)
    if not near:
        return SsadError(f"{said}; `ssad verify --json` lists the keys behind each claim")
    key = beginnings[near[0]]
    return SsadError(f"{said}: the nearest is {key[:DIGITS]} ({_title(key, places[key])})")
