"""Training steps alone, network by network: ours in both precisions against a plain loop.

All see the same batches, made before: no augmentation, no loading.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from ssad_lib import rng
from ssad_lib.bench.cases import Case, Variant
from ssad_lib.detectors import AP, DAE, DeepSAD, Detector
from ssad_lib.detectors.course import Batch, Course, train

Make = Callable[[str], Detector]
"""Makes a detector of one epoch that trains at a precision."""


def cases(quick: bool) -> Iterator[Case]:
    """Yield a few steps of the networks of paper 000, and of a narrow autoencoder."""
    size = 8 if quick else 256
    networks: dict[str, Make] = {
        "autoencoder, width 64": partial(_dae, 64, 4 * size),
        "autoencoder, width 16": partial(_dae, 16, size),
        "LeNet of DeepSAD, width 32": partial(_deep_sad, size // 2),
        "WideResNet 10-4": partial(_ap, size // 2),
    }
    for name, make in list(networks.items())[slice(1, 2) if quick else slice(None)]:
        yield _case(name, make, count=2)


def flops(network: nn.Module, loss: Callable[..., Tensor], batch: Batch) -> float:
    """Return the floating-point operations of a forward and a backward pass; computes neither."""
    shown, *targets = (tensor.to("meta") for tensor in batch)
    with FlopCounterMode(display=False) as counter:
        loss(copy.deepcopy(network).to("meta")(shown), *targets).backward()
    return float(counter.get_total_flops())


def _case(name: str, make: Make, count: int) -> Case:
    """Return the case of `count` steps of the network that a detector trains."""
    images = torch.rand(make("float32").batch_size * count, 3, 32, 32, generator=_generator())
    courses = {name: make(name).prepare(images) for name in ("bfloat16", "float32")}
    exact = courses["float32"]
    batches = list(itertools.islice(exact.epoch(), count))
    plain = copy.deepcopy(exact.network).to(memory_format=torch.contiguous_format)
    work = flops(plain, exact.loss, batches[0]) * count
    amount = sum(len(shown) for shown, *_ in batches)
    ours = [
        Variant(
            f"ours, {name}",
            partial(train, replace(course, epoch=lambda: iter(batches))),
            amount,
            work,
            "bf16" if name == "bfloat16" else "fp32",
        )
        for name, course in courses.items()
    ]
    return Case(
        name=f"{name}, steps of {len(batches[0][0]):,}",
        unit="images",
        variants=(
            *ours,
            Variant("plain loop, float32", partial(_plain, plain, exact, batches), amount, work),
        ),
        repetitions=5,
        shortest=0,
    )


def _plain(network: nn.Module, course: Course, batches: Sequence[Batch]) -> None:
    """Train as a tutorial does: no memory order, no fused optimiser, no precision."""
    optimizer = torch.optim.Adam(
        network.parameters(), lr=course.rate(0), weight_decay=course.weight_decay
    )
    network.train()
    for shown, *targets in batches:
        loss = course.loss(network(shown), *targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def _generator() -> torch.Generator:
    return rng.generator("bench", "steps")


def _dae(width: int, batch_size: int, precision: str) -> Detector:
    return DAE("identity", width=width, epochs=1, batch_size=batch_size, precision=precision)


def _deep_sad(batch_size: int, precision: str) -> Detector:
    return DeepSAD("flip", epochs=1, batch_size=batch_size, precision=precision)


def _ap(batch_size: int, precision: str) -> Detector:
    return AP("rotate", views=4, batch_size=batch_size, precision=precision)
