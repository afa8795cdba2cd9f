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

import ssad_lib
from ssad_lib import data, metrics, paths, tasks
from ssad_lib.detectors import AE, DAE, Detector, NonFiniteError
from ssad_lib.errors import SsadError, unknown
from ssad_lib.record import NORMAL, Record, TaskResult
from ssad_lib.rng import seed_of
from ssad_lib.spec import RunSpec

DETECTORS = ("AE", "DAE")


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
    with one_thread():
        train, test = image_set(spec, "train"), image_set(spec, "test")
        check_fingerprint(spec, train.fingerprint, test.fingerprint)
        detector = make_detector(spec)
        try:
            detector.fit(tasks.normal_images(train, spec.normal_class))
            scores = _scores(detector, test, spec)
        except NonFiniteError as error:
            return Record(spec, (), (), provenance(started), error=str(error))
    results = tuple(_measure(name, scores) for name in scores if name != NORMAL)
    curve = tuple(getattr(detector, "loss_curve_", ()))
    return Record(spec, results, curve, provenance(started), scores)


def make_detector(spec: RunSpec) -> Detector:
    """Return the untrained detector that `spec` describes, seeded by its key."""
    settings: dict[str, Any] = {
        **dict(spec.detector_options),
        "random_state": seed_of("run", spec.key),
    }
    try:
        if spec.detector == "AE":
            return AE(**settings)
        if spec.detector == "DAE":
            return DAE(
                spec.augmentation,
                augmentation_options=dict(spec.augmentation_options),
                **settings,
            )
    except TypeError as error:
        raise SsadError(f"detector {spec.detector}: {error}") from error
    raise unknown("detector", spec.detector, DETECTORS)


def image_set(spec: RunSpec, split: str) -> data.ImageSet:
    """Return the train or test images of `spec` (kept for the next run of this process)."""
    count = spec.images_per_class if split == "train" else spec.test_images_per_class
    return _load(spec.image_set, split, count or None, spec.size or None)


@lru_cache(maxsize=4)
def _load(name: str, split: str, images_per_class: int | None, size: int | None) -> data.ImageSet:
    return data.load(name, split=split, images_per_class=images_per_class, size=size)


def fingerprint(train: str, test: str) -> str:
    """Return the one fingerprint of both splits that enters a specification."""
    return f"{train}+{test}"


def check_fingerprint(spec: RunSpec, train: str, test: str) -> None:
    """Raise `SsadError` if the images on disk are not those the specification was made for."""
    if spec.fingerprint != fingerprint(train, test):
        raise SsadError(
            f"image set '{spec.image_set}' has changed since the study was planned: its content "
            "no longer matches the run specification; start the study again"
        )


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute on one CPU thread inside the block and restore the setting after it."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _scores(
    detector: Detector, test: data.ImageSet, spec: RunSpec
) -> dict[str, np.ndarray[Any, np.dtype[np.float32]]]:
    scores = {NORMAL: detector.decision_function(tasks.normal_images(test, spec.normal_class))}
    for testbed in spec.testbeds:
        for name, images in tasks.anomalies(test, spec.normal_class, testbed, spec.seed):
            # CutOut and the like stay in [0, 1] up to the last bit of float32.
            scores[f"{testbed}/{name}"] = detector.decision_function(images.clamp(0, 1))
    for name, values in scores.items():
        if not np.isfinite(values).all():
            raise NonFiniteError(
                f"the scores of '{name}' became NaN or infinite: lower the learning rate"
            )
    return scores


def _measure(name: str, scores: dict[str, np.ndarray[Any, np.dtype[np.float32]]]) -> TaskResult:
    testbed, anomaly = name.split("/", 1)
    normal, anomalous = scores[NORMAL], scores[name]
    labels = np.r_[np.zeros(len(normal), int), np.ones(len(anomalous), int)]
    values = np.concatenate([normal, anomalous])
    return TaskResult(
        testbed=testbed,
        anomaly=anomaly,
        auc=metrics.auroc(labels, values),
        average_precision=metrics.average_precision(labels, values),
        normals=len(normal),
        anomalies=len(anomalous),
    )


def provenance(started: float) -> dict[str, Any]:
    """Return where, when and by what a run that began at `started` (perf_counter) was made."""
    gpu = torch.cuda.is_available()
    return {
        "seconds": round(time.perf_counter() - started, 3),
        "peak_memory_mib": round(_peak_memory() / 2**20),
        "version": ssad_lib.__version__,
        "commit": commit(),
        "torch": torch.__version__,
        "python": platform.python_version(),
        "device": torch.cuda.get_device_name() if gpu else platform.processor() or "cpu",
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
