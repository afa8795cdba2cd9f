"""Pictures of patches: the forms asked for, and gradients that agree with differences."""

import numpy as np
import pytest
import torch

from ssad_lib.studies.self_tuning import patches

SETTINGS = {"image_set": "textures:weave", "images": 2, "size": 32}


@pytest.fixture(scope="module")
def images():
    return patches.examples(SETTINGS)


@pytest.mark.parametrize("name", patches.LOCAL)
def test_larger_patches_change_more(images, name):
    white = torch.ones_like(images) if name != "cutpaste" else images
    changed = [
        float((patches.patched(white, name, size, 1.0, 0.0) != white).double().mean())
        for size in patches.SIZES[:5]
    ]
    assert changed == sorted(changed)
    assert changed[-1] > changed[0]


def test_cutout_has_the_size_and_ratio_asked_for():
    white = torch.ones(4, 3, 64, 64)
    hole = patches.patched(white, "cutout", 0.16, 4.0, 0.0)[:, 0] == 0
    assert hole.double().mean(dim=(1, 2)) == pytest.approx(0.16, abs=0.02)
    height, width = hole.any(2).sum(1), hole.any(1).sum(1)
    assert (width / height).tolist() == pytest.approx([4.0] * 4, abs=0.4)


def test_every_row_starts_with_the_image(images):
    rows = patches.rows(images[0])
    assert list(rows) == list(patches.ROWS)
    for shown in rows.values():
        assert len(shown) == 1 + len(patches.SIZES)
        assert torch.equal(shown[0], images[0])


def test_gradients_agree_with_differences(images):
    table = patches.gradients(images)
    assert np.allclose(table["true gradient"], table["difference quotient"], atol=1e-6)
    assert table["pixels that tell"].between(0.01, 0.999).all()


def test_only_one_reading_of_size_makes_the_first_initial_patch_visible():
    table = patches.readings()
    assert table.loc[1e-4, "radius, area"] == pytest.approx(2.56)
    assert table.loc[1e-4, "peak, area"] > 0.9
    assert table.loc[1e-4, "peak, length"] < 1e-6


def test_widget_has_a_frame_for_every_choice(images):
    widget = patches.browser(images)
    choices = len(patches.LOCAL) * len(patches.SIZES) * len(patches.RATIOS) * len(patches.ANGLES)
    assert len(widget.captions) == choices
    assert widget.captions[0] == "CutPaste, size 0.01, ratio 1 (knows no angle)"
    assert widget.captions[-1] == "CutDiff, size 0.64, ratio 4, 135°"
    assert len(widget.sheet) < 900_000
