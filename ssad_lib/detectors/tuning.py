"""Tunes an augmentation from one initialisation: warm start, then alternating updates.

Source: paper 001, Algorithm 1 and Appendix C.1; METHODS 9.5.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from ssad_lib import rng
from ssad_lib.augment.tunable import Tunable
from ssad_lib.detectors.bilevel import Descent, Loss, Student, look_ahead
from ssad_lib.detectors.training import full_batches
from ssad_lib.errors import NonFiniteError
from ssad_lib.models.resnet import Discriminator

WINDOW = 10  # iterations whose mean loss decides


@dataclass(frozen=True)
class Schedule:
    """The budget of a tuning.

    Attributes
    ----------
    epochs : int
        Of the warm start, at the initial hyper-parameters.
    iterations : int
        Updates of the hyper-parameters, at most.
    updates : int
        Of the detector for each of them.
    patience : int
        Iterations without a smaller loss after which it stops.
    batch_size : int
        Of training, augmented and unlabelled images, each.
    tuning_rate : float
        Of Adam on the hyper-parameters.
    second_order : bool
        Whether their gradient goes through the detector's step.
    """

    epochs: int
    iterations: int
    updates: int
    patience: int
    batch_size: int
    tuning_rate: float
    second_order: bool


@dataclass(frozen=True)
class Tuned:
    """What tuning from one initialisation left.

    Attributes
    ----------
    network : Discriminator
        Of the iteration with the smallest mean loss, in evaluation mode.
    values : Tensor
        The hyper-parameters that it was trained with.
    history : list of dict
        For each iteration ``training_loss``, ``validation_loss`` and the hyper-parameters.
    warm_losses : list of float
        Mean training loss of each epoch of the warm start.
    best : int
        The iteration taken, -1 if there was none.
    """

    network: Discriminator
    values: Tensor
    history: list[dict[str, float]]
    warm_losses: list[float]
    best: int


def tune(
    network: Discriminator,
    operation: Tunable,
    initial: Tensor,
    images: Tensor,
    unlabelled: Tensor,
    loss: Loss,
    descent: Descent,
    schedule: Schedule,
    random_state: int,
) -> Tuned:
    """Tune `operation` from the values `initial` and return the best state.

    Parameters
    ----------
    network : Discriminator
        Trained in place, on the device of the images.
    operation : CutDiff or Rotation
    initial : Tensor
        Values of `operation`.
    images, unlabelled : Tensor, shapes (n, C, H, W), (k, C, H, W)
        Normal images, and those the augmentation is to match.
    loss : callable
        The validation loss.
    descent, schedule : Descent, Schedule
    random_state : int
        Decides batches and draws: initialisations differ in nothing else.

    Raises
    ------
    NonFiniteError
        If a loss or a hyper-parameter became NaN or infinite.
    """
    student = Student(network, descent)
    shown = _Shown(operation, images, unlabelled, schedule.batch_size, random_state)
    values = operation.bounded(initial, shown.shape).to(images).requires_grad_()
    adam = torch.optim.Adam([values], lr=schedule.tuning_rate)
    warm_losses = _warm_start(student, shown, values, schedule.epochs)
    best = _Best(student, values, schedule.patience)
    history: list[dict[str, float]] = []
    while len(history) < schedule.iterations and not best.is_old:
        for _ in range(schedule.updates - 1):
            student.learn(*shown.pair(values))
        found = look_ahead(student, shown, values, loss, second_order=schedule.second_order)
        student.take(found.weights, found.velocity)
        history.append(
            {
                "training_loss": float(found.training_loss),
                "validation_loss": float(found.validation_loss),
                **operation.hyperparameters(values),
            }
        )
        _check(history[-1], descent)
        best.offer(history)
        values.grad = found.gradient
        adam.step()
        with torch.no_grad():
            values.copy_(operation.bounded(values, shown.shape))
    return Tuned(*best.restored(), history, warm_losses, best.iteration)


class _Shown:
    """Draws what the student sees: normal images, how they are augmented, unlabelled images."""

    def __init__(
        self,
        operation: Tunable,
        images: Tensor,
        unlabelled: Tensor,
        batch_size: int,
        random_state: int,
    ) -> None:
        _, channels, height, width = images.shape
        self.shape = (channels, height, width)
        self.epoch_length = max(1, len(images) // batch_size)
        self._operation = operation
        self._draws = rng.generator(random_state, "augmentation")
        self._normal = _endless(images, batch_size, rng.generator(random_state, "order"))
        tests = rng.generator(random_state, "unlabelled")
        self._unlabelled = _endless(unlabelled, batch_size, tests)

    def pair(self, values: Tensor) -> tuple[Tensor, Tensor]:
        """Return the next normal images and their augmentations, differentiable in `values`."""
        normal = next(self._normal)
        parameters = self._operation.draw(len(normal), self._draws, self.shape)
        return normal, self._operation.apply(normal, parameters, values)

    def unlabelled(self) -> Tensor:
        """Return the next unlabelled images."""
        return next(self._unlabelled)


def _endless(images: Tensor, batch_size: int, order: torch.Generator) -> Iterator[Tensor]:
    while True:
        for index in full_batches(len(images), batch_size, order):
            yield images[index.to(images.device)]


def _warm_start(student: Student, shown: _Shown, values: Tensor, epochs: int) -> list[float]:
    """Train at fixed hyper-parameters; return the mean training loss of each epoch."""
    losses = []
    for _ in range(epochs):
        steps = [student.learn(*shown.pair(values.detach())) for _ in range(shown.epoch_length)]
        losses.append(float(torch.stack(steps).mean()))
        _check({"training_loss": losses[-1]}, student.descent)
    return losses


class _Best:
    """Keeps the state whose mean loss over the last iterations is smallest."""

    def __init__(self, student: Student, values: Tensor, patience: int) -> None:
        self.iteration = -1
        self._now = -1
        self._patience = patience
        self._smallest = math.inf
        self._student, self._values = student, values
        self._keep()

    def offer(self, history: list[dict[str, float]]) -> None:
        """Keep the present state if it is the best; `history` ends with its losses."""
        self._now = len(history) - 1
        rows = history[-WINDOW:]
        mean = sum(row["training_loss"] + row["validation_loss"] for row in rows) / len(rows)
        # Before the window is full nothing is compared: the mean of few iterations is luck.
        if len(rows) < WINDOW or mean < self._smallest:
            self.iteration = self._now
            self._keep()
        if len(rows) == WINDOW:
            self._smallest = min(self._smallest, mean)

    @property
    def is_old(self) -> bool:
        """Whether no better state has come for as long as patience lasts."""
        return self._now - self.iteration >= self._patience

    def restored(self) -> tuple[Discriminator, Tensor]:
        """Return the network of the best state, in evaluation mode, and its values."""
        self._student.weights = self._weights
        network = self._student.settle()
        with torch.no_grad():
            for own, kept in zip(network.buffers(), self._buffers, strict=True):
                own.copy_(kept)
        return network, self._kept

    def _keep(self) -> None:
        self._weights = self._student.weights  # a step makes new ones
        self._buffers = [buffer.clone() for buffer in self._student.network.buffers()]
        self._kept = self._values.detach().clone()


def _check(row: dict[str, float], descent: Descent) -> None:
    for name, number in row.items():
        if not math.isfinite(number):
            raise NonFiniteError(
                f"the {name.replace('_', ' ')} became {number} while tuning: lower learning_rate "
                f"({descent.learning_rate:g})"
            )
