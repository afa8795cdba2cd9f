"""One run: load, train, score every task once, measure; the unit of work of a study."""

from __future__ import annotations

import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from torch import Tensor

import ssad_lib
from ssad_lib import metrics, paths, processor, tasks
from ssad_lib.detectors import AUGMENTED as TAKES_AUGMENTATION
from ssad_lib.detectors import DETECTORS, EXPOSED, Detector, course
from ssad_lib.engine import localisation, measures
from ssad_lib.engine.images import (
    image_set,
    tested_images,
    unlabelled_images,
    untouched,
)
from ssad_lib.engine.outliers import training_set
from ssad_lib.errors import NonFiniteError, SsadError, unknown
from ssad_lib.record import NORMAL, Record, TaskResult
from ssad_lib.rng import seed_of
from ssad_lib.spec import RunSpec


def perform(spec: RunSpec) -> Record:
    """Train and evaluate one run and return its record; what is not finite fails the record.

    On the CPU one thread computes, whatever the caller's setting: the number of threads changes
    the order of floating-point sums, and the result must depend on the specification alone.

    Raises
    ------
    SsadError
        If the specification cannot be run here (unknown detector, missing data).
    """
    started = time.perf_counter()
    try:
        detector = train(spec)
    except NonFiniteError as error:
        return failed(spec, error, time.perf_counter() - started)
    return finished(spec, detector, time.perf_counter() - started)


def finished(spec: RunSpec, detector: Detector, training_seconds: float) -> Record:
    """Return the record of `spec` from its trained detector: every task scored, once."""
    started = time.perf_counter()
    try:
        with one_thread():
            scores, results = evaluate(detector, spec)
            measured = measures.of_run(detector, scores) | localisation.of_run(detector, spec)
    except NonFiniteError as error:
        return failed(spec, error, training_seconds + time.perf_counter() - started)
    curve = tuple(getattr(detector, "loss_curve_", ()))
    seconds = training_seconds + time.perf_counter() - started
    return Record(spec, results, curve, provenance(seconds), scores, measured)


def failed(spec: RunSpec, error: NonFiniteError, seconds: float) -> Record:
    """Return the record of a run that became NaN or infinite."""
    return Record(spec, (), (), provenance(seconds), error=str(error))


def train(spec: RunSpec) -> Detector:
    """Return the detector of `spec`, trained; always the same bits for the same specification.

    Raises
    ------
    SsadError
        If the specification cannot be run here.
    NonFiniteError
        If the training loss became NaN or infinite.
    """
    normals, *others = training_set(spec)
    with one_thread():
        if spec.unlabelled:
            return make_detector(spec).fit(normals, unlabelled_images(spec))
        if not others:
            return make_detector(spec).fit(normals)
        # As `fit`, without the scores of the outliers, which no record has.
        detector = make_detector(spec)
        detector.finish(normals, course.train(detector.prepare(normals, *others)))
        return detector


def make_detector(spec: RunSpec) -> Detector:
    """Return the untrained detector that `spec` describes, seeded by `random_state`."""
    if spec.detector not in DETECTORS:
        raise unknown("detector", spec.detector, DETECTORS)
    if spec.outliers and spec.detector not in EXPOSED:
        raise SsadError(
            f"detector {spec.detector} learns from no outliers: use {', '.join(EXPOSED)}"
        )
    settings: dict[str, Any] = {
        **dict(spec.detector_options),
        "random_state": random_state(spec),
    }
    if spec.detector in TAKES_AUGMENTATION:
        settings["augmentation"] = spec.augmentation
        settings["augmentation_options"] = dict(spec.augmentation_options)
    try:
        return DETECTORS[spec.detector](**settings)
    except TypeError as error:
        raise SsadError(f"detector {spec.detector}: {error}") from error


