"""DRAEM and its training on split data."""

import numpy as np
import pytest
import torch
from sklearn.base import clone

from ssad_lib.detectors.reconstruction import DRAEM, SplitDRAEM
from ssad_lib.errors import SsadError
from tests.augment.simulated.conftest import surface

SMALL = {"width": 4, "epochs": 1, "batch_size": 4, "learning_rate": 2e-3}


@pytest.fixture(scope="module")
def images():
    return surface("carpet", 8, 32)


@pytest.fixture(scope="module")
def fitted(images):
    return {made: made(**SMALL).fit(images) for made in (SplitDRAEM, DRAEM)}


@pytest.mark.parametrize("made", [SplitDRAEM, DRAEM])
def test_maps_scores_and_reconstructions(fitted, images, made):
    detector = fitted[made]
    maps = detector.localise(images)
    assert maps.shape == (8, 32, 32)
    assert maps.dtype == np.float32
    assert 0 <= maps.min() <= maps.max() <= 1
    scores = detector.decision_function(images)
    assert scores.shape == (8,)
    assert (scores <= maps.max((1, 2)) + 1e-6).all()
    assert detector.reconstruct(images).shape == (8, 3, 32, 32)
    assert np.isfinite(detector.loss_curve_).all()


@pytest.mark.parametrize("made", [SplitDRAEM, DRAEM])
def test_the_seed_decides_the_result(fitted, images, made):
    again = clone(fitted[made]).fit(images)
    assert np.array_equal(again.localise(images), fitted[made].localise(images))
    other = made(**SMALL, random_state=1).fit(images)
    assert not np.array_equal(other.localise(images), fitted[made].localise(images))


def test_each_network_sees_its_own_images(images):
    """An epoch shows R odd images only (counted from 1), and S even ones, as many of each."""
    detector = SplitDRAEM(**SMALL)
    marked = images.clone()
    marked[:, :, 0, 0] = torch.arange(8.0).view(8, 1) / 8
    course = detector.prepare(marked)
    batches = list(course.epoch())
    assert len(batches) == 2
    for shown, normal, masks in batches:
        assert shown.shape == (4, 6, 32, 32)
        assert set((normal[:, 0, 0, 0] * 8).tolist()) <= {0, 2, 4, 6}
        judged = shown[~masks[:, 0, 0], 3, 0, 0] * 8
        assert set(judged.tolist()) <= {1, 3, 5, 7}
    assert detector.reconstructed_.tolist() == [0, 2, 4, 6]
    assert detector.judged_.tolist() == [1, 3, 5, 7]


def test_without_a_split_both_see_the_same_images(images):
    detector = DRAEM(**SMALL)
    shown, normal, masks = next(iter(detector.prepare(images).epoch()))
    assert shown.shape == (4, 3, 32, 32)
    assert torch.equal(shown[:, :, ~masks.any(0)], normal[:, :, ~masks.any(0)])
    assert detector.reconstructed_.tolist() == detector.judged_.tolist() == list(range(8))


def test_targets_are_turned_with_the_images(images):
    turned = DRAEM(**SMALL, simulations=["cutpaste"])
    plain = DRAEM(**SMALL, simulations=["cutpaste"], rotate_normals=False)
    originals = {tuple(image.flatten().tolist()) for image in images}

    def targets(detector):
        epoch = detector.prepare(images).epoch
        return [tuple(one.flatten().tolist()) for _ in range(3) for b in epoch() for one in b[1]]

    assert set(targets(plain)) <= originals
    assert set(targets(turned)) - originals


def test_the_rate_falls_at_four_and_nine_tenths():
    detector = SplitDRAEM(epochs=700)
    rates = [detector._rate(epoch) for epoch in (0, 559, 560, 629, 630, 699)]
    assert rates == pytest.approx([1e-4, 1e-4, 2e-5, 2e-5, 4e-6, 4e-6])


def test_the_number_of_steps_is_that_of_all_images():
    images = torch.rand(21, 3, 32, 32)
    for made in (SplitDRAEM, DRAEM):
        assert len(list(made(**{**SMALL, "batch_size": 8}).prepare(images).epoch())) == 3


def test_it_learns_to_undo_and_to_find_what_it_was_shown():
    images = surface("tile", 16, 32)
    detector = SplitDRAEM(
        width=8, epochs=8, batch_size=8, learning_rate=2e-3, simulations=["opaque"]
    ).fit(images)
    assert detector.loss_curve_[-1] < 0.8 * detector.loss_curve_[0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"simulations": []}, "name at least one"),
        ({"simulations": ["opak"]}, "unknown simulation 'opak'"),
        ({"simulations": "opaque"}, r"must be a list of names, such as \['opaque'\]"),
        ({"source": "nois"}, "unknown image set 'nois'"),
        ({"opacity": (0.5, 0.2)}, "opacity must be two numbers"),
        ({"split": "odd"}, "unknown split 'odd'"),
        ({"share": 1.0}, "must lie between 0 and 1"),
        ({"reconstruction_mode": "eval"}, "unknown reconstruction_mode 'eval'"),
        ({"precision": "half"}, "precision must be"),
        ({"width": 0}, "width 0 must be"),
    ],
)
def test_what_cannot_be_meant_is_refused(images, options, message):
    with pytest.raises(SsadError, match=message):
        SplitDRAEM(**{**SMALL, **options}).fit(images)


def test_images_of_other_sides_are_refused():
    with pytest.raises(SsadError, match="multiple of 32"):
        SplitDRAEM(**SMALL).fit(torch.rand(4, 3, 48, 48))


def test_grey_and_oblong_images(images):
    detector = SplitDRAEM(**SMALL).fit(torch.rand(4, 1, 32, 64))
    assert detector.localise(torch.rand(2, 1, 32, 64)).shape == (2, 32, 64)
