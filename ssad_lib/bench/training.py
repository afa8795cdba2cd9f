"""Training a DAE with every augmentation against the released design; steps of every network.

All cores train. Ours are as many runs at once as there are threads, each in a process with one
thread of its own: that is how a study is run. The released loop is one process with all threads,
beside its two loading workers. Scoring counts as its share of a whole run: ours is scored once, at
the end (the images it was trained on, too), the released loop after every epoch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from multiprocessing import get_context

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ssad_lib import augment, data, rng
from ssad_lib.bench import steps
from ssad_lib.bench.cases import Case, Measured, Variant
from ssad_lib.bench.released import ReleasedLoop
from ssad_lib.detectors import DAE
from ssad_lib.detectors.course import Course, train
from ssad_lib.detectors.training import evaluate
from ssad_lib.engine.allocator import keep_memory
from ssad_lib.errors import SsadError
from ssad_lib.models import ConvolutionalAutoencoder
from ssad_lib.models.autoencoder import squared_error

Pixels = NDArray[np.uint8]
Processes = Sequence[ProcessPoolExecutor]

TRAINING, WHOLE_RUN = "{}, training", "{}, run of {} epochs"
EPOCHS, FEW_EPOCHS = 256, 10  # the paper's budget; a short run, measured once
RELEASED = "released design"


@dataclass(frozen=True)
class Setting:
    """What is trained, on what; sent to the processes.

    Attributes
    ----------
    image_set : str
        ``"cifar10"``, or ``"noise"``: random images, where there is no data root.
    train, test : int
        Images of the normal class; images scored.
    width, batch_size : int
        Of the autoencoder.
    repetitions : int
        How often every case is timed.
    """

    image_set: str
    train: int
    test: int
    width: int
    batch_size: int
    repetitions: int


PAPER = Setting("cifar10", train=5000, test=10_000, width=64, batch_size=1024, repetitions=2)
QUICK = Setting("noise", train=32, test=16, width=2, batch_size=16, repetitions=2)


def cases(quick: bool) -> Iterator[Case]:
    """Yield training and whole run of every augmentation, then the steps of every network."""
    setting = QUICK if quick else PAPER
    note = ""
    if not quick and not _has_data_root():
        setting = replace(setting, image_set="noise")
        note = "No data root: random images of CIFAR-10's size. "
    threads = torch.get_num_threads()
    names = augment.names()[:2] if quick else augment.names()
    with processes(threads, 1, keep_memory) as ours, processes(1, threads) as theirs:
        for name in names:
            yield _training(setting, name, ours, theirs, note)
            yield _whole_run(setting, name, EPOCHS, ours, theirs, note)
        yield _alone(setting, names[0], ours, note)
        yield _whole_run(setting, names[0], FEW_EPOCHS, ours, theirs, note)
    yield from steps.cases(quick)


def medians(measured: Iterable[Measured]) -> dict[str, float]:
    """Return how many times as fast as the released design ours is: medians over augmentations.

    Keys are ``"training"`` and ``"whole run"`` (of `EPOCHS`).
    """
    ratios = {case.name: case.timings[-1].ratio for case in measured}
    forms = {"training": TRAINING, "whole run": WHOLE_RUN}
    return {
        key: float(
            np.median(
                [
                    ratio.median
                    for name in augment.names()
                    if (ratio := ratios.get(form.format(name, EPOCHS)))
                ]
            )
        )
        for key, form in forms.items()
    }


def _training(setting: Setting, name: str, ours: Processes, theirs: Processes, note: str) -> Case:
    """Return the case of one epoch without any scoring."""
    flops = setting.train * _flops(setting.width)
    together = partial(on_each, ours, our_epoch, setting, name, 0)
    released = partial(on_each, theirs, released_epoch, setting, name, False)
    return Case(
        name=TRAINING.format(name),
        unit="images",
        variants=(
            Variant(
                f"ours, {len(ours)} runs at once",
                together,
                len(ours) * setting.train,
                len(ours) * flops,
                "bf16",
            ),
            Variant(RELEASED, released, setting.train, flops, "fp32"),
        ),
        repetitions=setting.repetitions,
        warm_up=0,
        shortest=0,
        note=f"{note}One epoch of {setting.train:,} images.",
    )


def _alone(setting: Setting, name: str, ours: Processes, note: str) -> Case:
    """Return the case of one run with all threads against as many runs as there are threads."""
    return Case(
        name=f"{name}, one run alone",
        unit="images",
        variants=(
            Variant("one run, all threads", partial(our_epoch, setting, name, 0), setting.train),
            Variant(
                f"{len(ours)} runs at once",
                partial(on_each, ours, our_epoch, setting, name, 0),
                len(ours) * setting.train,
            ),
        ),
        repetitions=setting.repetitions,
        warm_up=1,  # this process has not loaded the images yet
        shortest=0,
        note=f"{note}One epoch of {setting.train:,} images.",
    )


def _whole_run(
    setting: Setting, name: str, epochs: int, ours: Processes, theirs: Processes, note: str
) -> Case:
    """Return the case of one epoch and its share of all scoring in a run of `epochs`."""
    share = math.ceil((setting.train + setting.test) / epochs)
    together = partial(on_each, ours, our_epoch, setting, name, share)
    released = partial(on_each, theirs, released_epoch, setting, name, True)
    return Case(
        name=WHOLE_RUN.format(name, epochs),
        unit="images",
        variants=(
            Variant(f"ours, {len(ours)} runs at once", together, len(ours) * setting.train),
            Variant(RELEASED, released, setting.train),
        ),
        repetitions=setting.repetitions,
        warm_up=0,
        shortest=0,
        note=f"{note}One epoch and its share of the scoring: {share:,} images, one {epochs}th of "
        f"what a run scores, against {setting.test:,} after every epoch.",
    )


@contextmanager
def processes(
    count: int, threads: int, start: Callable[[], None] | None = None
) -> Iterator[Processes]:
    """Start `count` processes with `threads` each; each is a pool of one, to be spoken to alone."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                ProcessPoolExecutor(1, get_context("spawn"), _begin, (threads, start))
            )
            for _ in range(count)
        ]


