"""Oracles of METHODS 9.4 and 17.2: total distance normalisation, mean distance loss, MMD losses."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics.pairwise import linear_kernel, polynomial_kernel, rbf_kernel

from ssad_lib import rng
from ssad_lib.alignment import (
    KERNELS,
    mean_distance,
    mmd,
    mmd_loss,
    normalise_total_distance,
    validation_loss,
)
from ssad_lib.errors import SsadError

SIZES = (9, 6, 11)
seeds = st.integers(0, 10_000)


def clouds(seed, h=5, sizes=SIZES, dtype=torch.float64):
    draws = rng.generator("clouds", seed)
    return [torch.randn(n, h, generator=draws, dtype=dtype) + 0.5 * i for i, n in enumerate(sizes)]


def scalar_case(u1, u2):
    """METHODS 9.4: train {0}, augmented {2}, test {u1, 2 + u2}, one number each."""
    points = ([0.0], [2.0], [u1, 2 + u2])
    return [torch.tensor(p, dtype=torch.float64).unsqueeze(1) for p in points]


def squared_distances(sets):
    union = torch.cat(sets)
    return torch.cdist(union, union).square().sum().item()


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(1, 8), st.floats(1e-3, 1e3))
def test_the_total_squared_distance_is_fixed(seed, h, scale):
    sets = normalise_total_distance(*(scale * one for one in clouds(seed, h)))
    assert tuple(map(len, sets)) == SIZES
    assert squared_distances(sets) == pytest.approx(2 * sum(SIZES) ** 2, rel=1e-9)
    assert torch.cat(sets).mean(0).abs().max() < 1e-9


def test_any_number_of_sets_and_precision():
    for dtype in (torch.float32, torch.float64):
        (alone,) = normalise_total_distance(clouds(0, dtype=dtype)[0])
        assert alone.dtype == dtype
        assert squared_distances([alone]) == pytest.approx(2 * SIZES[0] ** 2, rel=1e-5)


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(1, 12))
def test_points_that_agree_give_exactly_one(seed, h):
    normal, anomaly = torch.randn(2, 1, h, generator=rng.generator(seed), dtype=torch.float64)
    assert validation_loss(normal, anomaly, torch.cat([normal, anomaly])).item() == pytest.approx(1)


@pytest.mark.parametrize(
    ("u", "expected"), [((0.1, 0), 1.02497), ((0, 0.1), 1.02378), ((0.3, -0.3), 1.15857)]
)
def test_scalar_case_of_the_paper(u, expected):
    assert validation_loss(*scalar_case(*u)).item() == pytest.approx(expected, abs=5e-6)


@settings(max_examples=50, deadline=None)
@given(st.floats(-0.99, 0.99), st.floats(-0.99, 0.99))
def test_scalar_case_in_closed_form(u1, u2):
    above = abs(u1) + abs(u1 - 2) + abs(u2) + abs(u2 + 2)
    below = 3 * u1**2 + 3 * u2**2 - 8 * u1 + 8 * u2 - 2 * u1 * u2 + 16
    value = validation_loss(*scalar_case(u1, u2)).item()
    assert value == pytest.approx(above / math.sqrt(below), rel=1e-12)
    assert value >= 1 - 1e-12


@settings(max_examples=25, deadline=None)
@given(seeds, st.floats(1e-2, 1e2), st.floats(-20, 20))
def test_scale_place_and_turn_do_not_matter(seed, scale, shift):
    sets = clouds(seed)
    turn = torch.linalg.qr(torch.randn(5, 5, generator=rng.generator(seed), dtype=torch.float64))[0]
    moved = [scale * one @ turn + shift for one in sets]
    assert validation_loss(*moved).item() == pytest.approx(validation_loss(*sets).item(), rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_order_of_images_and_of_the_two_known_sets_does_not_matter(seed):
    train, augmented, test = clouds(seed)
    expected = validation_loss(train, augmented, test).item()
    assert validation_loss(augmented, train, test).item() == pytest.approx(expected)
    for loss in (validation_loss, mmd_loss):
        turned = loss(train.flip(0), augmented.roll(2, 0), test.flip(0)).item()
        assert turned == pytest.approx(loss(train, augmented, test).item(), rel=1e-9)


def test_how_often_points_are_augmented_does_not_matter():
    # Ratio invariance is exact for means only; the normalisation makes it drift for clouds.
    train, augmented, test = clouds(3)
    expected = mean_distance(train, augmented, test)
    torch.testing.assert_close(mean_distance(train, augmented.repeat(4, 1), test), expected)


@pytest.mark.parametrize("loss", [validation_loss, mean_distance])
def test_gradients_agree_with_finite_differences(loss):
    sets = [one.requires_grad_() for one in clouds(1, h=3, sizes=(3, 2, 4))]
    assert torch.autograd.gradcheck(loss, sets)
    assert torch.autograd.gradgradcheck(loss, sets)


@pytest.mark.parametrize("normalise", [True, False])
@pytest.mark.parametrize("kernel", KERNELS)
def test_mmd_gradients_agree_with_finite_differences(kernel, normalise):
    sets = [one.requires_grad_() for one in clouds(2, h=3, sizes=(3, 2, 4))]
    assert torch.autograd.gradcheck(
        lambda *s: mmd_loss(*s, kernel=kernel, normalise=normalise), sets
    )


@pytest.mark.parametrize(
    ("kernel", "reference"),
    [("poly", polynomial_kernel), ("linear", linear_kernel), ("rbf", rbf_kernel)],
)
def test_mmd_loss_agrees_with_scikit_learn(kernel, reference):
    train, augmented, test = (one.numpy() for one in clouds(4))
    known = np.concatenate([train, augmented])
    expected = reference(known).mean() + reference(test).mean() - 2 * reference(known, test).mean()
    value = mmd_loss(train, augmented, test, kernel=kernel, normalise=False)
    assert value.item() == pytest.approx(expected)


def test_mmd_loss_is_the_mmd_of_paper_000():
    train, augmented, test = clouds(5)
    expected = mmd(torch.cat([train, augmented]), test)
    assert mmd_loss(train, augmented, test, normalise=False).item() == pytest.approx(expected)


def test_only_the_normalised_mmd_ignores_the_scale():
    sets = clouds(6)
    larger = [3 * one for one in sets]
    assert mmd_loss(*larger).item() == pytest.approx(mmd_loss(*sets).item())
    assert mmd_loss(*larger, normalise=False) > 2 * mmd_loss(*sets, normalise=False)


def test_a_set_with_itself_has_no_mmd():
    train, augmented, _ = clouds(7)
    for kernel in KERNELS:
        same = torch.cat([train, augmented])
        assert mmd_loss(train, augmented, same, kernel=kernel).item() == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("loss", [validation_loss, mean_distance, mmd_loss])
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (torch.zeros(3), "float embeddings"),
        (torch.zeros(0, 5), "float embeddings"),
        (torch.zeros(3, 5, dtype=torch.int64), "float embeddings"),
        (torch.zeros(3, 4), "one length"),
    ],
)
def test_what_are_no_embeddings_is_an_error_of_one_line(loss, bad, message):
    with pytest.raises(SsadError, match=message) as caught:
        loss(torch.ones(2, 5), bad, torch.ones(2, 5))
    assert "augmented" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_kernel_is_an_error():
    with pytest.raises(SsadError, match="did you mean 'poly'"):
        mmd_loss(*clouds(0), kernel="polynomial")


def test_no_set_is_an_error():
    with pytest.raises(SsadError, match="at least one set"):
        normalise_total_distance()
