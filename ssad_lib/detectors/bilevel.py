"""One step of the detector and of the augmentation's hyper-parameters (paper 001, Section 3.3).

The weights θ' after a step depend on the hyper-parameters a of the images that the step saw;
second-order tuning differentiates through that step (METHODS 9.5).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.func import functional_call

from ssad_lib.models.resnet import Discriminator

Loss = Callable[[Tensor, Tensor, Tensor], Tensor]
"""Of embeddings of training, augmented and test images."""


class Shown(Protocol):
    """Draws what the student sees."""

    def pair(self, values: Tensor) -> tuple[Tensor, Tensor]:
        """Return normal images and, differentiable in `values`, their augmentations."""

    def unlabelled(self) -> Tensor:
        """Return unlabelled images."""


@dataclass(frozen=True)
class Descent:
    """Stochastic gradient descent with momentum and coupled weight decay."""

    learning_rate: float
    momentum: float
    weight_decay: float

    def step(
        self, weights: list[Tensor], gradients: list[Tensor], velocity: list[Tensor]
    ) -> tuple[list[Tensor], list[Tensor]]:
        """Return the weights and the velocity after a step; differentiable in `gradients`."""
        pulls = torch._foreach_add(gradients, weights, alpha=self.weight_decay)
        moved = torch._foreach_add(pulls, velocity, alpha=self.momentum)
        return list(torch._foreach_add(weights, moved, alpha=-self.learning_rate)), list(moved)


class Student:
    """A network with its weights and velocity apart, so that a step can be differentiated.

    Parameters
    ----------
    network : Discriminator
        Used as a function in training mode; its own weights change by `settle` only. Its running
        statistics change once a step, with the images that the step trained on.
    descent : Descent
    """

    def __init__(self, network: Discriminator, descent: Descent) -> None:
        self.network = network.train()
        self.descent = descent
        self.names = [name for name, _ in network.named_parameters()]
        self.weights = [weight.detach().clone() for weight in network.parameters()]
        self.velocity = [torch.zeros_like(weight) for weight in self.weights]

    def learn(self, normal: Tensor, augmented: Tensor) -> Tensor:
        """Take one ordinary step and return its training loss, detached."""
        weights, velocity, loss = self.stepped(normal, augmented, create_graph=False)
        self.take(weights, velocity)
        return loss.detach()

    def stepped(
        self, normal: Tensor, augmented: Tensor, *, create_graph: bool
    ) -> tuple[list[Tensor], list[Tensor], Tensor]:
        """Return weights and velocity after a step, and the loss before it.

        With `create_graph` the weights depend on the images through the gradient; the velocity
        before the step is a constant.
        """
        weights = [weight.requires_grad_() for weight in self.weights]
        _, logits = self._run(weights, torch.cat([normal, augmented]), remember=True)
        loss = discrimination(logits)
        gradients = list(torch.autograd.grad(loss, weights, create_graph=create_graph))
        with torch.set_grad_enabled(create_graph):
            return *self.descent.step(weights, gradients, self.velocity), loss

    def take(self, weights: list[Tensor], velocity: list[Tensor]) -> None:
        """Go on from these weights."""
        self.weights = [weight.detach() for weight in weights]
        self.velocity = [one.detach() for one in velocity]

    def embed(self, weights: list[Tensor], *sets: Tensor) -> tuple[Tensor, ...]:
        """Return the embeddings of sets of images under `weights`, with common batch statistics."""
        embeddings, _ = self._run(weights, torch.cat(sets), remember=False)
        return embeddings.split([len(one) for one in sets])

    def settle(self) -> Discriminator:
        """Return the network with the weights learned, in evaluation mode."""
        with torch.no_grad():
            for own, learned in zip(self.network.parameters(), self.weights, strict=True):
                own.copy_(learned)
        return self.network.eval()

    def _run(
        self, weights: list[Tensor], images: Tensor, *, remember: bool
    ) -> tuple[Tensor, Tensor]:
        state = dict(zip(self.names, weights, strict=True))
        if not remember:
            state |= {name: buffer.clone() for name, buffer in self.network.named_buffers()}
        outputs: tuple[Tensor, Tensor] = functional_call(self.network, state, (images,))
        return outputs


def discrimination(logits: Tensor) -> Tensor:
    """Return the cross-entropy of logits whose first half is normal, second half augmented."""
    targets = torch.zeros_like(logits)
    targets[len(logits) // 2 :] = 1
    return F.binary_cross_entropy_with_logits(logits, targets)


@dataclass(frozen=True)
class Lookahead:
    """What a differentiable step found: both losses, the gradient of a, the new state."""

    training_loss: Tensor
    validation_loss: Tensor
    gradient: Tensor
    weights: list[Tensor]
    velocity: list[Tensor]


def look_ahead(
    student: Student, shown: Shown, values: Tensor, loss: Loss, *, second_order: bool = True
) -> Lookahead:
    """Return the gradient of the validation loss after one step of the student.

    Parameters
    ----------
    student : Student
        Left as it is, except for the running statistics.
    shown : Shown
        Draws the images of the step and the unlabelled ones.
    values : Tensor
        The hyper-parameters a; left as they are.
    loss : callable
        Of embeddings of training, augmented and test images under the new weights.
    second_order : bool
        Whether the gradient goes through the step, too, or through the augmented images only.
    """
    values = values.detach().requires_grad_()
    normal, augmented = shown.pair(values)
    seen = augmented if second_order else augmented.detach()
    weights, velocity, training_loss = student.stepped(normal, seen, create_graph=second_order)
    embeddings = student.embed(weights, normal, augmented, shown.unlabelled())
    validation_loss = loss(*embeddings)
    (gradient,) = torch.autograd.grad(validation_loss, values)
    return Lookahead(training_loss.detach(), validation_loss.detach(), gradient, weights, velocity)
