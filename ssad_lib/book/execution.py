"""Executes a chapter through papermill, and skips it while nothing it depends on has changed.

The only parameters injected are ``profile`` and ``overrides``; the notebook resolves its own
budget with `ssad_lib.profiles.settings`, which also refuses an unknown name (papermill only warns).
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import platform
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from time import monotonic

from ssad_lib import paths
from ssad_lib.book.contents import Chapter, chapters, find
from ssad_lib.deaths import MemoryKills, explained
from ssad_lib.errors import (
    NonFiniteError,
    NotFinishedError,
    RunsFailedError,
    SsadError,
    from_os_error,
)

UNFINISHED = {kind.__name__ for kind in (NotFinishedError, RunsFailedError)}
OURS = UNFINISHED | {kind.__name__ for kind in (NonFiniteError, SsadError)}


def execute(
    chapter: str,
    profile: str,
    overrides: Mapping[str, object] | None = None,
    *,
    fresh: bool = False,
    say: Callable[[str], None] = print,
) -> Path:
    """Execute one notebook chapter with a profile's budget and return the executed notebook.

    Parameters
    ----------
    chapter : str
        A notebook chapter of the table of contents, e.g. ``"not-magic/table-1"``.
    profile : str
        Name of the budget: ``smoke``, ``laptop``, ``colab`` or ``paper``.
    overrides : mapping, optional
        Single settings of the profile to replace.
    fresh : bool
        Execute even if nothing has changed.
    say : callable
        Receives one line of progress.

    Returns
    -------
    Path
        ``executed/<profile>/<chapter>.ipynb`` in the working folder of the book.

    Raises
    ------
    SsadError
        For an unknown name, or with the chapter, the cell and the last line of the error if a cell
        fails; the failed notebook is kept beside the last good one as ``<chapter>.failed.ipynb``.
    NotFinishedError
        The same where the input was good: a run failed, or the kernel died.
    """
    with watched():
        return execute_unwatched(chapter, profile, dict(overrides or {}), fresh=fresh, say=say)


@contextmanager
def watched() -> Iterator[None]:
    """Show on this terminal what chapters train inside the block, and hide what nobody can fix."""
    from ssad_lib.engine.progress import followed

    logging.getLogger("papermill").setLevel(logging.ERROR)
    with warnings.catch_warnings(), followed():
        warnings.simplefilter("ignore")  # Jupyter's own deprecations
        yield


def execute_unwatched(
    chapter: str,
    profile: str,
    chosen: Mapping[str, object],
    *,
    fresh: bool,
    say: Callable[[str], None],
) -> Path:
    """Do what `execute` does, in any thread: `watched` changes what all threads share."""
    from ssad_lib import profiles

    found = _notebook(chapter)
    profiles.settings(chapter, profile, chosen)
    output = executed(chapter, profile)
    key = fingerprint(found.source, profile, chosen)
    if not fresh and is_current(output, key):
        say(f"{chapter}: up to date")
        return output
    say(f"{chapter}: executing with the {profile} profile ...")
    start = monotonic()
    running = output.with_name(f"{output.stem}.failed.ipynb")  # its name unless it succeeds
    paths.make_folder(output.parent)
    _run(found, running, {"profile": profile, "overrides": dict(chosen)})
    _keep(running, output, key)
    say(f"{chapter}: done in {monotonic() - start:.0f} s")
    return output


def executed(chapter: str, profile: str) -> Path:
    """Return where the executed notebook of `chapter` is kept (it may not exist yet)."""
    return paths.work() / "executed" / profile / f"{chapter}.ipynb"


def fingerprint(source: Path, profile: str, overrides: Mapping[str, object]) -> str:
    """Return the sha256 of everything an executed chapter depends on.

    The notebook, its parameters, the library, the profiles, the papers' values, the committed
    results and benchmarks, the data root and the versions of Python and torch.
    """
    facts = {
        "profile": profile,
        "overrides": dict(overrides),
        "data": os.environ.get("SSAD_DATA"),
        "python": platform.python_version(),
        "torch": metadata.version("torch"),
    }
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode())
    for path in (source, *_read_by_chapters()):
        digest.update(f"\x1f{path.name}\x1f".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_current(output: Path, key: str) -> bool:
    """Whether `output` was written by an execution whose fingerprint was `key`."""
    stamp = _stamp(output)
    return output.is_file() and stamp.is_file() and stamp.read_text() == key


def _notebook(name: str) -> Chapter:
    chapter = find(name)
    if not chapter.is_notebook:
        runnable = ", ".join(other.name for other in chapters() if other.is_notebook)
        raise SsadError(
            f"chapter '{name}' is text, there is nothing to run: choose one of: {runnable}"
        )
    return chapter


def _read_by_chapters() -> Iterator[Path]:
    library = [p for p in paths.PACKAGE.rglob("*") if p.suffix in {".py", ".js", ".css"}]
    tables = [*paths.PAPER_VALUES.rglob("*.csv"), *paths.RESULTS.rglob("*.csv")]
    pictures = paths.RESULTS.rglob("*.png")
    claims = [paths.CLAIMS] if paths.CLAIMS.is_file() else []
    benchmarks = list(paths.BENCHMARKS.rglob("*.json"))
    budgets = list(paths.PARAMETERS.glob("*.yaml"))
    yield from sorted([*library, *tables, *pictures, *claims, *benchmarks, *budgets])


def _run(chapter: Chapter, running: Path, parameters: dict[str, object]) -> None:
    import papermill
    from nbclient.exceptions import DeadKernelError

    from ssad_lib.book.kernel import one_kernel

    kernel, kills = one_kernel(), MemoryKills()
    try:
        papermill.execute_notebook(
            chapter.source,
            running,
            parameters=parameters,
            kernel_name="python3",
            language="python",
            kernel_manager_class=kernel,
            progress_bar=False,  # our own bar counts runs, not cells
            cwd=running.parent,
        )
    except papermill.PapermillExecutionError as error:
        raise _failure(chapter, error, running) from error
    except DeadKernelError as error:
        how = explained(kernel.exit_code or 0, for_memory=kills.happened())
        raise NotFinishedError(
            f"chapter {chapter.name}: the kernel died, {how} (what it had done is in {running})"
        ) from error
    except OSError as error:
        raise from_os_error(error, f"execute chapter {chapter.name}") from error


def _failure(chapter: Chapter, error: Exception, notebook: Path) -> SsadError:
    """Return papermill's `PapermillExecutionError` as one line that names cell and notebook."""
    name, value = str(getattr(error, "ename", "")), str(getattr(error, "evalue", ""))
    lines = [line.strip() for line in value.splitlines() if line.strip()]
    last = lines[-1] if lines else ""
    message = last if name in OURS else f"{name}: {last}".removesuffix(": ")
    cell = getattr(error, "exec_count", None)
    kind = NotFinishedError if name in UNFINISHED else SsadError
    return kind(f"chapter {chapter.name}, cell [{cell}]: {message} (see {notebook})")


def _keep(running: Path, output: Path, key: str) -> None:
    """Move a finished notebook to its place; at no moment does a stamp vouch for another file."""
    stamp = _stamp(output)
    stamp.unlink(missing_ok=True)
    running.replace(output)
    written = stamp.with_suffix(".tmp")
    written.write_text(key)
    written.replace(stamp)


def _stamp(output: Path) -> Path:
    return output.with_suffix(".key")
