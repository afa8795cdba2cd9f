from dataclasses import replace

import numpy as np
import pytest

from ssad_lib.localise import example, localise, train
from ssad_lib.localise.model import maps_of

SETTINGS = {
    "image_set": "textures:carpet", "images_per_class": 20, "test_images_per_class": 2, "size": 64,
}  # fmt: skip


@pytest.fixture(scope="module")
def case():
    normal, images, masks = example.folders(SETTINGS)
    return normal, images, masks, localise(train(normal), images, masks=masks)


def test_folders_and_masks_belong_together(case):
    normal, images, masks, _ = case
    assert len(normal.names) == 20
    assert images.names[:3] == ("good/000.png", "good/001.png", "color/000.png")
    assert [bool(mask.any()) for mask in masks] == [not n.startswith("good") for n in images.names]
    assert "20 normal images, 2 of each kind" in example.label(SETTINGS)


def test_the_mean_image_is_what_a_network_has_to_beat(case):
    normal, images, masks, found = case
    changed = replace(images, images=normal.images[:1].clone())
    changed.images[:, :, 20:28, 40:48] = 1
    y, x = np.unravel_index(example.mean_image_maps(normal, changed)[0].argmax(), (64, 64))
    assert 20 <= y < 28
    assert 40 <= x < 48
    plain = example.mean_image_maps(normal, images)
    again = maps_of(found.model.detector, images.images)
    table = example.measured({"mean image": plain, "PatchCore": again}, masks)
    assert table.loc["PatchCore", "AUPRO"] > table.loc["mean image", "AUPRO"]
    assert ((table > 0) & (table <= 1)).all(axis=None)
    assert table.loc["PatchCore", "best F1"] == found.measures.f1


def test_pictures_show_one_image_of_each_kind(case):
    *_, found = case
    chosen = example.one_of_each(found)
    assert [found.images.names[i] for i in chosen] == [
        f"{kind}/000.png" for kind in ("good", "color", "cut", "hole", "metal", "thread")
    ]
    rows, alt = example.pictures(found, chosen)
    assert "good, color, cut, hole, metal, thread" in alt
    assert list(rows) == ["image", "heat map", "marked", "truth"]
    assert {len(images) for images in rows.values()} == {6}
    marked = rows["marked"][3, 0]
    assert np.array_equal(marked > 0.5, found.maps[chosen[3]] >= found.threshold.value)


def test_promises_grow_with_the_held_out_images():
    table = example.promises([9, 99])
    assert table["expected false alarms"].tolist() == ["10.0%", "1.0%"]
    assert table.iloc[0, 1] == "33.6%"
