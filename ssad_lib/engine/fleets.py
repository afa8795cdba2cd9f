"""Fleets: runs of one architecture and batch shape that are trained together (rule 1, METHODS 1.4).

On a GPU many small networks at once fill it; on a CPU each is trained alone, because grouped
convolutions are slower there than one network after the other (`ssad bench fleets`).
"""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Hashable, Sequence
from functools import lru_cache

import torch
from torch import Tensor, nn

from ssad_lib.detectors import LOCALISING, TRAINED_ALONE, Detector
from ssad_lib.detectors.course import Course, Outcome
from ssad_lib.engine.images import load_images
from ssad_lib.engine.outliers import training_set
from ssad_lib.engine.run import failed, finished, make_detector, one_thread, perform
from ssad_lib.engine.stacked import train_together
from ssad_lib.errors import NonFiniteError, SsadError
from ssad_lib.record import Record
from ssad_lib.spec import RunSpec

LARGEST = 64  # members; more share no further cost
MEMBERS = "SSAD_FLEET"
STATES = 4  # copies of the weights: themselves, gradients and the two moments of Adam
PASSES = 3  # copies of the activations: forward, backward, and what a kernel needs in between
SPARE = 0.8  # share of the free memory that is used

Fleet = tuple[RunSpec, ...]


def group(specs: Sequence[RunSpec], largest: int | None = None) -> list[Fleet]:
    """Return `specs` as fleets of at most `largest` members, in their order.

    Members of one fleet have the same detector and budget, the same number of training images and
    the same number of transforms, hence the same weights, batches and schedule.

    Parameters
    ----------
    specs : sequence of RunSpec
    largest : int, optional
        Default: ``SSAD_FLEET``, else 64 with a GPU and 1 without.

    Raises
    ------
    SsadError
        If the size asked for is not a whole number of at least 1.
    """
    size = fleet_size(largest)
    alike: dict[Hashable, list[RunSpec]] = {}
    for place, spec in enumerate(specs):
        together = size > 1 and spec.detector not in (*TRAINED_ALONE, *LOCALISING)
        alike.setdefault(_shape(spec) if together else place, []).append(spec)
    return [
        tuple(members[start : start + size])
        for members in alike.values()
        for start in range(0, len(members), size)
    ]


def fleet_size(asked: int | None = None) -> int:
    """Return how many runs are trained together at most."""
    wanted = asked if asked is not None else os.environ.get(MEMBERS)
    if wanted is None:
        return LARGEST if torch.cuda.is_available() else 1
    try:
        size = int(wanted)
    except ValueError:
        size = 0
    if size < 1:
        raise SsadError(f"a fleet has a whole number of members, at least 1, not '{wanted}'")
    return size


def _shape(spec: RunSpec) -> Hashable:
    """Return what two runs must share to be trained together."""
    # AP has a class per transform of its augmentation, the others do not depend on it.
    transforms = (spec.augmentation, spec.augmentation_options) if spec.detector == "AP" else ()
    images = (spec.image_set, spec.images_per_class, spec.size, _count(spec))
    return (spec.detector, spec.detector_options, images, transforms, spec.outliers)


def _count(spec: RunSpec) -> int:
    return _counts(spec.image_set, spec.images_per_class, spec.size)[spec.normal_class]


@lru_cache(maxsize=8)
def _counts(name: str, images_per_class: int, size: int) -> list[int]:
    images = load_images(name, "train", images_per_class or None, size or None)
    return [int((images.labels == label).sum()) for label in range(len(images.classes))]


def perform_fleet(specs: Fleet) -> list[Record]:
    """Train the members of a fleet together, evaluate each, and return their records.

    Where the device's memory does not hold them all, fewer are trained at a time.

    Raises
    ------
    SsadError
        If a specification cannot be run here, or not even one member fits the memory.
    """
    if len(specs) == 1:
        return [_performed_alone(specs[0])]
    try:
        return _performed(specs)
    except torch.OutOfMemoryError:
        # What failed is still held by the traceback until this block is left.
        pass
    torch.cuda.empty_cache()
    half = (len(specs) + 1) // 2
    return perform_fleet(specs[:half]) + perform_fleet(specs[half:])


def _performed_alone(spec: RunSpec) -> Record:
    try:
        return perform(spec)
    except torch.OutOfMemoryError as error:
        raise SsadError(
            f"{spec.title} does not fit the memory of the device: choose a smaller batch_size "
            "or width"
        ) from error


def _performed(specs: Fleet) -> list[Record]:
    started = time.perf_counter()
    images = {spec.key: training_set(spec) for spec in specs}
    detectors = [make_detector(spec) for spec in specs]
    with one_thread():
        courses = [
            made.prepare(*images[spec.key]) for made, spec in zip(detectors, specs, strict=True)
        ]
        most = members_that_fit(courses[0], *images[specs[0].key])
        outcomes: list[Outcome | NonFiniteError] = []
        for start in range(0, len(courses), most):
            outcomes += train_together(courses[start : start + most])
        share = (time.perf_counter() - started) / len(specs)
        return [
            _record(spec, made, outcome, images[spec.key][0], share)
            for spec, made, outcome in zip(specs, detectors, outcomes, strict=True)
        ]


def _record(
    spec: RunSpec,
    detector: Detector,
    outcome: Outcome | NonFiniteError,
    images: Tensor,
    seconds: float,
) -> Record:
    if isinstance(outcome, NonFiniteError):
        return failed(spec, outcome, seconds)
    try:
        detector.finish(images, outcome)
    except NonFiniteError as error:
        return failed(spec, error, seconds)
    return finished(spec, detector, seconds)


def members_that_fit(course: Course, *images: Tensor, free: int | None = None) -> int:
    """Return how many members like `course` the free memory of its device holds, at least 1.

    Parameters
    ----------
    course : Course
    *images : Tensor
        Its training images ``(n, C, H, W)``, normal ones and outliers.
    free : int, optional
        Bytes; default: what is free on the GPU. On a CPU nothing limits the fleet.
    """
    device = next(course.network.parameters()).device
    if free is None:
        if device.type != "cuda":
            return LARGEST
        free = torch.cuda.mem_get_info(device)[0]
    return max(1, int(SPARE * free / bytes_of_member(course, *images)))


def bytes_of_member(course: Course, *images: Tensor) -> int:
    """Return roughly how many bytes the training of one member takes on its device."""
    shape = (course.batch_size, *images[0].shape[1:])
    weights = sum(parameter.numel() for parameter in course.network.parameters())
    values = STATES * weights + PASSES * _activations(course.network, shape)
    return 4 * values + sum(part.numel() for part in images)  # which lie there as bytes


def _activations(network: nn.Module, shape: tuple[int, ...]) -> int:
    """Return how many values the layers of `network` return for a batch of this shape."""
    skeleton = copy.deepcopy(network).to("meta")
    counted = 0

    def count(layer: nn.Module, inputs: object, output: Tensor) -> None:  # noqa: ARG001
        nonlocal counted
        counted += output.numel()

    for layer in skeleton.modules():
        if not list(layer.children()):
            layer.register_forward_hook(count)
    skeleton(torch.empty(shape, device="meta"))
    return counted
