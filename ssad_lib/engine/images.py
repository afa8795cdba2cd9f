"""The images of a run: its training normals, the test images of its tasks, their fingerprint."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ssad_lib import data, tasks
from ssad_lib.data.catalogue import EMBEDDED
from ssad_lib.errors import SsadError, unknown
from ssad_lib.record import NORMAL
from ssad_lib.spec import RunSpec


def training_images(spec: RunSpec) -> Tensor:
    """Return the normal training images of `spec`, ``(n, C, H, W)`` in [0, 1].

    Raises
    ------
    SsadError
        If the images on disk are not those the specification was made for.
    """
    images, test = image_set(spec, "train"), image_set(spec, "test")
    check_fingerprint(spec, images.fingerprint, test.fingerprint)
    return tasks.normal_images(images, spec.normal_class)


def tested_images(spec: RunSpec) -> dict[str, Tensor]:
    """Return the test images of `spec` by name of their score group: normals, then each task's.

    Raises
    ------
    SsadError
        If `spec` is tuned on a task that is none of its testbeds'.
    """
    test = image_set(spec, "test")
    groups = {NORMAL: tasks.normal_images(test, spec.normal_class)}
    for testbed in spec.testbeds:
        chosen = (test, spec.normal_class, testbed, spec.seed, spec.source)
        for name, images in tasks.anomalies(*chosen):
            # CutOut and the like stay in [0, 1] up to the last bit of float32.
            groups[f"{testbed}/{name}"] = images.clamp(0, 1)
    if not spec.unlabelled:
        return groups
    if spec.unlabelled not in groups:
        raise unknown("task", spec.unlabelled, [name for name in groups if name != NORMAL])
    return {NORMAL: groups[NORMAL], spec.unlabelled: groups[spec.unlabelled]}


def untouched(groups: dict[str, Tensor], seen: NDArray[np.int64]) -> dict[str, Tensor]:
    """Return `groups` without the images whose places among all of them, in order, are `seen`."""
    ends = np.cumsum([len(images) for images in groups.values()])
    kept = np.setdiff1d(np.arange(ends[-1]), seen)
    return {
        name: images[torch.from_numpy(kept[(kept >= end - len(images)) & (kept < end)] - end)]
        for (name, images), end in zip(groups.items(), ends, strict=True)
    }


def unlabelled_images(spec: RunSpec) -> Tensor:
    """Return the test images that `spec` tunes on, normal and anomalous, ``(N, C, H, W)``.

    Raises
    ------
    SsadError
        If the task that it names is none of its testbeds'.
    """
    return torch.cat(list(tested_images(spec).values()))


def image_set(spec: RunSpec, split: str) -> data.ImageSet:
    """Return the train or test images of `spec` (kept for the next run of this process)."""
    count = spec.images_per_class if split == "train" else spec.test_images_per_class
    return load_images(spec.image_set, split, count or None, spec.size or None)


@lru_cache(maxsize=8)
def load_images(
    name: str, split: str, images_per_class: int | None, size: int | None
) -> data.ImageSet:
    """Return one split of an image set (kept for the next run of this process)."""
    return data.load(name, split=split, images_per_class=images_per_class, size=size)


def content(name: str, images_per_class: int, test_images_per_class: int, size: int) -> str:
    """Return the fingerprint of the train and test images that a study uses."""
    known = _drawn if name.partition(":")[0] in EMBEDDED else _found
    parts = [
        known(name, split, count or None, size or None)
        for split, count in (("train", images_per_class), ("test", test_images_per_class))
    ]
    return fingerprint(*parts)


def _found(name: str, split: str, images_per_class: int | None, size: int | None) -> str:
    return load_images(name, split, images_per_class, size).fingerprint


# Embedded images are decided by what they are asked for with, and take long to draw: a scorecard
# asks for the same hundreds of times. Files may change while a kernel lives.
_drawn = lru_cache(maxsize=None)(_found)


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
