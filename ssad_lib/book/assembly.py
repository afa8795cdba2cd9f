"""Builds the whole book: trains what is missing, executes the chapters, renders the site.

All runs are trained in one go before any chapter starts, so that no core waits while a chapter
imports and draws; the chapters, which then train next to nothing, are executed several at once.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from time import monotonic

from ssad_lib.book.contents import chapters
from ssad_lib.book.execution import execute_unwatched, executed, fingerprint, is_current, watched
from ssad_lib.book.rendering import render
from ssad_lib.book.staging import stage

MOST_AT_ONCE = 4  # chapters; each is a process of its own, of some 700 MiB


def build(
    profile: str,
    overrides: Mapping[str, object] | None = None,
    *,
    fresh: bool = False,
    say: Callable[[str], None] = print,
) -> Path:
    """Execute every chapter with `profile`, render the site and return its front page.

    Parameters
    ----------
    profile : str
        Name of the budget.
    overrides : mapping, optional
        Single settings of the profile to replace, in every chapter.
    fresh : bool
        Train every run and execute every chapter, changed or not.
    say : callable
        Receives lines of progress, the last of which say where the page is.

    Raises
    ------
    SsadError
        If a run or a chapter fails, or the site does not render without a warning.
    """
    chosen = dict(overrides or {})
    names = [chapter.name for chapter in chapters() if chapter.is_notebook]
    due = [name for name in names if fresh or not _is_current(name, profile, chosen)]
    for name in sorted(set(names) - set(due), key=names.index):
        say(f"{name}: up to date")
    if due:
        _train(due, profile, chosen, fresh=fresh, say=say)
        _execute(due, profile, chosen, say)
    page = render(stage(profile), say=say)
    say(f"The book is at {page}")
    say(f"Read it with:  {_command()} serve")
    return page


def _is_current(name: str, profile: str, overrides: Mapping[str, object]) -> bool:
    source = next(chapter.source for chapter in chapters() if chapter.name == name)
    return is_current(executed(name, profile), fingerprint(source, profile, overrides))


def _train(
    names: Sequence[str],
    profile: str,
    overrides: Mapping[str, object],
    *,
    fresh: bool,
    say: Callable[[str], None],
) -> None:
    """Train every run that a chapter will ask the store for."""
    from ssad_lib.engine import execute as train
    from ssad_lib.store import Store
    from ssad_lib.studies import plan

    specs = plan.of_book(names, profile, overrides)
    if not specs:
        return
    start = monotonic()
    keys = {spec.key for spec in specs}
    say(f"training what is missing of {len(keys)} runs ...")
    train(specs, Store(), fresh=fresh, title=f"{profile} profile")
    say(f"trained in {monotonic() - start:.0f} s")


def _execute(
    names: Sequence[str],
    profile: str,
    overrides: Mapping[str, object],
    say: Callable[[str], None],
) -> None:
    """Execute the chapters, several at once; the first that fails ends the build."""
    from ssad_lib.engine.executors import workers

    # Their runs are there: nothing is to be trained a second time.
    os.environ.pop("SSAD_FRESH", None)
    with watched(), ThreadPoolExecutor(max_workers=min(workers(), MOST_AT_ONCE)) as pool:
        started = [
            pool.submit(execute_unwatched, name, profile, overrides, fresh=True, say=say)
            for name in names
        ]
        try:
            for finished in as_completed(started):
                finished.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _command() -> str:
    """Return how to call the command line from here: by name only where the shell finds it."""
    beside = Path(sys.executable).with_name("ssad")
    if shutil.which("ssad") or not beside.is_file():
        return "ssad"
    here = Path.cwd()
    return str(beside.relative_to(here) if beside.is_relative_to(here) else beside)
