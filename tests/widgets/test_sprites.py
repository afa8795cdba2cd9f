import base64
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ssad_lib.widgets import Axis, SpriteBrowser, side_by_side

AXES = [Axis("Augmentation", ["Identity", "CutOut", "Flip"]), Axis("Draw", 5)]


def frames(first=3, second=5, height=6, width=10):
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (first, second, height, width, 3), dtype=np.uint8)


def alt(augmentation, draw):
    return f"{AXES[0].label(augmentation)}, {AXES[1].label(draw)}"


def sheet_of(widget):
    data = widget.sheet.removeprefix("data:image/webp;base64,")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"))


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 4), st.integers(1, 7), st.integers(1, 9), st.integers(1, 9))
def test_every_frame_is_where_the_script_looks_for_it(first, second, height, width):
    pictures = frames(first, second, height, width)
    axes = [Axis("a", first), Axis("b", second)]
    widget = SpriteBrowser.from_frames(pictures, axes, alt=lambda *at: f"frame {at}")
    sheet, columns = sheet_of(widget), widget.frame["columns"]
    for a in range(first):
        for b in range(second):
            at = a * second + b  # the script's own arithmetic
            x, y = at % columns * width, at // columns * height
            np.testing.assert_array_equal(sheet[y : y + height, x : x + width], pictures[a, b])
            assert widget.alts[at] == f"frame {(a, b)}"


def test_captions_name_the_choices_unless_given():
    widget = SpriteBrowser.from_frames(frames(), AXES, alt=alt)
    assert widget.captions[0] == "Identity, Draw 1"
    assert widget.captions[-1] == "Flip, Draw 5"
    own = SpriteBrowser.from_frames(frames(), AXES, alt=alt, caption=lambda a, d: f"{a}{d}")
    assert own.captions[-1] == "24"


def test_lower_quality_is_lighter():
    exact = SpriteBrowser.from_frames(frames(height=32, width=32), AXES, alt=alt)
    lossy = SpriteBrowser.from_frames(frames(height=32, width=32), AXES, alt=alt, quality=50)
    assert len(lossy.sheet) < len(exact.sheet) / 2


@pytest.mark.parametrize(
    "bad",
    [
        frames().astype(float),
        frames()[:2],
        frames()[..., :1],
        np.moveaxis(frames(), -1, -3),
        frames()[0],
    ],
)
def test_frames_that_do_not_fit_the_axes_are_refused(bad):
    with pytest.raises(ValueError, match=r"frames must be uint8 of shape \(3, 5, 'H', 'W', 3\)"):
        SpriteBrowser.from_frames(bad, AXES, alt=alt)


def test_frame_without_an_alternative_text_is_refused():
    with pytest.raises(ValueError, match="alternative text"):
        SpriteBrowser.from_frames(frames(), AXES, alt=lambda *at: " ")


def test_images_stand_side_by_side_in_colour_and_in_range():
    grey = np.full((2, 5, 1, 4, 3), 0.5)
    bright = np.full((2, 5, 1, 4, 3), 1.7)
    together = side_by_side(grey, bright, 0 * grey)
    assert together.shape == (2, 5, 4, 9, 3)
    assert together.dtype == np.uint8
    np.testing.assert_array_equal(together[1, 4, 3, :, 2], [128] * 3 + [255] * 3 + [0] * 3)


def test_channels_of_colour_images_keep_their_order():
    image = np.stack([np.full((4, 4), value) for value in (0.0, 0.2, 1.0)])
    assert side_by_side(image, image)[0, 5].tolist() == [0, 51, 255]


def test_names_stand_over_the_parts_of_a_frame():
    frames = np.stack([side_by_side(np.zeros((3, 4, 4)), np.ones((3, 4, 4)))])
    axes = [Axis("Image", 1)]
    widget = SpriteBrowser.from_frames(frames, axes, alt=alt_of_one, heads=["original", "AE"])
    assert widget.heads == ["original", "AE"]


def alt_of_one(image):
    return f"Image {image}"
