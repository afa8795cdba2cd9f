import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from ssad_lib.panels import LARGEST_SIDE, SIDE, panels_html, rows_html

COLUMNS = [("normal", "success")] * 2 + [("normal", "failure")] + [("anomaly", "success")] * 2
IMAGES = np.random.default_rng(0).integers(0, 256, (5, 3, 8, 6)) / 255
ROWS = {"original": IMAGES, "AE": 1 - IMAGES, "DAE": IMAGES[:, :1]}


@pytest.fixture
def strips():
    """The pictures by their alternative text, as arrays with transparency."""
    found = re.findall(r'<img src="data:image/webp;base64,([^"]+)"[^>]*alt="([^"]+)"',
                       panels_html(ROWS, COLUMNS, "Digits 6 and 9."))  # fmt: skip
    return {
        alt: np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA"))
        for data, alt in found
    }


def test_every_row_of_every_group_is_one_picture_that_says_what_it_is(strips):
    assert list(strips) == [
        f"Row “{row}”: {images}, {group}"
        for images, group in (("2 images", "normal, success"), ("1 image", "normal, failure"),
                              ("2 images", "anomaly, success"))
        for row in ROWS
    ]  # fmt: skip


def test_images_stand_side_by_side_pixel_for_pixel_with_a_gap(strips):
    strip = strips["Row “original”: 2 images, anomaly, success"]
    assert strip.shape == (8, 6 + 1 + 6, 4)
    expected = (IMAGES[3:] * 255).round().transpose(0, 2, 3, 1)
    np.testing.assert_array_equal(strip[:, :6, :3], expected[0])
    np.testing.assert_array_equal(strip[:, 7:, :3], expected[1])
    assert (strip[:, 6, 3] == 0).all()
    assert (np.delete(strip, 6, axis=1)[..., 3] == 255).all()


def test_one_channel_is_grey_and_values_are_clipped(strips):
    grey = strips["Row “DAE”: 1 image, normal, failure"]
    assert (grey[..., 0] == grey[..., 1]).all()
    assert (grey[..., 0] == grey[..., 2]).all()
    beyond = panels_html({"a": np.full((1, 1, 4, 4), 7.0)}, [("normal", "success")], "x")
    assert beyond == panels_html({"a": np.ones((1, 1, 4, 4))}, [("normal", "success")], "x")


def test_all_images_are_equally_wide():
    widths = re.findall(r'width="(\d+)"', panels_html(ROWS, COLUMNS, "Digits"))
    assert [int(width) / SIDE for width in widths] == [2] * 3 + [1] * 3 + [2] * 3


def test_labels_and_caption_are_text_and_escaped():
    made = panels_html({"A<b": IMAGES}, COLUMNS, "6 & 9")
    assert "A&lt;b" in made
    assert "<figcaption>6 &amp; 9</figcaption>" in made
    assert made.count("normal, failure</span>") == 1


def test_row_without_an_image_for_every_column_is_refused():
    with pytest.raises(ValueError, match="5 columns, but row 'AE' has 4 images"):
        panels_html(ROWS | {"AE": IMAGES[:4]}, COLUMNS, "x")


def test_rows_of_one_size_stand_below_each_other_each_once():
    made = rows_html({"normal": IMAGES, "few": IMAGES[:2]}, "Five images & two", "A caption")
    assert re.findall(r'alt="([^"]+)"', made) == ["Row “normal”: 5 images", "Row “few”: 2 images"]
    assert re.findall(r'width="(\d+)"', made) == [str(5 * SIDE), str(2 * SIDE)]
    assert 'aria-label="Five images &amp; two"' in made
    assert "<figcaption>A caption</figcaption>" in made
    assert made.count("data:image/webp") == 2


@pytest.mark.parametrize(("side", "shown"), [(28, SIDE), (64, 64), (256, LARGEST_SIDE)])
def test_larger_images_get_more_room(side, shown):
    made = rows_html({"a": np.zeros((1, 1, side, side))}, "One black image")
    assert f'width="{shown}"' in made
    assert "figcaption" not in made
