"""Train fleets in several processes of this machine, started afresh (spawn).

A worker that is killed costs its own fleet and nothing else, and a killed driver takes its workers
with it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Generator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait

import torch

from ssad_lib.engine import fleets
from ssad_lib.engine.allocator import keep_memory
from ssad_lib.engine.executors import serial
from ssad_lib.errors import SsadError
from ssad_lib.record import Record


def performed(groups: Sequence[fleets.Fleet], workers: int) -> Generator[Record, None, None]:
    """Yield records as they are finished; leaving early ends the workers at once.

    What one worker can do is done in this process.

    Raises
    ------
    SsadError
        If a worker was killed.
    """
    count = min(workers, len(groups))
    if count <= 1:
        yield from serial.performed(groups)
        return
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(
        max_workers=count,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start_worker,
    )
    try:
        for future in as_completed([pool.submit(fleets.perform_fleet, fleet) for fleet in groups]):
            yield from future.result()
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
