"""Where the time of a build went: each part by name, in the order in which they ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

HEADING = "where the time went (chapters run side by side)"


class Times:
    """Seconds by part; several threads may measure at once."""

    def __init__(self) -> None:
        self._began = monotonic()
        self._seconds: dict[str, float] = {}

    @contextmanager
    def of(self, part: str) -> Iterator[None]:
        """Count the time inside the block as that of `part`."""
        began = monotonic()
        try:
            yield
        finally:
            self._seconds[part] = monotonic() - began

    def lines(self) -> list[str]:
        """Return a table of every part and the whole, to be printed."""
        whole = self._seconds | {"whole": monotonic() - self._began}
        width = max(map(len, whole))
        return [HEADING, *(f"  {part:{width}} {taken:7.1f} s" for part, taken in whole.items())]
