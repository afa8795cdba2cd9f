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

from ssad_lib import warm
from ssad_lib.book.contents import chapters
from ssad_lib.book.execution import execute_unwatched, executed, fingerprint, is_current, watched
from ssad_lib.book.rendering import render
from ssad_lib.book.staging import stage
from ssad_lib.book.times import Times
from ssad_lib.errors import NotFinishedError, RunsFailedError

MOST_AT_ONCE = 4  # chapters; each is a process of its own


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
    NotFinishedError
        At the end, if runs failed or a kernel died: the chapters that this concerns are left out,
        with a note on their pages, and the book is built of the others.
    SsadError
        If a cell fails, or the site does not render without a warning.
    """
    chosen, times = dict(overrides or {}), Times()
    names = [chapter.name for chapter in chapters() if chapter.is_notebook]
    due = [name for name in names if fresh or not _is_current(name, profile, chosen)]
    for name in sorted(set(names) - set(due), key=names.index):
        say(f"{name}: up to date")
    left_out: dict[str, str] = {}
    if due:
        warm.prepare(warm.CHAPTERS)
        with times.of("training"):
            failed = _train(due, profile, chosen, fresh=fresh, say=say)
        left_out = _concerned(due, profile, chosen, failed)
        for name, reason in left_out.items():
            say(f"{name}: left out: {reason}")
        ready = _longest_first([name for name in due if name not in left_out], profile, chosen)
        left_out |= _execute(ready, profile, chosen, say, times)
    with times.of("rendering"):
        page = render(stage(profile, left_out), say=say)
    for line in times.lines():
        say(line)
    say(f"The book is at {page}")
    say(f"Read it with:  {_command()} serve")
    if left_out:
        name, reason = next(iter(left_out.items()))
        raise NotFinishedError(
            f"the book is built, but without the results of {', '.join(left_out)}; {name}: {reason}"
        )
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
) -> dict[str, str]:
    """Train every run that a chapter will ask the store for; return why any failed, by its key."""
    from ssad_lib.engine import execute as train
    from ssad_lib.store import Store
    from ssad_lib.studies import plan

    specs = plan.of_book(names, profile, overrides)
    if not specs:
        return {}
    start = monotonic()
    keys = {spec.key for spec in specs}
    say(f"training what is missing of {len(keys)} runs ...")
    try:
        train(specs, Store(), fresh=fresh, title=f"{profile} profile")
    except RunsFailedError as error:
        say(str(error))
        return error.runs
    finally:
        say(f"trained in {monotonic() - start:.0f} s")
    return {}


def _concerned(
    names: Sequence[str],
    profile: str,
    overrides: Mapping[str, object],
    failed: Mapping[str, str],
) -> dict[str, str]:
    """Return the chapters that ask for a run that failed, and what is to be said of each."""
    from ssad_lib.studies import plan

    concerned = {}
    for name in names if failed else ():
        keys = {spec.key for spec in plan.of_book([name], profile, overrides)}
        if lacking := sorted(keys & failed.keys()):
            counted = f"{len(lacking)} of its {len(keys)} runs failed"
            concerned[name] = f"{counted}; {failed[lacking[0]]}"
    return concerned


def _longest_first(
    names: Sequence[str], profile: str, overrides: Mapping[str, object]
) -> list[str]:
    """Return `names` with the first chapter of each alignment in front: others wait for its MMD."""
    from ssad_lib import profiles
    from ssad_lib.studies.alignment import Plan

    first: dict[Plan, str] = {}
    for name in names:
        settings = profiles.settings(name, profile, overrides)
        if Plan.is_in(settings):
            first.setdefault(Plan.of(settings), name)
    return [*first.values(), *(name for name in names if name not in first.values())]


def _execute(
    names: Sequence[str],
    profile: str,
    overrides: Mapping[str, object],
    say: Callable[[str], None],
    times: Times,
) -> dict[str, str]:
    """Execute the chapters, several at once; return those that were not finished, and why.

    The first that fails in another way ends the build.
    """
    from ssad_lib.engine.executors import workers

    def execute(name: str) -> str | None:
        try:
            with times.of(name):
                execute_unwatched(name, profile, overrides, fresh=True, say=say)
        except NotFinishedError as error:
            say(f"{name}: left out: {error}")
            return str(error)
        return None

    # Their runs are there: nothing is to be trained a second time.
    os.environ.pop("SSAD_FRESH", None)
    with watched(), ThreadPoolExecutor(max_workers=min(workers(), MOST_AT_ONCE)) as pool:
        started = {pool.submit(execute, name): name for name in names}
        try:
            reasons = {started[finished]: finished.result() for finished in as_completed(started)}
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    return {name: reason for name in names if (reason := reasons[name])}


def _command() -> str:
    """Return how to call the command line from here: by name only where the shell finds it."""
    beside = Path(sys.executable).with_name("ssad")
    if shutil.which("ssad") or not beside.is_file():
        return "ssad"
    here = Path.cwd()
    return str(beside.relative_to(here) if beside.is_relative_to(here) else beside)
