"""Execute the missing runs of a study; every finished run is stored at once (rule 2)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from filelock import AcquireReturnProxy, FileLock, Timeout

from ssad_lib.engine import executors, fleets
from ssad_lib.engine.executors.crashes import Crash
from ssad_lib.errors import RunsFailedError, StoppedError, from_os_error
from ssad_lib.record import Record
from ssad_lib.spec import RunSpec
from ssad_lib.store import Store

if TYPE_CHECKING:
    from ssad_lib.engine.progress import Progress

PATIENCE = 2.0  # seconds a study waits for its turn before it says so


def execute(
    specs: Sequence[RunSpec],
    store: Store,
    *,
    jobs: int | None = None,
    fresh: bool | None = None,
    title: str = "runs",
    executor: str | None = None,
) -> list[Record]:
    """Return the record of every spec, training only those that the store lacks.

    Parameters
    ----------
    specs : sequence of RunSpec
        The study; a spec that occurs twice runs once.
    store : Store
        Where finished records go, one by one, as they arrive.
    jobs : int, optional
        Processes; default ``SSAD_JOBS``, else the number of CPU cores, or 1 with a GPU.
    fresh : bool, optional
        Train again what the store has; default whether ``SSAD_FRESH`` is set.
    title : str
        Shown by the progress bar.
    executor : str, optional
        ``"processes"``, ``"serial"`` or ``"ray"``; default ``SSAD_EXECUTOR``, else processes.

    Raises
    ------
    RunsFailedError
        After everything else is finished and stored, if a loss became NaN or the process of a run
        died twice. The store keeps the one as the result it is; the other is tried again next time.
    SsadError
        At once if a run cannot be meant, or the store cannot be written.
    StoppedError
        If the user interrupts it (a `KeyboardInterrupt`): what was finished is stored.
    """
    again = bool(os.environ.get("SSAD_FRESH")) if fresh is None else fresh
    wanted = {spec.key: spec for spec in specs}
    workers, performed = executors.workers(jobs), executors.get(executor)
    crashed: dict[str, str] = {}
    if missing := _missing(wanted, store, again):
        try:
            with _turn(store, len(missing), len(wanted), title):
                # Another study may have trained some of them while this one waited.
                missing = _missing(wanted, store, again)
                with closing(performed(fleets.group(missing), workers)) as finished:
                    crashed = _train(finished, len(missing), len(wanted), store, again, title)
        except KeyboardInterrupt:
            raise StoppedError(_kept(wanted, store, again)) from None
    records = store.records(list(wanted))
    _report_failures(wanted, records, crashed)
    return [records[key] for key in wanted]


def _train(
    finished: Iterable[Record | Crash],
    missing: int,
    total: int,
    store: Store,
    again: bool,
    title: str,
) -> dict[str, str]:
    """Store what is finished as it arrives; return how processes died, by key of the run."""
    from ssad_lib.engine.progress import Progress  # tqdm is of use only where something is trained

    crashed: dict[str, str] = {}
    with Progress(missing, total, title) as progress:
        for outcome in finished:
            if isinstance(outcome, Crash):
                crashed |= _note(outcome, store, progress)
                continue
            store.append(outcome, again=again)
            progress.advance(outcome.spec.title)
    return crashed


def _kept(wanted: Mapping[str, RunSpec], store: Store, again: bool) -> str:
    """Return what is said of a study that was interrupted."""
    if again:
        return "stopped: the runs that were trained anew until now are stored"
    stored = len(wanted.keys() & store.keys())
    return (
        f"stopped: {stored} of {len(wanted)} runs are stored; run the same cell or command again "
        "to go on, only what is missing is trained"
    )


def _note(crash: Crash, store: Store, progress: Progress) -> dict[str, str]:
    """Say that a process died; return how, by key, once its run is given up."""
    first = crash.fleet[0]
    if not crash.final:
        others = f" and {len(crash.fleet) - 1} more" if len(crash.fleet) > 1 else ""
        progress.note(f"{first.title}{others}: {crash.how}; tried again, alone, after the others")
        return {}
    store.note_crash(first, crash.how)
    progress.advance(first.title)
    return {first.key: crash.how}


def _missing(wanted: dict[str, RunSpec], store: Store, again: bool) -> list[RunSpec]:
    known = set() if again else store.keys()
    return [spec for key, spec in wanted.items() if key not in known]


def _turn(store: Store, missing: int, total: int, title: str) -> AcquireReturnProxy:
    """Wait until no other study trains for `store`; leaving the returned block lets the next in.

    Chapters that are executed side by side share runs: nothing is trained twice, and no more
    processes compute than were asked for. The system frees the lock of a killed process at once.
    """
    lock = FileLock(store.path.with_name(f"{store.path.name}.lock"))
    try:
        try:
            return lock.acquire(timeout=PATIENCE)
        except Timeout:
            from ssad_lib.engine.progress import Progress

            with Progress(missing, total, title) as progress:
                progress.show("waits for another study that fills the same store")
                return lock.acquire()
    except OSError as error:
        raise from_os_error(error, "lock the run store") from error


def _report_failures(
    wanted: Mapping[str, RunSpec], records: Mapping[str, Record], crashed: Mapping[str, str]
) -> None:
    """Raise the error that names the runs without a result, if there are any."""
    became_nan = {key: record.error for key, record in records.items() if record.error}
    reasons = became_nan | {key: f"its process died twice: {how}" for key, how in crashed.items()}
    failed = {key: f"{wanted[key].title}: {reason}" for key, reason in reasons.items()}
    if not failed:
        return
    retried = "; run the same command again to try what crashed once more" if crashed else ""
    raise RunsFailedError(
        f"{len(failed)} of {len(wanted)} runs failed, the others are stored; first: "
        f"{next(iter(failed.values()))}{retried}",
        failed,
    )
