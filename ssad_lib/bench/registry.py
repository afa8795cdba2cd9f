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
    "outlier-exposure": "exposure",
    "localisation": "localisation",
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
    only: str = "",
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
    only : str
        Leave out what does not have this in its name, in any case.
    say : callable
        Is given the name of every case before it is measured.

    Raises
    ------
    SsadError
        For an unknown name, a number of threads below 1, or if nothing has `only` in its name.
    """
    if name not in _MODULES:
        raise unknown("benchmark", name, _MODULES)
    if threads is not None and threads < 1:
        raise SsadError(f"threads must be a whole number of at least 1, not {threads}")
    before = torch.get_num_threads()
    torch.set_num_threads(threads or machine.cores())
    try:
        with memory_kept():
            return _run(name, quick, only.lower(), say)
    finally:
        torch.set_num_threads(before)


def _run(name: str, quick: bool, only: str, say: Callable[[str], None]) -> Results:
    made = machine.now()  # before anything of ours adds to the load
    peak = machine.peak(QUICK_SECONDS, QUICK_SIDE) if quick else machine.peak()
    cases: list[Measured] = []
    figures: list[Figure] = []
    left_out: list[LeftOut] = []
    for case in _cases(name, quick):
        if only not in case.name.lower():
            continue
        match case:
            case Case():
                say(case.name)
                cases.append(measure(case, made))
            case Figure():
                figures.append(case)
            case LeftOut():
                left_out.append(case)
    if only and not (cases or figures or left_out):
        raise SsadError(f"nothing in the benchmark '{name}' has '{only}' in its name")
    return Results(
        schema=SCHEMA,
        benchmark=name,
        quick=quick,
        machine=machine.describe(),
        peak=peak,
        made=made,
        cases=tuple(cases),
        figures=tuple(figures),
        left_out=tuple(left_out),
    )


def _cases(name: str, quick: bool) -> Iterator[Case | Figure | LeftOut]:
    module = importlib.import_module(f"ssad_lib.bench.{_MODULES[name]}")
    cases: Iterator[Case | Figure | LeftOut] = module.cases(quick)
    return cases
