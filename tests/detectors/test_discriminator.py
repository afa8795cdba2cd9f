"""Discriminator: when hyper-parameters are drawn, and what training leaves."""

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from ssad_lib import augment, rng
from ssad_lib.detectors import DETECTORS, Discriminator
from ssad_lib.errors import NonFiniteError, SsadError

TINY = {"network": "small", "epochs": 2, "batch_size": 16}


def images_of(n, seed=0):
    coarse = torch.rand(n, 3, 4, 4, generator=rng.generator("images", seed))
    return 0.7 + 0.2 * torch.nn.functional.interpolate(coarse, 16, mode="bilinear")


def fitted(augmentation="cutdiff", **options):
    return Discriminator(augmentation, **{**TINY, **options}).fit(images_of(32))


def drawn(detector):
    """The hyper-parameters of every epoch, as `fit` would draw them."""
    detector._begin()
    return [aug.options for aug in detector._augmentations()]


def test_it_finds_what_it_was_trained_on():
    detector = Discriminator(
        "cutdiff", augmentation_options={"size": 0.03}, redraw="image",
        network="small", epochs=8, batch_size=16, learning_rate=0.01,
    ).fit(images_of(96))  # fmt: skip
    normal = images_of(40, 1)
    anomalous = augment.get("cutdiff", size=0.03)(normal, rng.generator("anomalies"))
    scores = detector.decision_function(torch.cat([normal, anomalous]))
    assert roc_auc_score([0] * 40 + [1] * 40, scores) > 0.95
    assert detector.loss_curve_[-1] < 0.5 * detector.loss_curve_[0]
    assert detector.embed(normal).shape == (40, 64)
    assert DETECTORS["Discriminator"] is Discriminator


@pytest.mark.parametrize("name", ["cutout", "cutpaste", "cutdiff", "rotation"])
def test_once_draws_once_and_epoch_draws_at_every_epoch(name):
    once, every = (drawn(Discriminator(name, redraw=r, epochs=5)) for r in ("once", "epoch"))
    assert all(options == once[0] for options in once)
    assert all(options != every[0] for options in every[1:])
    assert once[0] == every[0]


def test_image_leaves_the_augmentation_as_it_is():
    for name, options in (("flip", {}), ("cutout", {"cutout_aspect": (1.0, 2.0)})):
        shown = drawn(Discriminator(name, redraw="image", augmentation_options=options, epochs=3))
        assert shown == 3 * [augment.get(name, **options).options]
    assert fitted("flip", redraw="image").augmentation_ == {}


def test_given_hyperparameters_are_kept_and_the_others_stay_those_drawn():
    free = fitted(redraw="once").augmentation_
    fixed = fitted(redraw="once", augmentation_options={"size": 0.05})
    assert set(free) == {"size", "ratio", "angle"}
    assert fixed.augmentation_ == {key: free[key] for key in ("ratio", "angle")}
    assert fixed.measures_ == {**fixed.augmentation_, "training_loss": fixed.loss_curve_[-1]}


@pytest.mark.parametrize("redraw", ["once", "epoch", "image"])
def test_a_seed_decides_everything(redraw):
    first, again, other = (fitted(redraw=redraw, random_state=seed) for seed in (1, 1, 2))
    assert first.loss_curve_ == again.loss_curve_
    assert np.array_equal(first.decision_scores_, again.decision_scores_)
    assert first.loss_curve_ != other.loss_curve_


def test_cosine_ends_with_small_steps():
    detector = Discriminator(decay="cosine", epochs=4, learning_rate=0.1)
    rates = [detector._descent(epoch).learning_rate for epoch in range(4)]
    assert rates == pytest.approx([0.1, 0.0853553, 0.05, 0.0146447], rel=1e-5)
    assert Discriminator(decay="none", learning_rate=0.1)._descent(3).learning_rate == 0.1


def test_without_epochs_the_network_is_untrained():
    untrained = fitted(epochs=0)
    assert untrained.loss_curve_ == []
    assert untrained.decision_function(images_of(3)).shape == (3,)


@pytest.mark.parametrize(
    ("augmentation", "options", "message"),
    [
        ("flip", {"redraw": "once"}, "no range is known for hyper-parameters of 'flip'"),
        ("cutout", {"redraw": "never"}, "unknown redraw 'never'"),
        ("cutout", {"decay": "linear"}, "unknown decay 'linear'"),
        ("cutot", {}, "did you mean 'cutout'"),
        ("cutout", {"batch_size": 0}, "batch_size 0"),
        ("cutout", {"augmentation_options": {"size": 1}}, "option of CutOut 'size'"),
    ],
)
def test_what_cannot_be_used_is_named_in_one_line(augmentation, options, message):
    with pytest.raises(SsadError, match=message) as caught:
        fitted(augmentation, **options)
    assert "\n" not in str(caught.value)


def test_an_exploding_training_is_an_error_that_says_what_to_do():
    with pytest.raises(NonFiniteError, match="lower learning_rate"):
        fitted(learning_rate=1e30)
