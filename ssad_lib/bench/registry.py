"""Every benchmark by name; its module is imported when it is run."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator

import torch

from ssad_lib.bench import machine
from ssad_lib.bench.cases import Case, Figure, LeftOut, Measured, measure
from ssad_lib.bench.results import SCHEMA, Results
from ssad_lib.engine.allocator import memory_kept
from ssad_lib.errors import SsadError, unknown

_MODULES = {
    "augmentations": "augmentations",
    "training": "training",
    "fleets": "fleets",
    "studies": "studies",
    "store": "storage",
    "alignment": "alignment",
    "statistics": "statistics",
}
QUICK_SIDE, QUICK_SECONDS = 64, 0.01


def names() -> list[str]:
    """Return the names of all benchmarks."""
    return list(_MODULES)


def run(
    name: str,
    *,
    quick: bool = False,
    threads: int | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Results:
    """Run a benchmark.

    Parameters
    ----------
    name : str
        One of `names`.
    quick : bool
        Tiny sizes and few repetitions, to try the machinery.
    threads : int, optional
        Of this process; default all cores.
    say : callable
        Is given the name of every case before it is measured.

    Raises
    ------
    SsadError
        For an unknown name or a number of threads below 1.
    """
    if name not in _MODULES:
        raise unknown("benchmark", name, _MODULES)
    if threads is not None and threads < 1:
        raise SsadError(f"threads must be a whole number of at least 1, not {threads}")
    before = torch.get_num_threads()
    torch.set_num_threads(threads or machine.cores())
    try:
        with memory_kept():
            return _run(name, quick, say)
    finally:
        torch.set_num_threads(before)


def _run(name: str, quick: bool, say: Callable[[str], None]) -> Results:
    described = machine.describe()  # before anything of ours adds to the load
    peak = machine.peak(QUICK_SECONDS, QUICK_SIDE) if quick else machine.peak()
    cases: list[Measured] = []
    figures: list[Figure] = []
    left_out: list[LeftOut] = []
    for case in _cases(name, quick):
        match case:
            case Case():
                say(case.name)
                cases.append(measure(case))
            case Figure():
                figures.append(case)
            case LeftOut():
                left_out.append(case)
    return Results(
        SCHEMA, name, quick, described, peak, tuple(cases), tuple(figures), tuple(left_out)
    )


def _cases(name: str, quick: bool) -> Iterator[Case | Figure | LeftOut]:
    module = importlib.import_module(f"ssad_lib.bench.{_MODULES[name]}")
    cases: Iterator[Case | Figure | LeftOut] = module.cases(quick)
    return cases
