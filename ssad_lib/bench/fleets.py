"""Fleets of 1 to 64 against the same networks one after the other (`ssad_lib.engine.stacked`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

from ssad_lib import rng
from ssad_lib.bench.cases import Case, Variant
from ssad_lib.detectors import DAE, DeepSAD, Detector
from ssad_lib.detectors.course import Course, train
from ssad_lib.engine.stacked import train_together

SIZES = (1, 4, 16, 64)
SHAPE = (3, 32, 32)
AUGMENTATIONS = ("cutout", "flip", "invert", "rotate")

Make = Callable[[int], Detector]


def cases(quick: bool) -> Iterator[Case]:
    """Yield one case per network and fleet size: one epoch of every member, all told."""
    # Make, images of each member, largest fleet. On a CPU stacked convolutions are unfolded: 16
    # LeNets of width 32 with batches of 128 asked for more than 24 GiB.
    networks: dict[str, tuple[Make, int, int]] = {
        "LeNet of DeepSAD, width 4": (lambda m: _deep_sad(m, width=4, batch_size=32), 64, 64),
        "LeNet of DeepSAD, width 32": (lambda m: _deep_sad(m, width=32, batch_size=32), 64, 16),
        "autoencoder, width 16": (lambda m: _dae(m, width=16, batch_size=32), 64, 16),
        "autoencoder, width 64": (lambda m: _dae(m, width=64, batch_size=32), 64, 4),
    }
    for name, (make, images, largest) in list(networks.items())[: 1 if quick else None]:
        for members in (1, 2) if quick else SIZES:
            if members <= largest:
                yield _case(f"{name}, fleet of {members}", make, members, images)


def _case(name: str, make: Make, members: int, images: int) -> Case:
    together, alone = (_courses(make, members, images) for _ in range(2))
    amount = members * images
    return Case(
        name=name,
        unit="images",
        variants=(
            Variant("trained together", call=lambda: train_together(together), amount=amount),
            Variant("one after the other", call=lambda: _one_by_one(alone), amount=amount),
        ),
        repetitions=3,
        warm_up=1,
        shortest=0,
    )


def _courses(make: Make, members: int, images: int) -> list[Course]:
    return [make(member).prepare(_images(member, images)) for member in range(members)]


def _one_by_one(courses: Sequence[Course]) -> None:
    for course in courses:
        train(course)


def _images(member: int, count: int) -> Tensor:
    return torch.rand(count, *SHAPE, generator=rng.generator("bench fleets", member))


def _deep_sad(member: int, *, width: int, batch_size: int) -> Detector:
    return DeepSAD(
        AUGMENTATIONS[member % len(AUGMENTATIONS)],
        width=width,
        epochs=1,
        batch_size=batch_size,
        random_state=member,
    )


def _dae(member: int, *, width: int, batch_size: int) -> Detector:
    return DAE(
        AUGMENTATIONS[member % len(AUGMENTATIONS)],
        width=width,
        epochs=1,
        batch_size=batch_size,
        random_state=member,
    )
