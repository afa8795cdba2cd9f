"""What one network is trained on, epoch by epoch, and the loop that trains it alone.

A detector describes its training as a `Course`; `train` takes it alone, and
`ssad_lib.engine.stacked.train_together` takes many of them at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ssad_lib.errors import NonFiniteError, SsadError

PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}
DRAWN = 512  # images augmented in one call: fewer pay for the calls, more no longer fit the cache

Batch = tuple[Tensor, ...]
"""What the network sees, then what its loss needs beside the output."""


@dataclass(frozen=True)
class Course:
    """All that decides a training, once the weights are there.

    Attributes
    ----------
    network : torch.nn.Module
        Trained in place, on the device of its batches.
    loss : callable
        Mean loss of a batch from the network's output and the rest of the batch; elementwise and
        reductions only, so that many networks can be trained at once.
    epoch : callable
        Yields the batches of the next epoch.
    epochs : int
    batch_size : int
        Images that the network sees in a full batch.
    rate : callable
        Learning rate of an epoch, counted from 0.
    weight_decay : float
        Coupled, as in Adam's first form.
    precision : {"float32", "bfloat16"}
        Of the products; weights, statistics and losses stay in float32.
    minimised : str
        What the loss is called in messages.
    """

    network: nn.Module
    loss: Callable[..., Tensor]
    epoch: Callable[[], Iterator[Batch]]
    epochs: int
    batch_size: int
    rate: Callable[[int], float]
    weight_decay: float = 0.0
    precision: str = "float32"
    minimised: str = "training loss"

    def check(self, name: str, value: float, epoch: int) -> None:
        """Raise `NonFiniteError` if `value`, called `name`, of an epoch is not finite."""
        if not math.isfinite(value):
            raise NonFiniteError(
                f"the {name} became {value} in epoch {epoch + 1} of {self.epochs}: "
                f"lower learning_rate ({self.rate(0):g})"
            )


@dataclass(frozen=True)
class Outcome:
    """What a training leaves beside the weights.

    Attributes
    ----------
    loss_curve : list of float
        Mean training loss of each epoch.
    largest_gradient : float
        Largest norm of the whole gradient in any step; 0 without a step.
    """

    loss_curve: list[float]
    largest_gradient: float


def train(course: Course) -> Outcome:
    """Train the network of `course`, leave it in evaluation mode, return how it went.

    Raises
    ------
    NonFiniteError
        If the loss or the gradient became NaN or infinite.
    """
    parameters = list(course.network.parameters())
    optimizer = adam(parameters, course)
    device = parameters[0].device
    largest = torch.zeros((), device=device)
    curve: list[float] = []
    course.network.train()
    for epoch in range(course.epochs):
        set_rate(optimizer, course.rate(epoch))
        total, count = torch.zeros((), dtype=torch.float64, device=device), 0
        for shown, *targets in course.epoch():
            with computing(course, device):
                output = course.network(shown)
            loss = course.loss(output.float(), *targets)
            optimizer.zero_grad()
            loss.backward()
            gradients = [p.grad for p in parameters if p.grad is not None]
            largest = torch.maximum(largest, torch.nn.utils.get_total_norm(gradients))
            optimizer.step()
            total += loss.detach().double() * len(shown)
            count += len(shown)
        curve.append(float(total) / count)
        course.check(course.minimised, curve[-1], epoch)
        course.check("gradient", float(largest), epoch)
    course.network.eval()
    return Outcome(curve, float(largest))


def adam(parameters: Sequence[Tensor], course: Course) -> torch.optim.Adam:
    """Return the optimiser of `course`; one fused call for all parameters."""
    return torch.optim.Adam(
        parameters, lr=course.rate(0), weight_decay=course.weight_decay, fused=True
    )


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Give every parameter of `optimizer` the learning rate `rate`."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def computing(course: Course, device: torch.device) -> torch.autocast:
    """Return the context in which the network of `course` computes at its precision."""
    dtype = PRECISIONS[course.precision]
    return torch.autocast(device.type, dtype, enabled=dtype is not torch.float32)


def check_precision(precision: str) -> None:
    """Raise `SsadError` unless `precision` is known."""
    if precision not in PRECISIONS:
        raise SsadError(f"precision must be {' or '.join(PRECISIONS)}, not '{precision}'")


def resident(images: Tensor, device: torch.device) -> Callable[[Tensor], Tensor]:
    """Return a function that takes images ``(n, C, H, W)`` by index, from `device`.

    On a GPU they lie as bytes where that loses nothing, a quarter of the memory.
    """
    kept = images.to(device)
    if device.type == "cuda":
        as_bytes = (kept * 255).round().to(torch.uint8)
        if torch.equal(as_bytes.float() / 255, kept):
            return lambda index: as_bytes[index.to(device)].float() / 255
    return lambda index: kept[index.to(device)]


def chunks(parts: list[Tensor]) -> Iterator[list[Tensor]]:
    """Yield consecutive batches of indices, at least `DRAWN` in all, to be augmented together."""
    held: list[Tensor] = []
    for part in parts:
        held.append(part)
        if sum(map(len, held)) >= DRAWN:
            yield held
            held = []
    if held:
        yield held


def cut(images: Tensor, parts: list[Tensor]) -> tuple[Tensor, ...]:
    """Cut `images` into the batches of `parts`, in the memory order the networks want."""
    return images.contiguous(memory_format=torch.channels_last).split([len(p) for p in parts])