def _begin(threads: int, start: Callable[[], None] | None) -> None:
    torch.set_num_threads(threads)
    if start:
        start()


def on_each(processes: Processes, work: Callable[..., None], *arguments: object) -> None:
    """Do the same work in every process at once and wait for all."""
    for done in [process.submit(work, *arguments) for process in processes]:
        done.result()


def our_epoch(setting: Setting, augmentation: str, scored: int) -> None:
    """Train our DAE for one epoch, then score `scored` images; called in a process."""
    course, images = _our_run(setting, augmentation)
    network = course.network
    train(course)
    if scored:
        evaluate(network, lambda batch: squared_error(network(batch), batch), images[:scored])


def released_epoch(setting: Setting, augmentation: str, scored: bool) -> None:
    """Train the released loop for one epoch, then score all test images if `scored`."""
    loop = _released_run(setting, augmentation)
    loop.train_epoch()
    if scored:
        loop.evaluate()


@lru_cache(maxsize=1)
def _our_run(setting: Setting, augmentation: str) -> tuple[Course, Tensor]:
    """Return what trains, and the test images as a detector takes them."""
    normals, test = (torch.from_numpy(pixels).float() / 255 for pixels in _pixels(setting))
    detector = DAE(
        augmentation,
        width=setting.width,
        epochs=1,
        batch_size=setting.batch_size,
        precision="bfloat16",
        device="cpu",
    )
    return detector.prepare(normals), test


@lru_cache(maxsize=1)
def _released_run(setting: Setting, augmentation: str) -> ReleasedLoop:
    return ReleasedLoop(
        *_pixels(setting), augmentation, width=setting.width, batch_size=setting.batch_size
    )


@lru_cache(maxsize=1)
def _pixels(setting: Setting) -> tuple[Pixels, Pixels]:
    """Return the normal images of the training part and the images of the test part."""
    if setting.image_set == "noise":
        generator = rng.generator("bench", "training")
        train_set, test_set = (
            torch.randint(256, (n, 3, 32, 32), generator=generator, dtype=torch.uint8).numpy()
            for n in (setting.train, setting.test)
        )
        return train_set, test_set
    normals = data.load(setting.image_set, split="train").of_class(0)[: setting.train]
    return normals, np.array(data.load(setting.image_set, split="test").images[: setting.test])


def _has_data_root() -> bool:
    try:
        data.load(PAPER.image_set, split="test", images_per_class=1)
    except SsadError:
        return False
    return True


@lru_cache(maxsize=1)
def _flops(width: int) -> float:
    """Return the floating-point operations of a training step, for each image."""
    with torch.device("meta"):
        network, images = ConvolutionalAutoencoder(3, 32, width), torch.empty(2, 3, 32, 32)
    return steps.flops(network, lambda output: output.mean(), (images,)) / len(images)
