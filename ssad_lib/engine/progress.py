"""Progress of a study: a bar in a terminal or live notebook, silence where nobody watches.

Under papermill the notebook has no terminal; there the driver of the book names a file
(``SSAD_PROGRESS``) to which each step is appended, and shows the bar itself.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
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
        self.bar.update()
        self.show(what)

    def show(self, what: str) -> None:
        """Say what is going on without counting it."""
        self.bar.set_postfix_str(what)
        if self.file:
            step = {"title": self.title, "done": self.done, "total": self.total, "what": what}
            with Path(self.file).open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(step) + "\n")


@contextmanager
def followed() -> Iterator[None]:
    """Show on this terminal the studies that child processes execute inside the block.

    Without a terminal the steps go nowhere: a notebook that nobody watches must not keep a bar.
    """
    if not sys.stderr.isatty():
        with _steps_written_to(os.devnull):
            yield
        return
    with tempfile.TemporaryDirectory() as folder:
        steps, over = Path(folder) / "steps", threading.Event()
        follower = threading.Thread(target=_follow, args=(steps, over), daemon=True)
        follower.start()
        try:
            with _steps_written_to(str(steps)):
                yield
        finally:
            over.set()
            follower.join()


@contextmanager
def _steps_written_to(file: str) -> Iterator[None]:
    before = os.environ.get(PROGRESS_FILE)
    os.environ[PROGRESS_FILE] = file
    try:
        yield
    finally:
        os.environ.pop(PROGRESS_FILE)
        if before is not None:
            os.environ[PROGRESS_FILE] = before


def _follow(steps: Path, over: threading.Event) -> None:
    """Draw a bar from the last line of `steps` every half second until `over` is set."""
    with tqdm(unit="run", leave=False, bar_format="{desc} {n}/{total} {bar} {elapsed}") as bar:
        while not over.wait(0.5):
            lines = steps.read_text(encoding="utf-8").splitlines() if steps.is_file() else []
            if lines:
                step = json.loads(lines[-1])
                bar.total, bar.n = step["total"], step["done"]
                bar.set_description(f"{step['title']}: {step['what']}", refresh=True)


def _watched() -> bool:
    return sys.stderr.isatty() or "ipykernel" in sys.modules
