"""Trains many networks of one architecture at once, their weights stacked on a leading axis.

Each member keeps its own images, augmentation draws, batch order and losses: no operation mixes
members, so one that becomes NaN disturbs nobody. Source: rule 1 of the project; METHODS 1.4.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad_and_value, stack_module_state, vmap

from ssad_lib.detectors.course import Batch, Course, Outcome, adam, computing, set_rate, train
from ssad_lib.errors import NonFiniteError

State = dict[str, Tensor]


def train_together(courses: Sequence[Course]) -> list[Outcome | NonFiniteError]:
    """Train the networks of `courses` at once; return how each went, in the same order.

    Parameters
    ----------
    courses : sequence of Course
        Of one architecture, loss, schedule and precision, with batches of equal shapes.

    Returns
    -------
    list of Outcome or NonFiniteError
        The error of a member whose loss or gradient became NaN or infinite; the others go on.
    """
    if len(courses) == 1:
        return [_alone(courses[0])]
    first = courses[0]
    for course in courses:
        course.network.train()
    weights, buffers = stack_module_state([course.network for course in courses])
    device = next(iter(weights.values())).device
    optimizer = adam(list(weights.values()), first)
    gradient = vmap(grad_and_value(_loss_of(first, device)), randomness="error")
    largest = torch.zeros(len(courses), device=device)
    curves: list[Tensor] = []
    for epoch in range(first.epochs):
        set_rate(optimizer, first.rate(epoch))
        total, count = torch.zeros(len(courses), dtype=torch.float64, device=device), 0
        for batches in zip(*(course.epoch() for course in courses), strict=True):
            shown, *targets = _stacked(batches)
            gradients, losses = gradient(weights, buffers, shown, *targets)
            for name, weight in weights.items():
                weight.grad = gradients[name]
            largest = torch.maximum(largest, _norms(gradients))
            optimizer.step()
            total += losses.detach().double() * shown.shape[1]
            count += shown.shape[1]
        curves.append(total / count)
    for member, course in enumerate(courses):
        _hand_back(course.network, weights, buffers, member)
    return _outcomes(courses, curves, largest)


def _alone(course: Course) -> Outcome | NonFiniteError:
    try:
        return train(course)
    except NonFiniteError as error:
        return error


def _loss_of(course: Course, device: torch.device) -> Callable[..., Tensor]:
    """Return the loss of one member as a function of its weights, buffers and batch."""
    skeleton = copy.deepcopy(course.network).to("meta")

    def loss(weights: State, buffers: State, shown: Tensor, *targets: Tensor) -> Tensor:
        with computing(course, device):
            output = functional_call(skeleton, (weights, buffers), (shown,))
        return course.loss(output.float(), *targets)

    return loss


def _stacked(batches: Sequence[Batch]) -> list[Tensor]:
    """Return the batches of all members as one, each part with a leading member axis."""
    return [torch.stack(parts) for parts in zip(*batches, strict=True)]


def _norms(gradients: State) -> Tensor:
    """Return the norm of the whole gradient of each member ``(members,)``."""
    squares = [gradient.flatten(1).square().sum(1) for gradient in gradients.values()]
    return torch.stack(squares).sum(0).sqrt()


@torch.no_grad()
def _hand_back(network: nn.Module, weights: State, buffers: State, member: int) -> None:
    """Copy the weights and buffers of one member into its own network."""
    for name, own in (*network.named_parameters(), *network.named_buffers()):
        own.copy_((weights if name in weights else buffers)[name][member])
    network.eval()


def _outcomes(
    courses: Sequence[Course], curves: Sequence[Tensor], largest: Tensor
) -> list[Outcome | NonFiniteError]:
    """Return the outcome of each member, or the error of the first epoch that was not finite."""
    losses = torch.stack(list(curves)).T.tolist() if curves else [[] for _ in courses]
    outcomes: list[Outcome | NonFiniteError] = []
    for course, curve, norm in zip(courses, losses, largest.tolist(), strict=True):
        try:
            for epoch, value in enumerate(curve):
                course.check(course.minimised, value, epoch)
            if course.epochs:
                course.check("gradient", norm, course.epochs - 1)
        except NonFiniteError as error:
            outcomes.append(error)
        else:
            outcomes.append(Outcome(curve, norm))
    return outcomes
