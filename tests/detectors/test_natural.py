import numpy as np
import pytest
import torch
from sklearn.base import clone

from ssad_lib.detectors.natural import NSA
from ssad_lib.errors import SsadError
from tests.augment.simulated.conftest import surface

pytest.importorskip("cv2")
SMALL = {"width": 4, "epochs": 2, "batch_size": 4, "learning_rate": 2e-3}


@pytest.fixture(scope="module")
def images():
    return surface("carpet", 8, 32)


@pytest.fixture(scope="module")
def fitted(images):
    return NSA(**SMALL).fit(images)


def test_maps_and_scores(fitted, images):
    maps = fitted.localise(images)
    assert maps.shape == (8, 32, 32)
    assert 0 <= maps.min() <= maps.max() <= 1
    assert fitted.decision_function(images) == pytest.approx(maps.mean((1, 2)), rel=1e-5)


def test_the_seed_decides_the_result(fitted, images):
    assert np.array_equal(clone(fitted).fit(images).localise(images), fitted.localise(images))


@pytest.mark.parametrize("kind", ["texture", "object"])
def test_every_image_is_shown_with_its_label(images, kind):
    shown, labels = next(iter(NSA(**SMALL, kind=kind).prepare(images).epoch()))
    assert shown.shape == (4, 3, 32, 32)
    assert labels.shape == (4, 32, 32)
    assert 0 <= float(labels.min()) <= float(labels.max()) <= 1
    assert labels.max() > 0


def test_textures_are_flipped_upside_down_and_objects_are_not(images):
    originals = {tuple(image.flatten().tolist()) for image in images}
    upside_down = {tuple(image.flip(1).flatten().tolist()) for image in images}

    def untouched(kind):
        seen = set()
        for _ in range(3):
            for shown, labels in NSA(**SMALL, kind=kind).prepare(images).epoch():
                corner = labels[:, :8, :8].flatten(1).sum(1) == 0
                seen |= {tuple(one[:, :8, :8].flatten().tolist()) for one in shown[corner]}
        return seen

    corners = {tuple(image[:, :8, :8].flatten().tolist()) for image in images}
    flipped = {tuple(image.flip(1)[:, :8, :8].flatten().tolist()) for image in images}
    assert originals.isdisjoint(upside_down)
    assert untouched("object") <= corners
    assert untouched("texture") & (flipped - corners)


def test_the_rate_follows_a_cosine():
    detector = NSA(epochs=100)
    assert detector._rate(0) == pytest.approx(1e-3)
    assert detector._rate(50) == pytest.approx(5e-4, rel=2e-3)
    assert detector._rate(100) == pytest.approx(1e-6)


def test_what_cannot_be_meant_is_refused(images):
    with pytest.raises(SsadError, match="unknown kind 'textures': did you mean 'texture'"):
        NSA(**SMALL, kind="textures").fit(images)
    with pytest.raises(SsadError, match="multiple of 32"):
        NSA(**SMALL).fit(torch.rand(4, 3, 40, 40))
