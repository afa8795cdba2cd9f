"""What a detector costs whose training is no course: short fits on few images, continued.

ST-SSAD and its baselines take, for each start, a fixed part, so much for each epoch and image, and
so much for each iteration of tuning. A detector that trains no network takes so much an image.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any, NamedTuple

import torch
from torch.utils.flop_counter import FlopCounterMode

from ssad_lib.detectors import Detector
from ssad_lib.detectors.gaussian import GaussianDetector
from ssad_lib.engine.images import training_images, unlabelled_images
from ssad_lib.engine.run import make_detector
from ssad_lib.models.resnet import make
from ssad_lib.rng import generator
from ssad_lib.spec import RunSpec, options

FEW_BATCHES = 2  # training images of a short fit
FEW_REMEMBERED = 16  # training images of a fit without training
BACKWARD = 3  # forward and backward cost three times the forward pass
# Images that a differentiable step and its look-ahead pass through the network, in batches: two
# halves with a graph of their gradient (twice an ordinary step), and three sets to be embedded.
SECOND_ORDER = 7


class Fit(NamedTuple):
    """A detector after a short fit, and what the whole one would take."""

    detector: Detector
    seconds: float
    operations: float


def extrapolated(spec: RunSpec) -> Fit:
    """Return a detector of `spec` after a short fit; seconds and operations of the whole fit."""
    chosen = dict(spec.detector_options)
    starts = len(chosen["initial"]) if "initial" in chosen else 1  # type: ignore[arg-type]
    named: tuple[str, ...] = ("epochs", "iterations")
    lengths = {name: int(chosen[name]) for name in named if name in chosen}  # type: ignore[arg-type]
    count = len(training_images(spec))
    none = dict.fromkeys(lengths, 0)
    _short(spec, none)  # pays for what is loaded late
    detector, base, few = _short(spec, none)
    seconds = base * count / few
    for name, whole in lengths.items():
        if whole:
            detector, longer, few = _short(spec, {**none, name: 1})
            scale = count / few if name == "epochs" else 1.0
            seconds += max(0.0, longer - base) * scale * whole
    return Fit(detector, seconds * starts, _operations(spec, count) * starts)


def remembered(spec: RunSpec) -> Fit:
    """Return a detector of `spec` after a fit on few images; seconds of the whole fit."""
    images = training_images(spec)
    few = images[:FEW_REMEMBERED]
    detector = make_detector(spec).fit(few)  # pays for what is loaded late
    started = time.perf_counter()
    detector.fit(few)
    return Fit(detector, (time.perf_counter() - started) * len(images) / len(few), 0.0)


def _short(spec: RunSpec, lengths: dict[str, int]) -> tuple[GaussianDetector, float, int]:
    """Return one start's detector after a short fit, its seconds, and how many images it saw."""
    chosen: dict[str, Any] = {**dict(spec.detector_options), **lengths}
    if "initial" in chosen:
        chosen["initial"] = chosen["initial"][:1]
    few = training_images(spec)[: FEW_BATCHES * chosen["batch_size"]]
    unlabelled = unlabelled_images(spec)[-len(few) :] if spec.unlabelled else None
    detector = make_detector(replace(spec, detector_options=options(chosen)))
    assert isinstance(detector, GaussianDetector)
    started = time.perf_counter()
    detector.fit(few, unlabelled)
    return detector, time.perf_counter() - started, len(few)


def _operations(spec: RunSpec, count: int) -> float:
    """Return roughly the floating-point operations of one start."""
    chosen: dict[str, Any] = dict(spec.detector_options)
    image = training_images(spec)[:2].to("meta")
    network = make(chosen["network"], generator("operations"), small_stem=False).to("meta")
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(image)
    tuning = chosen.get("iterations", 0) * chosen["batch_size"]
    shown = 2 * chosen["epochs"] * count + tuning * (2 * chosen.get("updates", 0) + SECOND_ORDER)
    return BACKWARD * counter.get_total_flops() / len(image) * shown
