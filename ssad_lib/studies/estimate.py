"""How long a study would take: a small calibration here, multiplied out; nothing is stored.

Runs of one detector and budget cost the same but for their augmentation. Of each such kind a few
runs are trained on a few batches and evaluated on a few images, as many at a time as the study
itself would use, because busy cores are slower than idle ones.
"""

from __future__ import annotations

import contextlib
import copy
import math
import multiprocessing
import statistics
import time
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from ssad_lib import guard
from ssad_lib.detectors import TRAINED_ALONE, UNTRAINED
from ssad_lib.detectors.course import DRAWN, Course, train
from ssad_lib.engine.executors import workers
from ssad_lib.engine.images import image_set
from ssad_lib.engine.outliers import training_set
from ssad_lib.engine.run import evaluate, make_detector, one_thread, provenance
from ssad_lib.errors import NonFiniteError
from ssad_lib.spec import RunSpec, options
from ssad_lib.studies.estimate_tuning import extrapolated, remembered
from ssad_lib.studies.grid import SHOWN, training_label

SAMPLED = 2  # runs of each kind that are timed
LEAST_SECONDS = 0.5  # of training that are timed, at least
LONG_SECONDS = 4.0  # what takes longer is timed once
FEW = 8  # images of a class with which the evaluation is timed first
KNOWN = {*SHOWN, "precision"}  # options that the label of a training states
# Options of the detectors of paper 003 that cost nothing, or next to nothing.
FREE = {"radial", "gamma", "blur", "small_mode", "milestones", "center"}
BACKWARD = 3  # forward and backward cost three times the forward pass


@dataclass(frozen=True)
class Cost:
    """What one run of a kind takes.

    Attributes
    ----------
    training, evaluation : float
        Seconds.
    memory : int
        Most memory of the process that ran it, MiB.
    operations : float
        Floating-point operations of its training.
    loading : float
        Seconds to start computing and to load the images, once per process.
    """

    training: float
    evaluation: float
    memory: int
    operations: float
    loading: float

    @property
    def seconds(self) -> float:
        """Of the whole run."""
        return self.training + self.evaluation


@dataclass(frozen=True)
class Kind:
    """Runs that cost about the same: how many, and the mean cost of those that were timed."""

    name: str
    runs: int
    cost: Cost


@dataclass(frozen=True)
class Estimate:
    """What a study would take on this machine.

    Attributes
    ----------
    kinds : tuple of Kind
    processes : int
        That would compute at once.
    starting : float
        Seconds until the first of them computes.
    """

    kinds: tuple[Kind, ...]
    processes: int
    starting: float

    @property
    def runs(self) -> int:
        """Runs to be trained."""
        return sum(kind.runs for kind in self.kinds)

    @property
    def work(self) -> float:
        """Seconds of one process for all runs."""
        return sum(kind.runs * kind.cost.seconds for kind in self.kinds)

    @property
    def seconds(self) -> float:
        """Seconds until all runs are stored."""
        return self.starting + self.work / self.processes if self.kinds else 0.0

    @property
    def memory(self) -> int:
        """MiB of all processes together."""
        return self.processes * max((kind.cost.memory for kind in self.kinds), default=0)

    @property
    def operations(self) -> float:
        """Floating-point operations of all trainings."""
        return sum(kind.runs * kind.cost.operations for kind in self.kinds)

    def on_gpus(self, gpus: int, teraflops: float) -> float:
        """Return seconds on so many GPUs that each sustain so many 10¹² operations a second."""
        return self.operations / (gpus * teraflops * 1e12)


def estimate(specs: Sequence[RunSpec], jobs: int | None = None) -> Estimate:
    """Return what the runs `specs` would take on this machine with `jobs` processes.

    Raises
    ------
    SsadError
        If a specification cannot be run here.
    """
    kinds: dict[Hashable, list[RunSpec]] = {}
    for spec in specs:
        kinds.setdefault(_kind(spec), []).append(spec)
    if not kinds:
        return Estimate((), 1, 0.0)
    guard.check_script()
    sampled = [(key, spec) for key, members in kinds.items() for spec in _spread(members)]
    processes = min(workers(jobs), len(specs))
    started = time.perf_counter()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=processes, mp_context=context) as pool:
        pool.submit(int).result()
        starting = time.perf_counter() - started
        costs = list(pool.map(measure, [spec for _, spec in sampled]))
    of_kind: dict[Hashable, list[Cost]] = {}
    for (key, _), cost in zip(sampled, costs, strict=True):
        of_kind.setdefault(key, []).append(cost)
    found = tuple(
        Kind(_name(members[0]), len(members), _mean(of_kind[key])) for key, members in kinds.items()
    )
    return Estimate(found, processes, starting + max(cost.loading for cost in costs))


