"""Progress of a study: a bar in a terminal or live notebook, now and then a line in a log.

Under papermill the notebook has no terminal; there the driver of the book names a file
(``SSAD_PROGRESS``) to which each step is appended, and shows the bar, or the lines, itself.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, TextIO

from tqdm.auto import tqdm

# Its own lock is a semaphore between processes, which a kernel that is ended leaves behind.
tqdm.set_lock(threading.RLock())

PROGRESS_FILE = "SSAD_PROGRESS"
LINE_SECONDS = 30.0  # between two lines in a log
LOOK_SECONDS = 0.5  # between two looks at what child processes have done
LINE = "{desc}: {n_fmt} of {total_fmt} runs, {rate_fmt}, {remaining} left after {elapsed}{postfix}"
BAR = "{desc}{postfix} {n}/{total} {bar} {elapsed}"


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
        self._open = ExitStack()
        if missing == 0 or self.file is not None or _watched():
            quiet = missing == 0 or self.file is not None
            bar = tqdm(
                total=total, initial=self.done, desc=title, unit="run", disable=quiet, leave=False
            )
            self.bar = self._open.enter_context(bar)
        else:
            self.bar = self._open.enter_context(_lines())
            _count_from(self.bar, title, self.done, total)
        if missing:
            self._tell(what="")

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def advance(self, what: str) -> None:
        """Note that one more run is over and stored."""
        self.done += 1
        self.bar.update()
        self.show(what)

    def show(self, what: str) -> None:
        """Say what is going on without counting it."""
        self.bar.set_postfix_str(what)
        self._tell(what=what)

    def note(self, text: str) -> None:
        """Write a line that stays."""
        if self.file:
            self._tell(note=text)
        else:
            tqdm.write(text, file=sys.stderr)

    def _tell(self, **news: str) -> None:
        """Append a step to the file of the driver, if there is one."""
        if self.file:
            step = {"title": self.title, "done": self.done, "total": self.total, **news}
            with Path(self.file).open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(step) + "\n")


@contextmanager
def followed() -> Iterator[None]:
    """Show on this terminal, or in this log, the studies that child processes execute inside."""
    with tempfile.TemporaryDirectory() as folder:
        steps, over = Path(folder) / "steps", threading.Event()
        steps.touch()
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
    """Show each step that is appended to `steps` until `over` is set."""
    shown = tqdm(unit="run", leave=False, bar_format=BAR) if sys.stderr.isatty() else _lines()
    with steps.open(encoding="utf-8") as stream, shown as bar:
        study = None
        while not over.wait(LOOK_SECONDS):
            for step in _read(stream):
                if "note" in step:
                    tqdm.write(step["note"], file=sys.stderr)
                    continue
                if (step["title"], step["total"]) != study:
                    study = step["title"], step["total"]
                    _count_from(bar, step["title"], step["done"], step["total"])
                bar.n = step["done"]
                bar.set_postfix_str(step["what"])


def _read(stream: TextIO) -> Iterator[dict[str, Any]]:
    """Return the steps that were appended to `stream` since the last time."""
    while True:
        place = stream.tell()
        line = stream.readline()
        if not line.endswith("\n"):  # half a line is read when it is whole
            stream.seek(place)
            return
        yield json.loads(line)


def _count_from(bar: tqdm[NoReturn], title: str, done: int, total: int) -> None:
    """Let `bar` count another study, of which `done` of `total` runs cost nothing."""
    bar.reset(total)
    bar.initial = bar.n = done
    bar.set_description_str(title)


@contextmanager
def _lines() -> Iterator[tqdm[NoReturn]]:
    """Return a bar that nobody sees; while it is not full, its state is a line now and then."""
    over = threading.Event()

    def tell() -> None:
        while not over.wait(LINE_SECONDS):
            if bar.total and bar.n < bar.total:
                print(" ".join(str(bar).split()), file=sys.stderr, flush=True)

    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        # Without smoothing the rate is that of the whole study: a log shows no recent minutes.
        bar = tqdm(unit="run", file=nowhere, bar_format=LINE, smoothing=0)
        teller = threading.Thread(target=tell, daemon=True)
        teller.start()
        try:
            yield bar
        finally:
            over.set()
            teller.join()
            bar.close()


def _watched() -> bool:
    return sys.stderr.isatty() or "ipykernel" in sys.modules
