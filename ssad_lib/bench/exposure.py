"""Training against outliers: ours against the released design of paper 003 (METHODS 11.5).

All cores train. Ours are as many runs at once as there are threads, each in a process with one
thread of its own: that is how a study is run. The released loop is one process with all threads,
beside the loading workers of both its sets. A whole run is timed as one epoch and its share of the
scoring, which both do once, at the end.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ssad_lib import rng
from ssad_lib.bench.cases import Case, Variant
from ssad_lib.bench.released_exposure import ReleasedExposure
from ssad_lib.bench.training import RELEASED, Processes, on_each, processes
from ssad_lib.detectors import DETECTORS
from ssad_lib.detectors.course import Course, train
from ssad_lib.detectors.exposed import Exposed
from ssad_lib.engine.allocator import keep_memory

METHODS = ("HSC", "BCE")
EPOCHS = 200  # of a whole run, as the paper's on CIFAR-10


@dataclass(frozen=True)
class Setting:
    """What is trained; sent to the processes. Images are random: their content costs nothing.

    Attributes
    ----------
    normals, outliers, test : int
        Numbers of images.
    width, batch_size : int
        Of the LeNet; normal images of a batch.
    """

    normals: int
    outliers: int
    test: int
    width: int
    batch_size: int


PAPER = Setting(normals=5000, outliers=10_000, test=10_000, width=32, batch_size=128)
NARROW = Setting(normals=2000, outliers=10_000, test=10_000, width=8, batch_size=128)
QUICK = Setting(normals=32, outliers=40, test=16, width=2, batch_size=16)


def cases(quick: bool) -> Iterator[Case]:
    """Yield an epoch and its share of the scoring, for each method and width."""
    settings = (QUICK,) if quick else (PAPER, NARROW)
    threads = torch.get_num_threads()
    with processes(threads, 1, keep_memory) as ours, processes(1, threads) as theirs:
        for setting in settings:
            for method in METHODS[: 1 if quick else None]:
                yield _case(setting, method, ours, theirs)


def _case(setting: Setting, method: str, ours: Processes, theirs: Processes) -> Case:
    shown = 2 * setting.batch_size * (setting.normals // setting.batch_size)
    scored = math.ceil((setting.normals + setting.test) / EPOCHS)
    return Case(
        name=f"{method}, LeNet of width {setting.width}, run of {EPOCHS} epochs",
        unit="images",
        variants=(
            Variant(
                f"ours, {len(ours)} runs at once",
                partial(on_each, ours, our_epoch, setting, method, scored),
                len(ours) * shown,
            ),
            Variant(
                RELEASED,
                partial(on_each, theirs, released_epoch, setting, method, scored),
                shown,
            ),
        ),
        repetitions=2,
        warm_up=0,
        shortest=0,
        note=f"One epoch of {shown // 2:,} normal images and as many of {setting.outliers:,} "
        f"outliers, and the scoring of {scored:,} images, its share of a run. Random images.",
    )


def our_epoch(setting: Setting, method: str, scored: int) -> None:
    """Train our detector for one epoch, then score `scored` images; called in a process."""
    detector, course, test = _our_run(setting, method)
    train(course)
    detector._scores(test[:scored])


def released_epoch(setting: Setting, method: str, scored: int) -> None:
    """Train the released loop for one epoch, then score `scored` images."""
    loop = _released_run(setting, method, scored)
    loop.train_epoch()
    loop.evaluate()


@lru_cache(maxsize=1)
def _our_run(setting: Setting, method: str) -> tuple[Exposed, Course, Tensor]:
    normals, outliers, test = (torch.from_numpy(part).float() / 255 for part in _pixels(setting))
    detector = DETECTORS[method](
        width=setting.width, epochs=1, batch_size=setting.batch_size, precision="bfloat16",
        device="cpu",
    )  # fmt: skip
    assert isinstance(detector, Exposed)
    return detector, detector.prepare(normals, outliers), test


@lru_cache(maxsize=1)
def _released_run(setting: Setting, method: str, scored: int) -> ReleasedExposure:
    normals, outliers, test = _pixels(setting)
    return ReleasedExposure(
        normals,
        outliers,
        test[:scored],
        method,
        width=setting.width,
        batch_size=setting.batch_size,
    )


@lru_cache(maxsize=1)
def _pixels(setting: Setting) -> tuple[NDArray[np.uint8], ...]:
    generator = rng.generator("bench", "exposure")
    return tuple(
        torch.randint(256, (n, 3, 32, 32), generator=generator, dtype=torch.uint8).numpy()
        for n in (setting.normals, setting.outliers, setting.test)
    )
