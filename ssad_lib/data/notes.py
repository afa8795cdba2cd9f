"""What a reader of images has to be told: files left out, parts not read, pixels converted."""

from __future__ import annotations

import multiprocessing
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ssad_lib.data.decode import Origin

NAMED = 3  # files that are named; of the others there is the number

_said: set[str] = set()


def say(notes: Iterable[str]) -> None:
    """Print each note to the error stream, once in a process and never in its workers."""
    for note in notes:
        if note not in _said and multiprocessing.parent_process() is None:
            _said.add(note)
            print(f"ssad: {note}", file=sys.stderr)


def left_out(path: Path, read: int, reasons: Counter[str]) -> list[str]:
    """Return a note such as ``tiles: 33 of 35 files left out: 20 .heic, 13 hidden``, or none."""
    total = reasons.total()
    if not total:
        return []
    return [f"{path}: {total} of {total + read} files left out: {counted(reasons)}"]


def counted(reasons: Counter[str]) -> str:
    """Return how often each reason occurs, the most frequent first."""
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count} {reason}" for reason, count in ordered)


def converted(path: Path, origins: Mapping[str, Origin]) -> list[str]:
    """Return notes on files of which not all was read, or whose pixels were changed, by name."""
    notes = []
    stacks = [f"{name} ({one.frames})" for name, one in origins.items() if one.frames > 1]
    if stacks:
        notes.append(f"{path}: only the first page or frame was read of {some(stacks)}")
    clear = [name for name, one in origins.items() if one.transparent]
    if clear:
        notes.append(f"{path}: transparent pixels were laid on white in {some(clear)}")
    return notes


def some(names: list[str]) -> str:
    """Return the number of names and the first of them."""
    files = "1 file" if len(names) == 1 else f"{len(names)} files"
    more = ", ..." if len(names) > NAMED else ""
    return f"{files}: {', '.join(names[:NAMED])}{more}"
