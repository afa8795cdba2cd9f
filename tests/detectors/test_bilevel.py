"""The second-order gradient against finite differences through a real training step, in float64."""

import pytest
import torch

from ssad_lib import augment, rng
from ssad_lib.alignment import validation_loss
from ssad_lib.detectors.bilevel import Descent, Student, discrimination, look_ahead
from ssad_lib.models import resnet

DESCENT = Descent(learning_rate=0.2, momentum=0.9, weight_decay=1e-3)
SHAPE = (3, 16, 16)


class Fixed:
    """The same images and centres at every draw, as a finite difference needs."""

    def __init__(self, operation, seed=0):
        draws = rng.generator("bilevel", seed)
        self.operation = operation
        images = 0.2 + 0.6 * torch.rand(18, *SHAPE, generator=draws, dtype=torch.float64)
        self.normal, self.test = images[:8], images[8:]
        # Half of the unlabelled images are anomalies, so that there is something to match.
        self.test[:5] = operation.apply(
            self.test[:5], operation.draw(5, draws, SHAPE), operation.initial()
        )
        self.parameters = operation.draw(8, draws, SHAPE)

    def pair(self, values):
        return self.normal, self.operation.apply(self.normal, self.parameters, values)

    def unlabelled(self):
        return self.test


def student(seed=0):
    network = resnet.make("small", rng.generator("student", seed)).double()
    made = Student(network, DESCENT)
    draws = rng.generator("velocity", seed)
    # A step in the middle of a training: the velocity is not zero.
    made.velocity = [
        0.01 * torch.randn(weight.shape, generator=draws, dtype=torch.float64)
        for weight in made.weights
    ]
    return made


CASES = [
    (augment.get("cutdiff", size=0.05, ratio=1.3).operation, {"size": 0.08, "ratio": 1.0}),
    (augment.get("rotation", angle=40, rot_padding="reflection").operation, {"angle": 75.0}),
]
cases = pytest.mark.parametrize(("operation", "at"), CASES, ids=["cutdiff", "rotation"])


def difference(shown, values, step=1e-6):
    """Central differences of the validation loss after one ordinary step."""
    slopes = []
    for place in range(len(values)):
        around = []
        for sign in (1, -1):
            moved = values.clone()
            moved[place] += sign * step
            learner = student()
            normal, augmented = shown.pair(moved)
            learner.learn(normal, augmented)
            sets = learner.embed(learner.weights, normal, augmented, shown.unlabelled())
            around.append(validation_loss(*sets).item())
        slopes.append((around[0] - around[1]) / (2 * step))
    return torch.tensor(slopes, dtype=torch.float64)


@cases
def test_second_order_gradient_agrees_with_finite_differences(operation, at):
    shown, values = Fixed(operation), operation.initial(**at)
    found = look_ahead(student(), shown, values, validation_loss).gradient
    torch.testing.assert_close(found, difference(shown, values), rtol=1e-4, atol=1e-7)


@cases
def test_first_order_gradient_is_another(operation, at):
    shown, values = Fixed(operation), operation.initial(**at)
    second = look_ahead(student(), shown, values, validation_loss)
    first = look_ahead(student(), shown, values, validation_loss, second_order=False)
    assert (first.gradient - second.gradient).norm() > 1e-2 * second.gradient.norm()
    # They differ in the gradient only: the step and the losses are the same.
    torch.testing.assert_close(first.weights, second.weights)
    torch.testing.assert_close(first.validation_loss, second.validation_loss)


@cases
def test_first_order_gradient_holds_the_weights(operation, at):
    shown, values = Fixed(operation), operation.initial(**at).requires_grad_()
    found = look_ahead(student(), shown, values, validation_loss, second_order=False)
    learner = student()
    normal, augmented = shown.pair(values)
    sets = learner.embed(found.weights, normal, augmented, shown.unlabelled())
    (expected,) = torch.autograd.grad(validation_loss(*sets), values)
    torch.testing.assert_close(found.gradient, expected)


def test_the_step_is_that_of_the_framework():
    shown = Fixed(CASES[0][0])
    normal, augmented = shown.pair(shown.operation.initial())
    ours = student()
    ours.velocity = [torch.zeros_like(weight) for weight in ours.weights]
    network = resnet.make("small", rng.generator("student", 0)).double().train()
    theirs = torch.optim.SGD(network.parameters(), lr=0.2, momentum=0.9, weight_decay=1e-3)
    for _ in range(3):
        loss = discrimination(network(torch.cat([normal, augmented]))[1])
        theirs.zero_grad()
        loss.backward()
        theirs.step()
        torch.testing.assert_close(ours.learn(normal, augmented), loss.detach())
    settled = ours.settle()
    for name, expected in network.state_dict().items():
        torch.testing.assert_close(settled.state_dict()[name], expected)
    assert not settled.training


def test_running_statistics_change_once_a_step():
    learner, shown = student(), Fixed(CASES[0][0])
    counters = [b for name, b in learner.network.named_buffers() if "num_batches" in name]
    before = [buffer.clone() for buffer in learner.network.buffers()]
    values = shown.operation.initial()
    look_ahead(learner, shown, values, validation_loss)
    assert counters
    assert all(counter == 1 for counter in counters)
    after = [buffer.clone() for buffer in learner.network.buffers()]
    other = student()
    other.learn(*shown.pair(values))
    torch.testing.assert_close(after, list(other.network.buffers()))
    assert not all(torch.equal(a, b) for a, b in zip(before, after, strict=True))


def test_looking_ahead_leaves_weights_and_values():
    learner, shown = student(), Fixed(CASES[0][0])
    weights = [weight.detach().clone() for weight in learner.weights]
    values = shown.operation.initial()
    kept = values.clone()
    found = look_ahead(learner, shown, values, validation_loss)
    assert all(torch.equal(a, b) for a, b in zip(weights, learner.weights, strict=True))
    assert torch.equal(values, kept)
    learner.take(found.weights, found.velocity)
    assert not any(weight.requires_grad for weight in learner.weights)
