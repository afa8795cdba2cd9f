"""CutDiff and Rotation: gradients in float64, oracle 14 of METHODS section 17, round trips."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from ssad_lib import augment, rng
from ssad_lib.augment.tunable import CutDiff, Rotation
from ssad_lib.errors import SsadError

SEMANTICS = ("area", "length")


def images_of(*shape: int) -> Tensor:
    return torch.rand(shape, generator=rng.generator("tunable"), dtype=torch.float64)


def centred(n: int = 1, row: float = 0.5, column: float = 0.5) -> dict[str, Tensor]:
    return {"row": torch.full((n,), row), "column": torch.full((n,), column)}


def patch(operation: CutDiff, side: int, parameters: dict[str, Tensor] | None = None) -> Tensor:
    """What CutDiff takes away from a white image, (side, side)."""
    white = torch.ones(1, 1, side, side, dtype=torch.float64)
    return (white - operation.apply(white, parameters or centred()))[0, 0]


def reference(side: int, size: float, ratio: float, angle: float, semantics: str) -> Tensor:
    """The printed formula with the covariance R S² R' and an explicit inverse."""
    turn = math.radians(angle)
    R = torch.tensor([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    axes = torch.tensor([size / ratio, size * ratio])
    S = torch.diag(axes.sqrt() if semantics == "area" else axes)
    inverse = torch.linalg.inv((R @ S @ S.T @ R.T).double())
    place = (torch.arange(side).double() + 0.5) / side - 0.5
    offset = torch.stack(torch.meshgrid(place, place, indexing="ij"), dim=-1)
    return torch.exp(-torch.einsum("ija,ab,ijb->ij", offset, inverse, offset))


def test_tunable_ones_are_found_but_not_counted_among_paper_000s() -> None:
    assert augment.tunable() == ["cutdiff", "rotation"]
    assert not set(augment.tunable()) & set(augment.names())
    assert [augment.get(name).label for name in augment.tunable()] == ["CutDiff", "Rotation"]
    assert [augment.get(name).category for name in augment.tunable()] == ["local", "geometric"]


@pytest.mark.parametrize("semantics", SEMANTICS)
@pytest.mark.parametrize("ratio", [0.25, 1.0, 3.0])
@pytest.mark.parametrize("angle", [0.0, 20.0, 90.0, 135.0])
def test_the_patch_is_the_printed_formula(angle: float, ratio: float, semantics: str) -> None:
    size = 0.03 if semantics == "area" else 0.15
    operation = CutDiff(size=size, ratio=ratio, angle=angle, size_semantics=semantics)
    expected = reference(24, size, ratio, angle, semantics)
    torch.testing.assert_close(patch(operation, 24), expected, atol=1e-5, rtol=1e-4)


def test_peak_of_the_smallest_patch_of_the_paper() -> None:
    # The centre lies anywhere between four pixels of 256 x 256.
    where = centred(1, 0.5 + 0.3 / 256, 0.5 - 0.2 / 256)
    assert patch(CutDiff(size=1e-4), 256, where).max() > 0.8
    assert patch(CutDiff(size=1e-4, size_semantics="length"), 256, where).max() < 1e-10


def test_width_factor_scales_the_half_axes() -> None:
    scaled = patch(CutDiff(size=0.02, ratio=2, cutdiff_width_factor=2), 32)
    torch.testing.assert_close(scaled, patch(CutDiff(size=0.08, ratio=2), 32))


def test_a_large_ratio_is_a_wide_patch_and_a_quarter_turn_a_tall_one() -> None:
    wide, tall = patch(CutDiff(ratio=4), 32), patch(CutDiff(ratio=4, angle=90), 32)
    assert wide.sum(0).gt(0.1).sum() > 2 * wide.sum(1).gt(1.0).sum()
    torch.testing.assert_close(tall, wide.T, atol=1e-6, rtol=1e-6)


def test_dark_pixels_stay_in_range_and_the_rest_is_left() -> None:
    images = images_of(2, 3, 32, 32)
    result = CutDiff(size=0.001).apply(images, centred(2, 0.1, 0.1))
    assert result.min() == 0
    torch.testing.assert_close(result[:, :, 16:], images[:, :, 16:])


@settings(max_examples=60, deadline=None)
@given(
    st.floats(1e-4, 0.5),
    st.floats(0.1, 10),
    st.floats(-44, 44),
    st.sampled_from(SEMANTICS),
    st.floats(0.3, 2),
)
def test_hyperparameters_come_back(
    size: float, ratio: float, angle: float, semantics: str, factor: float
) -> None:
    operation = CutDiff(size_semantics=semantics, cutdiff_width_factor=factor)
    found = operation.hyperparameters(operation.initial(size, ratio, angle))
    assert found["size"] == pytest.approx(size, rel=1e-6)
    assert found["ratio"] == pytest.approx(ratio, rel=1e-6)
    if abs(math.log(ratio)) > 1e-3:
        assert found["angle"] == pytest.approx(angle, abs=1e-3)


@settings(max_examples=30, deadline=None)
@given(st.floats(-3, 0), st.floats(-3, 0), st.floats(-0.5, 0.5))
def test_values_come_back(first: float, second: float, slant: float) -> None:
    values = torch.tensor([first, second, slant], dtype=torch.float64)
    back = CutDiff().initial(**CutDiff().hyperparameters(values))
    torch.testing.assert_close(back, values, atol=1e-5, rtol=1e-5)


def test_a_quarter_turn_is_the_inverse_ratio_and_a_round_patch_has_no_angle() -> None:
    found = CutDiff().hyperparameters(CutDiff().initial(0.04, 2.0, 90.0))
    assert found == pytest.approx({"size": 0.04, "ratio": 0.5, "angle": 0}, abs=1e-9)
    assert CutDiff().hyperparameters(CutDiff().initial(0.04, 1.0, 30.0))["angle"] == 0
    assert Rotation().hyperparameters(Rotation().initial(-90.0)) == pytest.approx({"angle": 270})


def test_many_hyperparameters_at_once_are_one_patch_for_each_image() -> None:
    sizes, angles = torch.tensor([0.01, 0.05, 0.1]), torch.tensor([0.0, 40.0, 200.0])
    images = images_of(3, 3, 16, 16)
    for operation, each in (
        (
            CutDiff(),
            [{"size": s, "ratio": 2.0, "angle": a} for s, a in zip(sizes, angles, strict=True)],
        ),
        (Rotation(), [{"angle": a} for a in angles]),
    ):
        together = {key: torch.stack([torch.as_tensor(e[key]) for e in each]) for key in each[0]}
        parameters = operation.draw(3, rng.generator("each"), (3, 16, 16))
        result = operation.apply(images, parameters, operation.initial(**together))
        for row, own in enumerate(each):
            one = slice(row, row + 1)
            alone = {key: value[one] for key, value in parameters.items()}
            expected = operation.apply(images[one], alone, operation.initial(**own))
            torch.testing.assert_close(result[one], expected)


def test_one_centre_for_a_batch() -> None:
    parameters = CutDiff(cutdiff_center="batch").draw(9, rng.generator("b"), (3, 8, 8))
    assert all(len(value.unique()) == 1 and len(value) == 9 for value in parameters.values())
    own = CutDiff().draw(9, rng.generator("b"), (3, 8, 8))
    assert all(len(value.unique()) == 9 for value in own.values())


@pytest.mark.parametrize("semantics", SEMANTICS)
def test_cutdiff_gradients_agree_with_finite_differences(semantics: str) -> None:
    operation = CutDiff(size=0.1, ratio=1.5, angle=20, size_semantics=semantics)
    images = images_of(2, 1, 8, 8).requires_grad_()
    parameters = operation.draw(2, rng.generator("gradient"), (1, 8, 8))
    values = operation.initial().requires_grad_()
    # At the clip there is no derivative; a pixel at 0 has none to give.
    bright = (operation.apply(images, parameters, values) > 1e-4).detach().double()
    assert 0.1 < bright.mean() < 1

    def curved(images: Tensor, values: Tensor) -> Tensor:
        return (operation.apply(images, parameters, values) * bright).exp()

    assert torch.autograd.gradcheck(curved, (images, values))
    assert torch.autograd.gradgradcheck(curved, (images, values))


@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
def test_rotation_gradients_agree_with_finite_differences(padding: str) -> None:
    operation = Rotation(rot_padding=padding)
    images = images_of(2, 1, 8, 8).requires_grad_()
    # 0.4 radians: no sample sits on a pixel's edge, where bilinear sampling has a kink.
    values = torch.tensor([0.4], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda i, v: operation.apply(i, {}, v), (images, values))


@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("quarter", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_right_angles_are_exact_turns(quarter: int, padding: str, dtype: torch.dtype) -> None:
    images = images_of(3, 3, 28, 28).to(dtype)
    turned = augment.get("rotation", angle=90 * quarter, rot_padding=padding)
    result = turned(images, rng.generator("turn"))
    torch.testing.assert_close(result, images.rot90(quarter, (2, 3)), atol=2e-5, rtol=0)


def test_turns_add_up_and_back() -> None:
    rows, columns = torch.meshgrid(
        torch.linspace(-1, 1, 32), torch.linspace(-1, 1, 48), indexing="ij"
    )
    smooth = (0.5 + 0.2 * rows + 0.1 * columns - 0.2 * rows * columns)[None, None].double()
    there = Rotation(angle=30).apply(smooth, {})
    back = Rotation(angle=-30).apply(there, {})
    middle = (..., slice(12, 20), slice(18, 30))
    torch.testing.assert_close(back[middle], smooth[middle], atol=5e-3, rtol=0)


def test_an_oblong_image_is_turned_without_distortion() -> None:
    # A disc in the middle stays a disc.
    rows, columns = torch.meshgrid(torch.arange(24) - 11.5, torch.arange(40) - 19.5, indexing="ij")
    disc = torch.exp(-(rows**2 + columns**2) / 16)[None, None]
    torch.testing.assert_close(Rotation(angle=37).apply(disc, {}), disc, atol=0.03, rtol=0)


def test_bounds_keep_the_patch_at_a_pixel_or_more() -> None:
    shape = (3, 32, 32)
    small = CutDiff().bounded(CutDiff().initial(1e-6), shape)
    assert small[:2].exp().tolist() == pytest.approx([1 / 32, 1 / 32])
    assert CutDiff().hyperparameters(small)["size"] == pytest.approx(1 / 1024)
    fine = CutDiff().initial(0.05, 2, 30)
    assert torch.equal(CutDiff().bounded(fine, shape), fine)
    assert torch.equal(Rotation().bounded(torch.tensor([9.0]), shape), torch.tensor([9.0]))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("cutdiff", {"size": 0}),
        ("cutdiff", {"ratio": -1}),
        ("cutdiff", {"size_semantics": "volume"}),
        ("cutdiff", {"length": 1}),
        ("rotation", {"angle": "left"}),
        ("rotation", {"rot_padding": "zero"}),
    ],
)
def test_wrong_options_are_named(name: str, options: dict[str, object]) -> None:
    with pytest.raises(SsadError, match=next(iter(options))):
        augment.get(name, **options)


@given(*[st.floats(-7, 7)] * 2, st.floats(-3, 3), st.sampled_from([32, 64, 256]))
@settings(max_examples=60, deadline=None)
def test_whatever_can_be_learned_is_a_valid_option(
    first: float, second: float, slant: float, side: int
) -> None:
    """The ratio of a slanting stripe on a pill was learned as 975."""
    operation = CutDiff()
    values = torch.tensor([first, second, slant], dtype=torch.float64)
    learned = operation.hyperparameters(operation.bounded(values, (3, side, side)))
    CutDiff(**learned)
