"""A benchmark case: variants of one piece of work, timed in turns, compared as paired ratios.

Absolute times on a shared machine drift by tens of percent within minutes. So variants are timed in
turns (A, B, A, B, ...) in one process, and each repetition gives one ratio from two neighbouring
times; the median of these ratios is what a table quotes, with the quartiles as its spread. A
benchmark is a module with a function ``cases(quick)`` that yields `Case`, `Figure` and `LeftOut`;
set-up (data, networks) belongs before the ``yield``, so that at most one case is in memory.
"""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch

from ssad_lib.errors import SsadError

Precision = Literal["fp32", "bf16"]


@dataclass(frozen=True)
class Variant:
    """One way to do the work.

    Attributes
    ----------
    name : str
        As a table shows it, such as ``"ours, batched"``.
    call : callable
        Does the work once; its result is thrown away. Wait for other processes inside it. CUDA is
        waited for here.
    amount : float
        How much one call does, in the units of the case (variants may do different amounts).
    flops : float, optional
        Floating-point operations of one call, where they are known: gives the fraction of the
        machine's peak.
    precision : {"fp32", "bf16"}
        The peak that fraction refers to.
    """

    name: str
    call: Callable[[], object]
    amount: float
    flops: float | None = None
    precision: Precision = "fp32"


@dataclass(frozen=True)
class Case:
    """Variants of one piece of work; the first one is ours, the others are what it is held against.

    Attributes
    ----------
    name : str
        Unique within the benchmark, such as ``"flip, batch 1,024"``.
    unit : str
        What is counted per second, in the plural: ``"images"``, ``"runs"``.
    variants : tuple of Variant
        At least one.
    repetitions : int
        How often each variant is timed.
    warm_up : int
        How often each variant runs before, untimed.
    shortest : float
        Seconds; a call that takes less is repeated within one timing until it lasts that long.
    note : str
        What a reader must know to judge the case, in one sentence.
    """

    name: str
    unit: str
    variants: tuple[Variant, ...]
    repetitions: int = 11
    warm_up: int = 2
    shortest: float = 0.02
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """A number that is compared with nothing, such as the size of a file."""

    name: str
    value: float
    unit: str
    note: str = ""


@dataclass(frozen=True)
class LeftOut:
    """A case or a variant that was not measured, and why: an optional package is missing, say."""

    name: str
    reason: str


@dataclass(frozen=True)
class Quartiles:
    """Lower quartile, median and upper quartile over the repetitions."""

    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Timing:
    """What was measured of one variant.

    Attributes
    ----------
    variant : str
        Its name.
    seconds : Quartiles
        Of one call.
    throughput : Quartiles
        Units per second.
    ratio : Quartiles or None
        Our throughput over this variant's, repetition by repetition: above 1 we are faster. None
        for ours.
    flops : float or None
        Of one call.
    precision : {"fp32", "bf16"}
        The variant's.
    """

    variant: str
    seconds: Quartiles
    throughput: Quartiles
    ratio: Quartiles | None
    flops: float | None
    precision: Precision


@dataclass(frozen=True)
class Moment:
    """When something was measured.

    Attributes
    ----------
    commit : str
        Of the checkout, with ``-dirty`` if it had changes; empty outside of one.
    load : float
        Processes that wanted to run in the minute before; -1 where the system cannot tell.
    date : str
        ISO 8601, UTC.
    """

    commit: str
    load: float
    date: str


@dataclass(frozen=True)
class Measured:
    """A measured case: its timings in the order of its variants."""

    name: str
    unit: str
    repetitions: int
    note: str
    made: Moment
    timings: tuple[Timing, ...]


def measure(case: Case, made: Moment, clock: Callable[[], float] = time.perf_counter) -> Measured:
    """Time the variants of `case` in turns.

    Parameters
    ----------
    case : Case
        What to measure.
    made : Moment
        What is noted as the time of the measurement.
    clock : callable
        Returns seconds; a test gives its own.

    Raises
    ------
    SsadError
        If the case has no variants, or two of one name.
    """
    names = [variant.name for variant in case.variants]
    if not names or len(set(names)) < len(names):
        raise SsadError(f"benchmark case '{case.name}' needs variants of different names")
    calls = [_prepare(variant, case, clock) for variant in case.variants]
    collecting = gc.isenabled()
    gc.disable()
    try:
        seconds = np.array(
            [
                [
                    _seconds(variant, count, clock)
                    for variant, count in zip(case.variants, calls, strict=True)
                ]
                for _ in range(case.repetitions)
            ]
        )
    finally:
        if collecting:
            gc.enable()
    throughput = np.array([variant.amount for variant in case.variants]) / seconds
    ratios = throughput[:, :1] / throughput
    timings = tuple(
        Timing(
            variant.name,
            quartiles(seconds[:, i]),
            quartiles(throughput[:, i]),
            quartiles(ratios[:, i]) if i else None,
            variant.flops,
            variant.precision,
        )
        for i, variant in enumerate(case.variants)
    )
    return Measured(case.name, case.unit, case.repetitions, case.note, made, timings)


def quartiles(values: np.ndarray) -> Quartiles:
    """Return the quartiles of some numbers, interpolated linearly."""
    return Quartiles(*(float(value) for value in np.percentile(values, (25, 50, 75))))


def _prepare(variant: Variant, case: Case, clock: Callable[[], float]) -> int:
    """Warm a variant up and return how many calls make one timing of `case.shortest` seconds."""
    for _ in range(case.warm_up):
        _seconds(variant, 1, clock)
    if case.shortest <= 0:
        return 1
    return max(1, math.ceil(case.shortest / max(_seconds(variant, 1, clock), 1e-9)))


def _seconds(variant: Variant, calls: int, clock: Callable[[], float]) -> float:
    """Return the seconds of one call, averaged over `calls`."""
    _wait()
    start = clock()
    for _ in range(calls):
        variant.call()
    _wait()
    return (clock() - start) / calls


def _wait() -> None:
    if torch.cuda.is_initialized():
        torch.cuda.synchronize()
