"""Counts by level are exact, the first threshold is a level, pictures hold the levels."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from ssad_lib.statistics import binomial_interval
from ssad_lib.widgets import MaskExplorer
from ssad_lib.widgets.masks import LEVELS, MIDDLE, _edges

RNG = np.random.default_rng(0)
MAPS = RNG.gamma(2, size=(7, 20, 24)).astype(np.float32)
MASKS = np.zeros(MAPS.shape, bool)
MASKS[:3, 4:9, 5:9] = True
IMAGES = RNG.integers(256, size=(7, 3, 20, 24), dtype=np.uint8)
HELD = RNG.gamma(2, size=30).astype(np.float32) + 4
NAMES = [f"{i}.png" for i in range(7)]
THRESHOLD = 5.0


def made(**changes):
    options = {"names": NAMES, "held_out": HELD, "threshold": THRESHOLD, "masks": MASKS}
    return MaskExplorer.from_maps(IMAGES, MAPS, **{**options, **changes})


def pixels_of(url):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))))


def test_the_first_threshold_is_a_level_and_levels_rise():
    edges = _edges(MAPS, THRESHOLD)
    assert edges[MIDDLE] == THRESHOLD
    assert len(edges) == LEVELS
    assert (np.diff(edges) > 0).all()
    assert edges[0] <= MAPS.min()
    assert edges[-1] >= MAPS.max()
    widget = made()
    assert widget.level == MIDDLE
    assert widget.thresholds[MIDDLE] == "5.000"


@pytest.mark.parametrize("threshold", [-3.0, 0.0, 1e-9, 100.0])
def test_any_threshold_has_levels_on_both_sides(threshold):
    edges = _edges(MAPS, threshold)
    assert edges[MIDDLE] == threshold
    assert (np.diff(edges) > 0).all()


def test_counts_are_exact_at_every_level():
    widget, edges = made(), _edges(MAPS, THRESHOLD)
    for level in range(1, LEVELS):
        edge = edges[level]
        assert widget.flagged[level] == (MAPS.max(axis=(1, 2)) >= edge).sum()
        assert widget.held["counts"][level] == (edge <= HELD).sum()
        assert widget.pixels["marked"][level] == (edge <= MAPS).sum()
        assert widget.pixels["found"][level] == (MAPS[MASKS] >= edge).sum()
    assert widget.pixels["defective"] == MASKS.sum()
    low, high = binomial_interval(3, 30)
    assert widget.held["intervals"][3] == f"{100 * low:.1f} to {100 * high:.1f} %"
    assert len(widget.held["intervals"]) == 31


def test_pictures_hold_the_levels_and_the_masks():
    widget, edges = made(), _edges(MAPS, THRESHOLD)
    _, _, peak, is_bad, picture, levels, truth = widget.images[0]
    assert is_bad
    assert pixels_of(picture).shape == (20, 24, 3)
    np.testing.assert_array_equal(pixels_of(levels) >= MIDDLE, MAPS[0] >= THRESHOLD)
    assert peak == pixels_of(levels).max() == (MAPS[0].max() >= edges).sum() - 1
    np.testing.assert_array_equal(pixels_of(truth) > 127, MASKS[0])
    assert len(widget.images[5]) == 6  # a sound image has no mask to draw


def test_large_maps_keep_their_highest_pixels():
    maps, images = np.zeros((1, 300, 200), np.float32), np.zeros((1, 1, 300, 200), np.uint8)
    maps[0, 299, 100] = 9
    widget = MaskExplorer.from_maps(
        images, maps, names=["a"], held_out=HELD, threshold=5.0, ratio=0.5
    )
    levels = pixels_of(widget.images[0][5])
    assert levels.shape == (100, 67)
    assert widget.shape == {"width": 67, "height": 100, "ratio": 0.5}
    assert (levels >= MIDDLE).sum() == 1
    assert levels[99, 33] >= MIDDLE
    assert widget.pixels == {}
    assert widget.images[0][3] is None


def test_images_without_a_picture_are_counted():
    widget = made(shown=[6, 0])
    assert [one[0] for one in widget.images] == ["6.png", "0.png"]
    assert widget.total == 7
    assert widget.flagged[0] == 7


def test_nothing_is_refused():
    with pytest.raises(ValueError, match="needs images, and normal ones that were held out"):
        made(held_out=HELD[:0])
