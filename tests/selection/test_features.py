from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ssad_lib.selection.features import BATCH, BOUND, discriminant, statistics, whitened

GENERATOR = torch.Generator().manual_seed(0)


def test_statistics_of_an_image_do_not_depend_on_its_batch() -> None:
    images = torch.rand(BATCH + 3, 3, 16, 16, generator=GENERATOR)
    whole = statistics(images)
    assert whole.shape == (BATCH + 3, 324)
    torch.testing.assert_close(whole[-1:], statistics(images[-1:]))


def test_the_first_statistics_are_those_of_the_pixels() -> None:
    images = torch.rand(5, 3, 16, 16, generator=GENERATOR)
    pixels, found = images.flatten(2).double(), statistics(images).double()
    expected = [pixels.mean(2), pixels.std(2), pixels.amax(2), pixels.amin(2)]
    for place, values in enumerate(expected):  # 27 responses each: the three channels come first
        torch.testing.assert_close(found[:, 27 * place : 27 * place + 3], values, atol=1e-6, rtol=0)


def test_grey_is_repeated_and_values_are_clipped() -> None:
    grey = torch.rand(4, 1, 16, 16, generator=GENERATOR)
    torch.testing.assert_close(statistics(grey), statistics(grey.expand(-1, 3, -1, -1)))
    torch.testing.assert_close(statistics(3 * grey - 1), statistics((3 * grey - 1).clamp(0, 1)))


@settings(max_examples=20, deadline=None)
@given(row=st.integers(4, 26), column=st.integers(4, 26))
def test_a_spot_is_seen_wherever_it_lies(row: int, column: int) -> None:
    plain = torch.full((1, 3, 32, 32), 0.5)
    spotted = plain.clone()
    spotted[:, :, row, column] = 1
    change = (statistics(spotted) - statistics(plain)).abs()
    assert change.max() > 0.3


def test_whitened_normals_have_equal_variances_and_nothing_leaves_the_bound() -> None:
    normal = torch.randn(500, 20, generator=GENERATOR) * torch.arange(1, 21)
    white = whitened(normal)
    assert white(normal).shape == (500, 20)
    spread = white(normal).std(0)
    assert spread.max() / spread.min() < 1.2
    assert white(1e6 * normal).norm(dim=1).max() < BOUND


def test_the_discriminant_keeps_the_shifts_and_drops_what_is_no_shift() -> None:
    normal = torch.randn(400, 6, generator=GENERATOR)
    ways = torch.eye(6)[:2] * 4
    seen = discriminant(normal, [normal + ways[0], normal + ways[1]])
    assert seen(normal).shape == (400, 2)
    assert seen(normal).mean(0).abs().max() < 1e-4
    assert (seen(normal + ways[0]) - seen(normal)).norm(dim=1).min() > 3
    along = torch.eye(6)[4:5] * 4
    assert (seen(normal + along) - seen(normal)).norm(dim=1).max() < 0.8


def test_a_constant_feature_is_not_blown_up() -> None:
    normal = torch.rand(200, 8, generator=GENERATOR)
    normal[:, 3] = 0
    moved = normal.clone()
    moved[:, 3] = 0.5 / 255
    white = whitened(normal)
    assert white(normal).isfinite().all()
    assert (white(moved) - white(normal)).norm(
        dim=1
    ).max() < 3  # 15 if it were divided by its own deviation
