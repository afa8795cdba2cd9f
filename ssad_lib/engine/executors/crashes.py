"""What follows when the process of a fleet dies: it is tried again alone, and only then given up.

The other fleets go on meanwhile. A fleet of several members is halved until the guilty run is
alone, so that only that one fails.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, replace

from ssad_lib.engine.fleets import Fleet
from ssad_lib.record import Record


@dataclass(frozen=True)
class Crash:
    """The process that trained `fleet` died.

    Attributes
    ----------
    fleet : Fleet
    how : str
        Such as ``"killed by signal 11 (SIGSEGV)"``.
    final : bool
        Whether it is given up: a single run whose process died again, with no other beside it.
    """

    fleet: Fleet
    how: str
    final: bool = False


Outcome = list[Record] | Crash  # of one fleet


def settled(
    first: Generator[Outcome, None, None], alone: Callable[[Fleet], Outcome]
) -> Generator[Record | Crash, None, None]:
    """Yield the records of every fleet, and each crash; the last word on a run comes once.

    Parameters
    ----------
    first : generator of Outcome
        The first try of every fleet; it is closed when this generator is.
    alone : callable
        Tries one fleet in a process of its own while nothing else is trained.
    """
    lost: list[Fleet] = []
    with closing(first):
        for outcome in first:
            if isinstance(outcome, Crash):
                lost.append(outcome.fleet)
                yield outcome
            else:
                yield from outcome
    while lost:
        for part in _parts(lost.pop(0)):
            outcome = alone(part)
            if not isinstance(outcome, Crash):
                yield from outcome
            elif len(part) > 1:
                lost.append(part)
                yield outcome
            else:
                yield replace(outcome, final=True)


def _parts(fleet: Fleet) -> list[Fleet]:
    half = len(fleet) // 2
    return [part for part in (fleet[:half], fleet[half:]) if part]
