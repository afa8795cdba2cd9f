"""Train fleets in several processes of this machine that share nothing (`ssad_lib.warm`).

A worker that is killed costs its own fleet and nothing else, and a killed driver takes its workers
with it. Each worker is a pool of its own: what one leaves half done when it dies, such as a lock or
a message, cannot hold up another.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool

import torch
from pebble import ProcessExpired, ProcessPool

from ssad_lib import guard, warm
from ssad_lib.deaths import MemoryKills, explained
from ssad_lib.engine import fleets
from ssad_lib.engine.allocator import keep_memory
from ssad_lib.engine.executors import serial
from ssad_lib.engine.executors.crashes import Crash, Outcome, settled
from ssad_lib.errors import SsadError
from ssad_lib.record import Record

STARTS = 3  # of a worker that dies before it begins, in a row
GLANCE_SECONDS = 1.0  # between two looks at whether a pool still works

Perform = Callable[[fleets.Fleet], list[Record]]


def performed(
    groups: Sequence[fleets.Fleet], workers: int
) -> Generator[Record | Crash, None, None]:
    """Yield records as they are finished; leaving early ends the workers at once.

    One worker is this process: there, a crash ends the study.

    Raises
    ------
    SsadError
        If workers cannot be started.
    """
    if workers <= 1:
        yield from serial.performed(groups)
        return
    yield from settled(
        outcomes(groups, workers, fleets.perform_fleet),
        lambda fleet: alone(fleet, fleets.perform_fleet),
    )


def alone(fleet: fleets.Fleet, perform: Perform) -> Outcome:
    """Return what becomes of one fleet in a new process of its own."""
    (outcome,) = outcomes([fleet], 1, perform)
    return outcome


def outcomes(
    groups: Sequence[fleets.Fleet], workers: int, perform: Perform
) -> Generator[Outcome, None, None]:
    """Yield what became of each fleet, tried once, as it is finished.

    Raises
    ------
    SsadError
        If workers cannot be started, or each of them would run the user's script again.
    """
    guard.check_script()
    waiting, starts, kills = deque(groups), 0, MemoryKills()
    idle = [_worker() for _ in range(min(workers, len(groups)))]
    under_way: dict[Future[list[Record]], tuple[ProcessPool, fleets.Fleet]] = {}
    try:
        while waiting or under_way:
            while waiting and idle:
                fleet = waiting.popleft()
                worker, future = _begun(idle.pop(), perform, fleet)
                under_way[future] = worker, fleet
            finished = [(future, *under_way.pop(future)) for future in _over(under_way)]
            idle += [worker for _, worker, _ in finished]
            for future, _, fleet in finished:
                outcome = _outcome(future, fleet, kills)
                starts = 0 if outcome is not None else starts + 1
                if starts == STARTS:
                    raise SsadError(
                        "worker processes die as they start, before they train anything: train in "
                        "this process instead, with --executor serial"
                    )
                if outcome is None:
                    waiting.append(fleet)
                else:
                    yield outcome
    finally:
        _end([*idle, *(worker for worker, _ in under_way.values())])


def _worker() -> ProcessPool:
    """Return a pool of one process, which begins with its first fleet."""
    return ProcessPool(
        max_workers=1,
        context=warm.context(warm.WORKERS),
        initializer=_start_worker,
        initargs=[dict(os.environ)],
    )


def _begun(
    worker: ProcessPool, perform: Perform, fleet: fleets.Fleet
) -> tuple[ProcessPool, Future[list[Record]]]:
    try:
        return worker, worker.schedule(perform, args=[fleet])
    except RuntimeError:  # its process was lost while it had nothing to do
        _end([worker])
        return _begun(_worker(), perform, fleet)


def _over(
    under_way: Mapping[Future[list[Record]], tuple[ProcessPool, fleets.Fleet]],
) -> list[Future[list[Record]]]:
    """Wait a moment and return the futures that are done, or never will be."""
    wait(under_way, timeout=GLANCE_SECONDS, return_when=FIRST_COMPLETED)
    return [
        future for future, (worker, _) in under_way.items() if future.done() or not worker.active
    ]


def _outcome(
    future: Future[list[Record]], fleet: fleets.Fleet, kills: MemoryKills
) -> Outcome | None:
    """Return what became of `fleet`; None if its worker died before it began."""
    if not future.done():
        return None
    try:
        return future.result()
    except ProcessExpired as death:
        return Crash(fleet, explained(death.exitcode, for_memory=kills.happened()))
    except (BrokenProcessPool, CancelledError):
        return None


def _end(workers: Sequence[ProcessPool]) -> None:
    for worker in workers:
        worker.stop()
    for worker in workers:
        worker.join()  # its process is terminated, whatever it is at


def _start_worker(environment: dict[str, str]) -> None:
    """Let the driver alone handle Ctrl-C, and leave when it says so or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    warm.begin(environment)
    torch.set_num_threads(1)
    keep_memory()
