"""Execute the missing runs of a study; every finished run is stored at once (rule 2)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing

from filelock import AcquireReturnProxy, FileLock, Timeout

from ssad_lib.engine import executors, fleets
from ssad_lib.engine.progress import Progress
from ssad_lib.errors import SsadError, from_os_error
from ssad_lib.record import Record
from ssad_lib.spec import RunSpec
from ssad_lib.store import Store

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
    SsadError
        After everything else is finished and stored, if a run failed; or at once if a worker was
        killed or the store cannot be written.
    """
    again = bool(os.environ.get("SSAD_FRESH")) if fresh is None else fresh
    wanted = {spec.key: spec for spec in specs}
    workers, performed = executors.workers(jobs), executors.get(executor)
    if missing := _missing(wanted, store, again):
        with _turn(store, len(missing), len(wanted), title):
            # Another study may have trained some of them while this one waited.
            missing = _missing(wanted, store, again)
            with (
                Progress(len(missing), len(wanted), title) as progress,
                closing(performed(fleets.group(missing), workers)) as finished,
            ):
                for record in finished:
                    store.append(record, again=again)
                    progress.advance(record.spec.title)
    records = store.records(list(wanted))
    _report_failures(records)
    return [records[key] for key in wanted]


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
            with Progress(missing, total, title) as progress:
                progress.show("waits for another study that fills the same store")
                return lock.acquire()
    except OSError as error:
        raise from_os_error(error, "lock the run store") from error


def _report_failures(records: dict[str, Record]) -> None:
    failed = [record for record in records.values() if record.error]
    if failed:
        raise SsadError(
            f"{len(failed)} of {len(records)} runs failed, the others are stored; first: "
            f"{failed[0].spec.title}: {failed[0].error}"
        )
