"""Progress of a study: a bar in a terminal or live notebook, silence where nobody watches.

Under papermill the notebook has no terminal; there the driver of the book names a file
(``SSAD_PROGRESS``) to which each step is appended, and shows the bar itself.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from types import TracebackType

from tqdm.auto import tqdm

PROGRESS_FILE = "SSAD_PROGRESS"


class Progress:
    """Count the runs of a study that is under way; use it as a context manager.

    Parameters
    ----------
    missing, total : int
        Runs to train, and runs of the study in all.
    title : str
        What is counted.
    """

    def __init__(self, missing: int, total: int, title: str) -> None:
        self.title = title
        self.done = total - missing
        self.total = total
        self.file = os.environ.get(PROGRESS_FILE)
        quiet = missing == 0 or self.file is not None or not _watched()
        self.bar = tqdm(
            total=total, initial=self.done, desc=title, unit="run", disable=quiet, leave=False
        )

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.bar.close()

    def advance(self, what: str) -> None:
        """Note that one more run is finished and stored."""
        self.done += 1
        self.bar.set_postfix_str(what, refresh=False)
        self.bar.update()
        if self.file:
            step = {"title": self.title, "done": self.done, "total": self.total, "what": what}
            with Path(self.file).open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(step) + "\n")


def _watched() -> bool:
    return sys.stderr.isatty() or "ipykernel" in sys.modules
