"""Executors: where the fleets of a study are trained; each yields the records as they arrive.

``serial`` trains in this process, ``processes`` in several on this machine, ``ray`` on a cluster.
None changes a result (rule 1), none writes to the store (rule 2: the driver does), and leaving one
early ends what it started. Where a worker's process dies the others go on, and its runs are tried
again, alone (`crashes`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence

import torch

from ssad_lib.engine.executors import processes, ray, serial
from ssad_lib.engine.executors.crashes import Crash
from ssad_lib.engine.fleets import Fleet
from ssad_lib.errors import SsadError, unknown
from ssad_lib.record import Record

EXECUTOR, JOBS = "SSAD_EXECUTOR", "SSAD_JOBS"

Executor = Callable[[Sequence[Fleet], int], Generator[Record | Crash, None, None]]

EXECUTORS: dict[str, Executor] = {
    "processes": processes.performed,
    "ray": ray.performed,
    "serial": serial.performed,
}


def get(name: str | None = None) -> Executor:
    """Return the executor called `name`: a function of the fleets and the number of workers.

    Parameters
    ----------
    name : str, optional
        Default ``SSAD_EXECUTOR``, else ``"processes"``.

    Raises
    ------
    SsadError
        If there is no such executor (with the nearest name).
    """
    chosen = name or os.environ.get(EXECUTOR) or "processes"
    if chosen not in EXECUTORS:
        raise unknown("executor", chosen, EXECUTORS)
    return EXECUTORS[chosen]


def choose(
    name: str | None, jobs: int | None, address: str | None, gpus_per_run: str | None
) -> None:
    """Make these the defaults of this process and of those it starts, such as notebooks.

    Parameters
    ----------
    name, jobs : str, int, optional
        As for `get` and `workers`.
    address, gpus_per_run : str, optional
        As for `ssad_lib.engine.executors.ray`.

    Raises
    ------
    SsadError
        If one of them cannot be meant.
    """
    workers(jobs)
    ray.gpus_per_run(gpus_per_run)
    if get(name) is not ray.performed and (address or gpus_per_run):
        raise SsadError("--address and --gpus-per-run belong to a cluster: add --executor ray")
    given = {EXECUTOR: name, JOBS: jobs, ray.ADDRESS: address, ray.GPUS: gpus_per_run}
    os.environ.update({name: str(value) for name, value in given.items() if value is not None})


def workers(jobs: int | None = None) -> int:
    """Return how many processes to use: `jobs`, else ``SSAD_JOBS``, else what the machine has.

    Raises
    ------
    SsadError
        If the number asked for is not a whole number of at least 1.
    """
    asked = jobs if jobs is not None else os.environ.get(JOBS)
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
