from __future__ import annotations

import numpy as np
import pytest

from ssad_lib.data.draws import stream, uniform
from ssad_lib.data.texture_defects import DEFECTS, smooth_noise


def surface() -> np.ndarray:
    """Noise: every pixel of it tells whether it was touched."""
    return uniform(stream("surface"), 0.3, 1.0, (40, 3, 48, 48))


@pytest.mark.parametrize("kind", DEFECTS)
def test_a_defect_changes_what_its_mask_covers_and_nothing_else(kind: str) -> None:
    before = surface()
    after, masks = DEFECTS[kind](before.copy(), stream(kind))
    assert after.shape == before.shape
    assert masks.shape == (40, 48, 48)
    assert masks.dtype == np.bool_
    changed = (after != before).any(axis=1)
    assert not (changed & ~masks).any()
    assert changed[masks].mean() > 0.97  # a misplaced square may show a pixel onto itself
    assert after.min() >= 0
    assert after.max() <= 1


@pytest.mark.parametrize("kind", DEFECTS)
def test_a_defect_can_be_seen(kind: str) -> None:
    before = surface()
    after, masks = DEFECTS[kind](before, stream(kind))
    change = np.abs(after - before).max(axis=1)
    for image, mask in zip(change, masks, strict=True):
        assert image[mask].mean() > 0.05


@pytest.mark.parametrize("kind", DEFECTS)
def test_defects_differ_between_images_and_follow_the_generator(kind: str) -> None:
    _, masks = DEFECTS[kind](surface(), stream(kind))
    _, again = DEFECTS[kind](surface(), stream(kind))
    np.testing.assert_array_equal(masks, again)
    assert len({mask.tobytes() for mask in masks}) == len(masks)


def test_a_misplaced_square_comes_from_the_same_image_transposed() -> None:
    before = surface()[:, :1]
    after, masks = DEFECTS["misplaced"](before, stream("misplaced"))
    for old, new, mask in zip(before[:, 0], after[:, 0], masks, strict=True):
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        assert len(rows) == len(columns)
        square = new[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].T
        windows = np.lib.stride_tricks.sliding_window_view(old, square.shape)
        assert (windows == square).all(axis=(2, 3)).any()


def test_smooth_noise_is_smooth_and_keeps_its_range() -> None:
    noise = smooth_noise(stream("noise"), 5, 60, 4)
    assert noise.shape == (5, 60, 60)
    assert np.abs(noise).max() <= 1
    # Between two knots, 15 pixels apart, it can change by 2 at most.
    assert np.abs(np.diff(noise, axis=1)).max() <= 2 / 15 + 1e-6
