"""Maps and reconstructions from records."""

import numpy as np

from ssad_lib.engine.images import image_set
from ssad_lib.studies.simulation import pictures, runs
from tests.studies.simulation.made import SETTINGS, SURFACES, record


def test_maps_of_all_methods_can_be_looked_at():
    records = [
        record(runs.run(SETTINGS, surface, name, 0), 0.5)
        for surface in SURFACES
        for name in ("DRAEM", "Ours", "NSA")
    ]
    widget = pictures.browser(records, ("Ours", "DRAEM", "PatchCore"))
    assert [axis["name"] for axis in widget.axes] == ["Surface", "Defect"]
    assert widget.heads == ["defect", "Ours", "DRAEM"]
    assert widget.frame["width"] == 3 * 32
    assert "of the pixels are defective" in widget.captions[0]


def test_originals_are_the_images_the_pictures_were_made_of():
    spec = runs.run(SETTINGS, "textures:carpet", "Ours", 0)
    images, masks = pictures.originals(spec, "defect")
    test = image_set(spec, "test")
    assert images.shape == (4, 3, 32, 32)
    assert masks.any((1, 2)).all()
    first = test.images[test.labels == 1][0].astype(np.float32) / 255
    assert np.allclose(images[0], first)


def test_reconstructions_of_both_trainings_side_by_side():
    records = [record(spec, 0.5) for spec in runs.mechanism(SETTINGS)]
    shown = pictures.by_split(records, "textures:tile")
    assert list(shown) == ["without a split", "with the split"]
    rows, alt = pictures.reconstructions(shown)
    assert [len(images) for images in rows.values()] == [4] * 5
    assert "2 images that R was trained on and 2 test images" in alt


def test_a_map_is_stretched():
    maps = np.array([[[[0.2, 0.4]]], [[[0.3, 0.2]]]], np.float32)
    assert np.allclose(pictures.stretched(maps), [[[[0, 1]]], [[[0.5, 0]]]])
    assert not pictures.stretched(np.ones((1, 1, 2, 2), np.float32)).any()
