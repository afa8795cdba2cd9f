"""Processes that begin with their imports done: torch, scikit-learn and pandas take seconds.

On Linux they are forked from a server that has imported a module and done nothing else: no thread
of torch has started there and no generator has been used, and of the program that asks for them it
knows nothing. Elsewhere a fork is not safe with these libraries, and each is started afresh.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Mapping
from multiprocessing import connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any

import numpy as np

FORKS = sys.platform == "linux"
DEAF = "ssad_lib.deaf"
WORKERS, CHAPTERS = "ssad_lib.engine.fleets", "ssad_lib.book.preloaded"  # modules to import


def context(module: str) -> BaseContext:
    """Return how to start processes that have, where possible, imported `module` already.

    The server is started with the first process and serves them all: later modules are imported by
    the processes that need them.
    """
    if not FORKS:
        return multiprocessing.get_context("spawn")
    chosen = multiprocessing.get_context("forkserver")
    if not _chosen:
        _chosen.append(module)
        chosen.set_forkserver_preload([DEAF, *_chosen])
    return chosen


_chosen: list[str] = []


def prepare(module: str) -> None:
    """Let the server import `module` while this process does something else."""
    context(module)
    if FORKS:
        from multiprocessing import forkserver

        forkserver.ensure_running()


def prepared(module: str) -> bool:
    """Whether there is a server that imports `module`, so that a fork costs less than a start."""
    return FORKS and module in _chosen


def start(module: str, function: Callable[..., None], *arguments: Any) -> BaseProcess:
    """Start a process that calls `function`, where possible with `module` imported."""
    process: BaseProcess = context(module).Process(target=function, args=arguments)  # type: ignore[attr-defined]
    process.start()
    return process


def begin(environment: Mapping[str, str]) -> None:
    """Make of a process just forked one that has just started, and that ends with its driver.

    Parameters
    ----------
    environment : mapping of str to str
        That of the driver: the server knows an older one.
    """
    os.environ.clear()
    os.environ.update(environment)
    # The generator that NumPy seeds as it is imported would be alike in all forks; Python's is not.
    np.random.set_state(np.random.RandomState().get_state())  # noqa: NPY002
    driver = multiprocessing.parent_process()
    if driver is not None:
        threading.Thread(target=_leave_with, args=(driver.sentinel,), daemon=True).start()


def _leave_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)  # a killed driver cannot ask politely
