"""The objectives of paper 003 (METHODS 11.4, 11.8, oracle 10), against float64 as written."""

import math

import pytest
import torch

from ssad_lib.detectors import objectives
from ssad_lib.metrics import auroc

HEIGHTS = torch.tensor([0.0, 1e-12, 1e-6, 0.1, 0.69, 0.7, 3.0, 20.0, 80.0, 200.0])
GAMMAS = (0.0, 0.5, 2.0, 4.0)


def written_hypersphere(h, o):
    """In high precision, with the released code's epsilon."""
    return float((1 - o) * h) - (math.log(-math.expm1(-float(h)) + 1e-9) if o else 0.0)


def losses():
    """Every loss of one image as a function of what its score is."""
    yield (
        "HSC",
        objectives.hypersphere,
        lambda h, o: (1 - o) * h - o * (1e-9 - torch.expm1(-h)).log(),
    )
    yield "DSAD", objectives.inverse_distance, lambda s, o: (1 - o) * s + o / (s + 1e-9)
    yield "BCE", objectives.cross_entropy, written_entropy
    for gamma in GAMMAS:
        yield (
            f"Focal {gamma}",
            lambda u, o, gamma=gamma: objectives.focal(u, o, gamma),
            lambda u, o, gamma=gamma: (
                (1 - (-written_entropy(u, o)).exp().clamp(1e-7, 1 - 1e-7)) ** gamma
                * written_entropy(u, o)
            ),
        )  # fmt: skip


def written_entropy(u, o):
    p = torch.special.expit(u)
    return -(o * p.log() + (1 - o) * (1 - p).log())


LOSSES = list(losses())


@pytest.mark.parametrize(("name", "loss", "written"), LOSSES, ids=lambda value: str(value)[:9])
@pytest.mark.parametrize("outlier", [0.0, 1.0])
def test_value_and_gradient_are_those_of_the_formula(name, loss, written, outlier):
    signed = name in ("BCE",) or name.startswith("Focal")
    scores = torch.linspace(-12, 12, 41) if signed else torch.logspace(-5, 1.5, 41)
    o = torch.full_like(scores, outlier)
    exact = scores.double().requires_grad_()
    expected = written(exact, o.double())
    (gradient,) = torch.autograd.grad(expected.sum(), exact)
    found = scores.clone().requires_grad_()
    values = torch.stack([loss(x[None], y[None]) for x, y in zip(found, o, strict=True)])
    (slope,) = torch.autograd.grad(values.sum(), found)
    torch.testing.assert_close(values.double(), expected, rtol=2e-5, atol=1e-6)
    torch.testing.assert_close(slope.double(), gradient, rtol=2e-4, atol=1e-6)


@pytest.mark.parametrize(("name", "loss", "written"), LOSSES, ids=lambda value: str(value)[:9])
def test_gradient_agrees_with_finite_differences(name, loss, written):
    generator = torch.Generator().manual_seed(0)
    scores = torch.rand(12, generator=generator, dtype=torch.float64) * 3 + 0.05
    outlier = (torch.arange(12) % 2).double()
    assert torch.autograd.gradcheck(lambda x: loss(x, outlier), scores.requires_grad_())


@pytest.mark.parametrize("name", objectives.RADIAL)
def test_radial_functions_and_their_gradients(name):
    generator = torch.Generator().manual_seed(1)
    outputs = torch.randn(7, 5, generator=generator, dtype=torch.float64)
    written = {
        "pseudo_huber": (outputs.square().sum(1) + 1).sqrt() - 1,
        "l1": outputs.abs().sum(1),
        "l2": outputs.square().sum(1).sqrt(),
        "l2_squared": outputs.square().sum(1),
    }[name]
    torch.testing.assert_close(objectives.RADIAL[name](outputs), written)
    assert torch.autograd.gradcheck(objectives.RADIAL[name], outputs.requires_grad_())
    origin = torch.zeros(1, 5, requires_grad=True)
    value = objectives.RADIAL[name](origin)
    value.sum().backward()
    assert value.item() == 0
    assert torch.isfinite(origin.grad).all()


def test_pseudo_huber_keeps_small_distances_apart():
    """√(‖z‖² + 1) − 1 as it is written is 0 for all of them in float32."""
    outputs = torch.tensor([[1e-5], [2e-5], [1e-4]])
    naive = (outputs.square().sum(1) + 1).sqrt() - 1
    assert naive[0] == naive[1] == 0
    found = objectives.pseudo_huber(outputs)
    torch.testing.assert_close(found, outputs.square().sum(1) / 2, rtol=1e-6, atol=0)


@pytest.mark.parametrize("height", HEIGHTS.tolist())
@pytest.mark.parametrize("outlier", [0, 1])
def test_the_hypersphere_is_exact_from_nothing_to_far_away(height, outlier):
    h, o = torch.tensor([height]), torch.tensor([float(outlier)])
    expected = written_hypersphere(h[0].double(), outlier)
    assert objectives.hypersphere(h, o).item() == pytest.approx(expected, rel=1e-5, abs=1e-9)


def test_oracle_10():
    zero = torch.zeros(1)
    assert objectives.hypersphere(zero, torch.ones(1)).item() == pytest.approx(20.72, abs=0.005)
    assert objectives.hypersphere(zero, torch.zeros(1)).item() == 0
    logits = torch.linspace(-30, 30, 61)
    outlier = (torch.arange(61) % 2).float()
    expected = objectives.cross_entropy(logits, outlier).item()
    assert objectives.focal(logits, outlier, 0.0).item() == pytest.approx(expected, rel=1e-7)


def test_scores_that_are_squeezed_into_one_have_ties_and_ours_have_none():
    """METHODS 11.8: in float32, 1 − exp(−h) and σ(u) are exactly 1 beyond about 17."""
    scores = torch.cat([torch.linspace(18, 24, 40), torch.linspace(21, 30, 40)])
    labels = (torch.arange(80) >= 40).numpy().astype(int)
    exact = auroc(labels, scores.double().numpy())
    assert auroc(labels, scores.numpy()) == exact
    assert 0.5 < exact < 1
    for squeezed in (scores.sigmoid(), 1 - (-scores).exp()):
        assert auroc(labels, squeezed.numpy()) == 0.5


def test_the_gradient_of_far_outliers_does_not_vanish_in_float32():
    far = torch.tensor([17.5, 30.0], requires_grad=True)
    objectives.hypersphere(far, torch.ones(2)).backward()
    expected = -1 / torch.expm1(far.detach().double()) / 2
    torch.testing.assert_close(far.grad.double(), expected, rtol=1e-4, atol=0)


def test_the_steepest_place_of_the_inverse_distance_is_finite():
    offset = torch.tensor([[(1e-9 / 3) ** 0.5]], requires_grad=True)
    squared = objectives.l2_squared(offset)
    objectives.inverse_distance(squared, torch.ones(1)).backward()
    assert abs(offset.grad.item()) == pytest.approx(2.05e13, rel=0.01)