def random_state(spec: RunSpec) -> int:
    """Return what decides weights, batch order and augmentation draws of `spec` (rule 9).

    Only the image set, the normal class and the seed: runs that share these three differ in what
    their specifications differ in, and in nothing else. AE is bitwise DAE with Identity, two
    augmentations start from the same weights and see the same batches, and other test images leave
    the network as it is.
    """
    return seed_of("run", spec.image_set, spec.normal_class, spec.seed)


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute on one CPU thread inside the block and restore the setting after it.

    The linear algebra of NumPy and SciPy, too: on a busy machine its waiting threads made a small
    logistic regression ten times as slow.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1):
            yield
    finally:
        torch.set_num_threads(before)


def evaluate(
    detector: Detector, spec: RunSpec
) -> tuple[dict[str, NDArray[np.float32]], tuple[TaskResult, ...]]:
    """Return the raw scores of `detector` on every task of `spec`, and what they measure.

    Raises
    ------
    NonFiniteError
        If a score is NaN or infinite.
    """
    groups = tested_images(spec)
    if not getattr(detector, "transductive", True):
        groups = untouched(groups, detector.tuned_on_)
    scores = _scores(detector, groups)
    trained_on = tasks.normal_images(image_set(spec, "train"), spec.normal_class)
    scores |= measures.reconstructions(detector, spec, groups, trained_on)
    scores |= measures.histories(detector) | localisation.pictures(detector, spec)
    for name, values in scores.items():
        if not np.isfinite(values).all():
            raise NonFiniteError(
                f"the scores of '{name}' became NaN or infinite: lower the learning rate"
            )
    embeddings = measures.embed(detector, groups | measures.shown(detector, spec, trained_on))
    pixels = localisation.of_tasks(detector, spec, groups)
    results = tuple(
        _measure(
            name,
            scores,
            measures.of_task(name, detector, scores, embeddings) | pixels.get(name, {}),
        )
        for name in groups
        if measures.is_task(name)
    )
    return scores, results


def _scores(detector: Detector, groups: dict[str, Tensor]) -> dict[str, NDArray[np.float32]]:
    """Return the score of ``decision_function`` by group, and the others as ``kind/group``.

    All images go through the network in one pass: many small groups would make many odd batches.
    """
    ends = np.cumsum([len(images) for images in groups.values()])[:-1]
    scores: dict[str, NDArray[np.float32]] = {}
    for kind, values in detector.score_kinds(torch.cat(list(groups.values()))).items():
        prefix = f"{kind}/" if kind in detector.other_scores else ""
        parts = np.split(values, ends)
        scores |= {f"{prefix}{name}": part for name, part in zip(groups, parts, strict=True)}
    return scores


def _measure(
    name: str, scores: dict[str, NDArray[np.float32]], measured: dict[str, float]
) -> TaskResult:
    testbed, anomaly = name.split("/", 1)
    labels, values = metrics.labelled(scores[NORMAL], scores[name])
    return TaskResult(
        testbed=testbed,
        anomaly=anomaly,
        auc=metrics.auroc(labels, values),
        average_precision=metrics.average_precision(labels, values),
        normals=len(scores[NORMAL]),
        anomalies=len(scores[name]),
        measures=measured,
    )


def provenance(seconds: float) -> dict[str, Any]:
    """Return where, when and by what a run that took so many `seconds` was made."""
    gpu = torch.cuda.is_available()
    return {
        "seconds": round(seconds, 3),
        "peak_memory_mib": round(_peak_memory() / 2**20),
        "version": ssad_lib.__version__,
        "commit": commit(),
        "torch": torch.__version__,
        "python": platform.python_version(),
        "device": torch.cuda.get_device_name() if gpu else processor.model(),
        "instructions": processor.instruction_sets(),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _peak_memory() -> int:
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated()
    if sys.platform == "win32":
        return 0  # the standard library cannot tell there
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


@lru_cache(maxsize=1)
def commit() -> str:
    """Return the commit of the checkout the library runs from, or "" outside of one."""
    if not (paths.PACKAGE.parent / ".git").exists():
        return ""
    answer = subprocess.run(  # noqa: S603
        ["git", "-C", str(paths.PACKAGE.parent), "describe", "--always", "--dirty", "--abbrev=12"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.strip()
