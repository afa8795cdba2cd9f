"""Train fleets one after the other in this process."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from ssad_lib.engine import fleets
from ssad_lib.engine.allocator import memory_kept
from ssad_lib.record import Record


def performed(
    groups: Sequence[fleets.Fleet],
    workers: int = 1,  # noqa: ARG001
) -> Generator[Record, None, None]:
    """Yield the records of `groups`, in their order."""
    with memory_kept():
        for fleet in groups:
            yield from fleets.perform_fleet(fleet)
