"""Execute the missing runs of a study over processes; every finished run is stored at once.

The driver alone writes: a worker that is killed costs its own run and nothing else, and a killed
driver takes its workers with it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Generator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from multiprocessing.connection import wait

import torch
from filelock import AcquireReturnProxy, FileLock, Timeout

from ssad_lib.engine.allocator import keep_memory, memory_kept
from ssad_lib.engine.progress import Progress
from ssad_lib.engine.run import perform
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

    Raises
    ------
    SsadError
        After everything else is finished and stored, if a run failed; or at once if a worker was
        killed or the store cannot be written.
    """
    again = bool(os.environ.get("SSAD_FRESH")) if fresh is None else fresh
    wanted = {spec.key: spec for spec in specs}
    processes = workers(jobs)
    if missing := _missing(wanted, store, again):
        with _turn(store, len(missing), len(wanted), title):
            # Another study may have trained some of them while this one waited.
            missing = _missing(wanted, store, again)
            with (
                Progress(len(missing), len(wanted), title) as progress,
                closing(_performed(missing, processes)) as finished,
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


def workers(jobs: int | None = None) -> int:
    """Return how many processes to use: `jobs`, else ``SSAD_JOBS``, else what the machine has.

    Raises
    ------
    SsadError
        If the number asked for is not a whole number of at least 1.
    """
    asked = jobs if jobs is not None else os.environ.get("SSAD_JOBS")
    if asked is None:
        # Several processes on one GPU compete for it; one feeds it best.
        return 1 if torch.cuda.is_available() else os.cpu_count() or 1
    try:
        count = int(asked)
    except ValueError:
        count = 0
    if count < 1:
        raise SsadError(f"the number of jobs must be a whole number of at least 1, not '{asked}'")
    return count


def _performed(specs: list[RunSpec], jobs: int) -> Generator[Record, None, None]:
    """Yield records as they are finished; leaving early ends the workers at once."""
    if min(jobs, len(specs)) <= 1:
        with memory_kept():
            yield from map(perform, specs)
        return
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(
        max_workers=min(jobs, len(specs)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start_worker,
    )
    try:
        for future in as_completed([pool.submit(perform, spec) for spec in specs]):
            yield future.result()
    except BrokenProcessPool as error:
        raise SsadError(
            "a worker process was killed (often for lack of memory); finished runs are stored: "
            "run the same command again, with --jobs 1 if it happens again"
        ) from error
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in set(multiprocessing.active_children()) - others:
            worker.terminate()  # else the interpreter waits for the runs under way


def _start_worker() -> None:
    """Let the driver alone handle Ctrl-C, and leave when the driver is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    keep_memory()
    driver = multiprocessing.parent_process()
    if driver is not None:
        threading.Thread(target=_leave_with, args=(driver.sentinel,), daemon=True).start()


def _leave_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)  # a killed driver cannot ask politely


def _report_failures(records: dict[str, Record]) -> None:
    failed = [record for record in records.values() if record.error]
    if failed:
        raise SsadError(
            f"{len(failed)} of {len(records)} runs failed, the others are stored; first: "
            f"{failed[0].spec.title}: {failed[0].error}"
        )
