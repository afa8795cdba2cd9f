import base64
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ssad_lib.widgets import Axis, SpriteBrowser

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
