"""What the gallery of simulated anomalies shows."""

import numpy as np
import pytest

from ssad_lib.studies.simulation import gallery
from tests.studies.simulation.made import GALLERY

pytest.importorskip("cv2")


def test_every_simulation_on_every_surface():
    widget = gallery.surfaces(GALLERY)
    surfaces, simulations = widget.axes
    assert surfaces["options"] == ["carpet", "tile"]
    assert simulations["options"] == [
        "normal", "Transparent", "Opaque", "NDAA", "CutPaste", "NSA", "Rotation of normals",
    ]  # fmt: skip
    assert (widget.frame["width"], widget.frame["height"]) == (2 * 32, 2 * 32)


def test_generator_opacity_scale_and_draw():
    widget = gallery.browser(GALLERY, "textures:carpet")
    assert [axis["name"] for axis in widget.axes] == ["Generator", "Opacity", "Scale", "Draw"]
    assert len(widget.captions) == 5 * 3 * 3 * 2
    assert all("the mask covers" in caption for caption in widget.captions)
    # Opaque knows no opacity, NDAA no scale.
    shares = np.array([float(one.split("covers ")[1].split("%")[0]) for one in widget.captions])
    shares = shares.reshape(5, 3, 3, 2)
    assert (shares[1] == shares[1][:1]).all()
    assert (shares[2] == shares[2][:1, :1]).all()
    assert (shares[0, 0, 0] != shares[0, 0, 2]).any()


def test_quantities_of_masks():
    table = gallery.quantities(GALLERY)
    assert len(table) == 5 * 2
    assert (table["mask"].between(0, 1) & table["empty"].between(0, 1)).all()
    assert (table["changed"] > 0).any()


def test_selections():
    table = gallery.selections(GALLERY)
    assert table.loc["tile"].tolist() == ["used", "used", "–", "used"]
    assert table.loc["carpet"].tolist() == ["used", "used", "used", "–"]


def test_a_line_around_a_mask_leaves_what_is_below_it():
    images = np.full((1, 1, 6, 6), 0.5, np.float32)
    masks = np.zeros((1, 6, 6), np.bool_)
    masks[0, 2:4, 2:4] = True
    shown = gallery.outlined(images, masks)
    assert shown.shape == (1, 3, 6, 6)
    assert np.allclose(shown[0, :, 2:4, 2:4], 0.5)
    assert np.allclose(shown[0, :, 1, 2], gallery.OVERLAY)
    assert np.allclose(shown[0, :, 0, 0], 0.5)
    under = gallery.tinted(images, masks)
    assert np.allclose(under[0, :, 0, 0], 0.5)
    assert not np.allclose(under[0, :, 2, 2], 0.5)
