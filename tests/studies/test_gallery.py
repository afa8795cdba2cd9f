"""The gallery: quantities that follow from METHODS section 2, frames for every draw."""

import pytest

from ssad_lib import augment
from ssad_lib.studies import gallery

SETTINGS = {"image_set": "street-digits", "images": 2, "draws": 3}


def test_quantities_agree_with_the_definitions():
    table = gallery.quantities(SETTINGS)
    assert list(table.index) == [augment.get(name).label for name in augment.names()]
    unchanged = table["unchanged"]
    assert unchanged["Identity"] == 1
    assert unchanged["Rotate"] == pytest.approx(0.25, abs=0.1)
    assert unchanged["Flip"] == pytest.approx(0.5, abs=0.12)
    assert unchanged["Invert"] == pytest.approx(0.5, abs=0.12)
    assert unchanged["Noise"] == 0
    assert float(table.loc["Noise", "range"].split(" to ")[0]) < 0
    assert table["what it does"].str.len().min() > 10


def test_browser_has_one_frame_per_augmentation_and_draw():
    images = gallery.examples(SETTINGS)
    widget = gallery.browser(images, SETTINGS)
    assert images.shape == (2, 3, 32, 32)
    assert len(widget.captions) == len(widget.alts) == 14 * 3
    assert widget.frame["width"] == 64
    assert widget.captions[0].startswith("Identity (none), draw 1")
    assert len(widget.sheet) < 600_000  # it sits in the head of the page
