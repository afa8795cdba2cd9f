"""Train fleets on a Ray cluster: many GPUs or machines (``pip install ssad-lib[cluster]``).

Ray schedules and moves the results, and what was lost with its machine is sent to another. With
``SSAD_RAY_ADDRESS`` the cluster is one that runs already, and each of its machines needs this
library and the data root at the same path; without, one is started on this machine and ended with
the study.
"""

from __future__ import annotations

import logging
import os
import socket
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from ssad_lib.engine import fleets
from ssad_lib.engine.allocator import keep_memory
from ssad_lib.engine.executors import processes
from ssad_lib.engine.executors.crashes import Crash, Outcome, settled
from ssad_lib.errors import SsadError
from ssad_lib.record import Record

ADDRESS, GPUS = "SSAD_RAY_ADDRESS", "SSAD_GPUS_PER_RUN"
RETRIES = 3  # of a fleet whose machine was lost
KNOCK_SECONDS = 10.0
OBJECT_STORE = 256 * 2**20  # bytes; records are small, and Ray would take a third of the memory


def performed(
    groups: Sequence[fleets.Fleet], workers: int
) -> Generator[Record | Crash, None, None]:
    """Yield records as they are finished; leaving early cancels what is under way.

    Parameters
    ----------
    groups : sequence of fleets
    workers : int
        CPUs of the cluster if one has to be started.

    Raises
    ------
    SsadError
        If Ray is not installed, the cluster cannot be reached or lacks what was asked for, or a
        fleet lost its machine more than `RETRIES` times.
    """
    if not groups:
        return  # a cluster takes seconds to start
    ray = _library()
    share = gpus_per_run()
    with _cluster(ray, workers), _explained(ray):
        gpus = _gpus(share, ray.cluster_resources().get("GPU", 0))
        # Its own retries would not tell a crash, which is the run's fault, from a lost machine.
        remote = ray.remote(num_cpus=1, num_gpus=gpus, max_retries=0)
        together, apart = remote(_perform), remote(_perform_apart)
        yield from settled(
            _outcomes(ray, together, groups),
            lambda fleet: next(_outcomes(ray, apart, [fleet])),
        )


def _outcomes(
    ray: ModuleType, task: Any, groups: Sequence[fleets.Fleet]
) -> Generator[Outcome, None, None]:
    """Yield what became of each fleet as `task` is through with it."""
    lost = Counter[fleets.Fleet]()  # with their machines
    pending = {task.remote(fleets.perform_fleet, fleet): fleet for fleet in groups}
    try:
        while pending:
            (finished,), _ = ray.wait(list(pending), num_returns=1)
            fleet = pending.pop(finished)
            try:
                outcome: Outcome = ray.get(finished)
            except ray.exceptions.NodeDiedError:
                lost[fleet] += 1
                if lost[fleet] > RETRIES:
                    raise
                pending[task.remote(fleets.perform_fleet, fleet)] = fleet
                continue
            except ray.exceptions.OutOfMemoryError:
                outcome = Crash(fleet, "killed by Ray for lack of memory")
            except ray.exceptions.WorkerCrashedError:
                outcome = Crash(fleet, "its Ray worker died")  # more is not said
            yield outcome
    finally:
        for run in pending:
            ray.cancel(run, force=True)


@contextmanager
def _explained(ray: ModuleType) -> Iterator[None]:
    """Make one line of an error of the cluster, and hand on our own."""
    try:
        yield
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, SsadError):
            raise error.cause from error
        raise
    except (ray.exceptions.RayError, ConnectionError) as error:
        raise SsadError(
            f"the Ray cluster was lost, or lost the machine of one run again and again: "
            f"{_one_line(error)}; finished runs are stored: run the same command again"
        ) from error


def gpus_per_run(asked: str | None = None) -> float | None:
    """Return the share of a GPU that each fleet takes: `asked`, else ``SSAD_GPUS_PER_RUN``, if any.

    Raises
    ------
    SsadError
        If it is not a number above 0 and at most 1: a fleet trains on one GPU.
    """
    asked = asked or os.environ.get(GPUS)
    if not asked:
        return None
    try:
        share = float(asked)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise SsadError(f"GPUs per run must be a number above 0 and at most 1, not '{asked}'")
    return share


def _gpus(share: float | None, present: float) -> float:
    """Return how many GPUs each fleet takes of a cluster that has `present`."""
    if share and not present:
        raise SsadError(
            "no GPU in the Ray cluster: leave --gpus-per-run away to train on its CPUs, or connect "
            "to another one with --address"
        )
    return share or min(1.0, present)


def _perform(perform: processes.Perform, fleet: fleets.Fleet) -> Outcome:
    keep_memory()
    return perform(fleet)


def _perform_apart(perform: processes.Perform, fleet: fleets.Fleet) -> Outcome:
    """Train in a process that the worker starts: of its own Ray does not say how they died."""
    return processes.alone(fleet, perform)


@contextmanager
def _cluster(ray: ModuleType, workers: int) -> Iterator[None]:
    """Connect to a cluster or start one; leave a connection that the caller had as it is."""
    if ray.is_initialized():
        yield
        return
    address = os.environ.get(ADDRESS)
    try:
        if address and address != "auto":
            _knock(address)
        ray.init(**({"address": address} if address else _local(workers)), **_quiet())
    except (OSError, RuntimeError, ValueError) as error:
        what = f"no Ray cluster answers at '{address}'" if address else "Ray could not start"
        raise SsadError(f"{what}: {_one_line(error)}") from error
    try:
        yield
    finally:
        ray.shutdown()  # ends the cluster only if it was started above


def _knock(address: str) -> None:
    """Raise an error if nothing answers at `address`: Ray itself would try for many minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        raise ValueError("an address is 'auto' or has the form host:port")
    socket.create_connection((host.strip("[]"), int(port)), timeout=KNOCK_SECONDS).close()


def _local(workers: int) -> dict[str, Any]:
    return {
        "address": "local",
        "num_cpus": workers,
        "object_store_memory": OBJECT_STORE,
        "include_dashboard": False,
    }


def _quiet() -> dict[str, Any]:
    """Return the settings of every connection; the data root travels to the workers."""
    data = os.environ.get("SSAD_DATA")
    return {
        "runtime_env": {"env_vars": {"SSAD_DATA": data}} if data else None,
        "logging_level": logging.ERROR,
        "log_to_driver": False,
    }


def _library() -> ModuleType:
    """Return Ray, told not to report its use to its makers."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise SsadError(
            "the executor 'ray' needs the library Ray: pip install ssad-lib[cluster]"
        ) from error
    return ray


def _one_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