def measure(spec: RunSpec) -> Cost:
    """Return what `spec` would take, from a few batches of training and a few test images."""
    chosen = dict(spec.detector_options)
    passes = 1
    if chosen.get("pretrain", "none") != "none":
        # Encoder and decoder on the normal half cost about what the encoder costs on both halves.
        passes = 2
        spec = replace(spec, detector_options=options({**chosen, "pretrain": "none"}))
    started = time.perf_counter()
    images, *others = training_set(spec)
    tested = int((image_set(spec, "test").labels == spec.normal_class).sum())
    loading = time.perf_counter() - started
    if spec.detector in (*TRAINED_ALONE, *UNTRAINED):
        return _without_course(spec, tested, loading)
    detector = make_detector(spec)
    with one_thread():
        few = images[: max(2 * detector.batch_size, DRAWN)]
        course = detector.prepare(few, *others)
        scale = len(images) / len(few) * course.epochs * passes
        shown = [len(batch[0]) for batch in course.epoch()]
        outcome = train(replace(course, epochs=0))
        scoring = _by_line(lambda n: detector.finish(images[:n], outcome), len(images))
        evaluation = _by_line(
            lambda n: evaluate(detector, replace(spec, test_images_per_class=n)), tested
        )
        return Cost(
            training=_seconds_of_epoch(course, shown) * scale if scale else 0.0,
            evaluation=scoring + evaluation,
            memory=provenance(0.0)["peak_memory_mib"],
            operations=_operations(course, few) * sum(shown) * scale,
            loading=loading,
        )


def _without_course(spec: RunSpec, tested: int, loading: float) -> Cost:
    """Return what a run takes whose detector trains by itself, or not at all."""
    with one_thread():
        fit = remembered(spec) if spec.detector in UNTRAINED else extrapolated(spec)
        evaluation = _by_line(
            lambda n: evaluate(fit.detector, replace(spec, test_images_per_class=n)), tested
        )
    memory = provenance(0.0)["peak_memory_mib"]
    return Cost(fit.seconds, evaluation, memory, fit.operations, loading)


def _seconds_of_epoch(course: Course, shown: Sequence[int]) -> float:
    """Return the seconds of one epoch of `course`, whose batches show so many images each.

    Only its first batches are trained on; what is trained first of all is not counted, unless it
    takes long.
    """
    # Batches are augmented together: fewer than one such lot would pay for what they do not use.
    batches = min(len(shown), math.ceil(DRAWN / course.batch_size))
    first = _seconds_of_batches(course, batches)
    if first <= LONG_SECONDS:
        batches = min(len(shown), max(batches, int(batches * LEAST_SECONDS / first)))
        first = _seconds_of_batches(course, batches)
    return first * sum(shown) / sum(shown[:batches])


def _seconds_of_batches(course: Course, batches: int) -> float:
    """Return the seconds of one pass over the first `batches`, of several if it is short."""
    part = replace(course, epochs=1, epoch=lambda: islice(course.epoch(), batches))
    started, passes = time.perf_counter(), 0
    while passes == 0 or time.perf_counter() - started < LEAST_SECONDS:
        with contextlib.suppress(NonFiniteError):  # such a run takes as long as any other
            train(part)
        passes += 1
    return (time.perf_counter() - started) / passes


def _by_line(function: Callable[[int], object], total: int) -> float:
    """Return the seconds of ``function(total)``, from calls with few images.

    The cost is a line: a fixed part, and so much for each image.
    """
    few = min(total, FEW)
    first = _timed(function, few)  # pays for what is loaded late
    if first > LONG_SECONDS:
        return first * total / few
    short = _timed(function, few)
    more = min(total, max(2 * few, int(few * LEAST_SECONDS / short)))
    long = _timed(function, more)
    if more == few:
        return long
    return long + (total - more) * max(0.0, long - short) / (more - few)


def _timed(function: Callable[[Any], object], argument: object) -> float:
    started = time.perf_counter()
    function(argument)
    return time.perf_counter() - started


def _operations(course: Course, images: Tensor) -> float:
    """Return the floating-point operations of training `course` on one image."""
    network = copy.deepcopy(course.network).to("meta")
    with FlopCounterMode(display=False) as counter:
        network(torch.empty((2, *images.shape[1:]), device="meta"))
    return BACKWARD * counter.get_total_flops() / 2


def _kind(spec: RunSpec) -> Hashable:
    # AP has a class per transform, and GEOM has 72 of them.
    transforms = (spec.augmentation, spec.augmentation_options) if spec.detector == "AP" else ()
    images = (spec.image_set, spec.images_per_class, spec.test_images_per_class, spec.size)
    chosen = [(name, value) for name, value in spec.detector_options if name not in FREE]
    others = dict(spec.outliers).get("image_set")
    return (spec.detector, tuple(chosen), images, transforms, len(spec.testbeds), others)


def _name(spec: RunSpec) -> str:
    family = f"{spec.detector}/{spec.augmentation}" if spec.detector == "AP" else spec.detector
    chosen = dict(spec.detector_options)
    budget = training_label([family], spec.size, chosen)
    others = [f"{name} {value}" for name, value in chosen.items() if name not in {*KNOWN, *FREE}]
    against = [f"outliers of {dict(spec.outliers)['image_set']}"] if spec.outliers else []
    return ", ".join([budget, *others, spec.image_set, *against])


def _spread(members: Sequence[RunSpec]) -> list[RunSpec]:
    """Return a few of `members`, evenly spread: their augmentations cost differently."""
    count = min(len(members), SAMPLED)
    return [members[(2 * place + 1) * len(members) // (2 * count)] for place in range(count)]


def _mean(costs: Sequence[Cost]) -> Cost:
    return Cost(
        training=statistics.fmean(cost.training for cost in costs),
        evaluation=statistics.fmean(cost.evaluation for cost in costs),
        memory=max(cost.memory for cost in costs),
        operations=statistics.fmean(cost.operations for cost in costs),
        loading=max(cost.loading for cost in costs),
    )
