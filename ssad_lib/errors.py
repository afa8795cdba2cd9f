"""Errors that a user can act on: one line that says what is wrong, where, and what to do."""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable, Mapping

FULL_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class SsadError(Exception):
    """A problem the user can solve; the command line prints its one line and exits with code 2."""

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows of it: its one line, no traceback. IPython asks for this."""
        return [one_line(self)]


class NotFinishedError(SsadError):
    """A part of the work failed though the input was good; the command line exits with code 1."""


class RunsFailedError(NotFinishedError):
    """Runs failed and all others are stored.

    Attributes
    ----------
    runs : dict of str to str
        By the key of each failed run, which one it is and why it failed.
    """

    def __init__(self, message: str, runs: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.runs = dict(runs or {})


class NonFiniteError(SsadError):
    """A training loss or a score became NaN or infinite; the run is recorded as failed."""


class StoppedError(KeyboardInterrupt):
    """Work that the user interrupted; the message says what is kept and how to go on."""

    def _render_traceback_(self) -> list[str]:
        return [one_line(self)]


def one_line(error: BaseException) -> str:
    """Return the message of an error as the command line and notebooks print it."""
    return f"ssad: {' '.join(str(error).split())}"


def unknown(kind: str, name: object, valid: Iterable[str]) -> SsadError:
    """Return the error for a name that does not exist, with the nearest valid one.

    Parameters
    ----------
    kind : str
        What was asked for, e.g. ``"augmentation"``.
    name : object
        What the user wrote.
    valid : iterable of str
        The names that exist.
    """
    choices = sorted(valid)
    near = difflib.get_close_matches(str(name), choices, n=1, cutoff=0.5)
    hint = f"did you mean '{near[0]}'?" if near else f"choose one of: {', '.join(choices)}"
    return SsadError(f"unknown {kind} '{name}': {hint}")


def from_os_error(error: OSError, what: str) -> SsadError:
    """Return the one-line form of an operating-system error met while doing `what`."""
    where = f" at {error.filename}" if error.filename else ""
    if error.errno in FULL_DISK:
        return SsadError(
            f"the disk is full: could not {what}{where}; free some space or set SSAD_HOME to a "
            "disk that has some, then run the same command again (finished runs are kept)"
        )
    return SsadError(f"could not {what}{where}: {error.strerror or error}")
