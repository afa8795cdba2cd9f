"""ST-SSAD: what it learns on small tasks, that its run is decided by its seed, what it refuses."""

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.metrics import roc_auc_score

from ssad_lib import augment, rng
from ssad_lib.detectors import DETECTORS, STSSAD
from ssad_lib.errors import NonFiniteError, SsadError

TINY = {"network": "small", "epochs": 1, "iterations": 2, "batch_size": 8, "initial": (0.05, 0.1)}


def surface(n, seed=0, channels=3):
    """Bright images of weak smooth noise, (n, C, 16, 16)."""
    coarse = torch.rand(n, channels, 4, 4, generator=rng.generator("surface", seed))
    return 0.7 + 0.2 * torch.nn.functional.interpolate(coarse, 16, mode="bilinear")


def damaged(images, size, seed=1):
    return augment.get("cutdiff", size=size)(images, rng.generator("damage", seed))


def unlabelled(size=0.05):
    return torch.cat([surface(16, 1), damaged(surface(16, 2), size)])


def fitted(**options):
    return STSSAD(**{**TINY, **options}).fit(surface(32), unlabelled())


@pytest.fixture(scope="module")
def tiny():
    return fitted()


def test_it_has_what_pyod_promises(tiny):
    scores = tiny.decision_function(unlabelled())
    assert scores.shape == (32,)
    assert scores.dtype == np.float32
    assert tiny.decision_scores_.shape == tiny.labels_.shape == (32,)
    assert tiny.labels_.mean() == pytest.approx(0.1, abs=0.04)
    assert np.array_equal(tiny.predict(surface(32)), tiny.labels_)
    assert tiny.embed(surface(5)).shape == (5, 64)
    assert DETECTORS["STSSAD"] is STSSAD
    assert clone(tiny).get_params() == tiny.get_params()


def test_it_says_what_it_learned(tiny):
    assert list(tiny.augmentation_) == ["size", "ratio", "angle"]
    assert len(tiny.inits_) == 2
    spreads = [one["spread"] for one in tiny.inits_]
    best = int(np.argmax(spreads))
    assert tiny.measures_["chosen_init"] == best
    assert [tiny.measures_[f"spread_{place}"] for place in (0, 1)] == spreads
    assert tiny.augmentation_ == tiny.inits_[best]["learned"]
    assert tiny.history_ is tiny.inits_[best]["history"]
    assert [one["initial"]["size"] for one in tiny.inits_] == pytest.approx([0.05, 0.1])
    assert len(tiny.history_) == 2
    assert set(tiny.history_[0]) == {"training_loss", "validation_loss", *tiny.augmentation_}
    assert len(tiny.loss_curve_) == 3
    for key, value in tiny.augmentation_.items():
        assert tiny.measures_[key] == value
        # The state taken is one that was visited, with the weights trained on it.
        assert tiny.history_[tiny.inits_[best]["best"]][key] == value


def test_the_choice_is_by_the_variance_of_the_unlabelled_scores(tiny):
    taken = tiny.inits_[int(tiny.measures_["chosen_init"])]
    scores = tiny.decision_function(unlabelled()).astype(np.float64)
    assert taken["spread"] == pytest.approx(scores.var(ddof=1), rel=1e-4)


def test_the_score_is_the_negative_log_likelihood_of_a_gaussian(tiny):
    from scipy.stats import multivariate_normal
    from sklearn.covariance import LedoitWolf

    def prepared(images):
        embeddings = tiny.embed(images).astype(np.float64)
        return embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)

    estimate = LedoitWolf().fit(prepared(surface(32)))
    expected = -multivariate_normal.logpdf(
        prepared(unlabelled()), estimate.location_, estimate.covariance_, allow_singular=True
    )
    np.testing.assert_allclose(tiny.decision_function(unlabelled()), expected, rtol=1e-3)


@pytest.mark.parametrize("augmentation", ["cutdiff", "rotation"])
def test_a_seed_decides_everything(augmentation):
    options = {"augmentation": augmentation, "initial": (0.05,), "updates": 2}
    before = torch.get_rng_state()
    first, again, other = (fitted(**options, random_state=seed) for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), before)
    assert first.history_ == again.history_
    assert first.measures_ == again.measures_
    assert np.array_equal(first.decision_scores_, again.decision_scores_)
    assert first.history_ != other.history_


def test_an_initialisation_does_not_depend_on_the_others(tiny):
    alone = fitted(initial=(0.1,))
    assert alone.inits_[0]["history"] == tiny.inits_[1]["history"]


@pytest.mark.parametrize(
    "options",
    [
        {"order": "first"},
        {"objective": "mmd"},
        {"objective": "mmd-raw"},
        {"objective": "mmd", "mmd_kernel": "rbf"},
        {"transductive": False},
    ],
)
def test_every_variant_learns_something_else(options):
    # Adam's first step has one length whatever the gradient: only later ones tell variants apart.
    usual, other = fitted(iterations=4), fitted(**options, iterations=4)
    learned = [one["history"][-1]["size"] for one in other.inits_]
    assert learned != [one["history"][-1]["size"] for one in usual.inits_]
    assert np.isfinite(other.decision_scores_).all()


def test_the_inductive_form_sees_one_half_only():
    whole, half = fitted(), fitted(transductive=False)
    assert np.array_equal(whole.tuned_on_, np.arange(32))
    assert len(half.tuned_on_) == len(set(half.tuned_on_)) == 16
    unseen = np.setdiff1d(np.arange(32), half.tuned_on_)
    changed = unlabelled()
    changed[unseen] = 0.5
    again = STSSAD(**TINY, transductive=False).fit(surface(32), changed)
    assert again.history_ == half.history_
    assert again.measures_ == half.measures_


def test_without_iterations_the_initial_values_stay():
    still = fitted(iterations=0)
    assert still.augmentation_ == pytest.approx(
        still.inits_[int(still.measures_["chosen_init"])]["initial"], rel=1e-5
    )
    assert still.history_ == []
    assert "validation_loss" not in still.measures_


def test_it_stops_when_nothing_gets_better():
    stopped = fitted(initial=(0.05,), iterations=60, patience=1, learning_rate=1e-6)
    assert len(stopped.history_) < 60
    assert stopped.inits_[0]["best"] == len(stopped.history_) - 2


def test_a_patch_grows_towards_a_larger_one_and_shrinks_towards_a_smaller():
    options = {
        "network": "small", "epochs": 4, "iterations": 15, "batch_size": 16,
        "learning_rate": 0.01, "tuning_rate": 0.1, "initial": (0.03,),
    }  # fmt: skip
    learned = {}
    for true in (0.004, 0.2):
        detector = STSSAD(**options).fit(surface(64), unlabelled(true))
        learned[true] = detector.history_[-1]["size"]
    assert learned[0.004] < learned[0.2]
    assert learned[0.2] > 0.05


def test_an_angle_turns_towards_the_anomalies():
    draws = rng.generator("shades")
    shade = torch.linspace(0.2, 0.8, 16)[:, None].expand(16, 16)  # bright below
    upright = shade + 0.1 * torch.rand(96, 1, 16, 16, generator=draws)
    turned = augment.get("rotation", angle=180)(upright[:16], draws)
    detector = STSSAD(
        "rotation", augmentation_options={"rot_padding": "border"}, network="small", epochs=4,
        iterations=15, batch_size=16, learning_rate=0.01, tuning_rate=0.1, initial=(130, 230),
    )  # fmt: skip
    test = torch.cat([upright[16:32], turned])
    detector.fit(upright[32:], test)
    for one in detector.inits_:
        before, after = (one["history"][place]["angle"] for place in (0, -1))
        assert abs(after - 180) < abs(before - 180)
    assert roc_auc_score([0] * 16 + [1] * 16, detector.decision_function(test)) > 0.9


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"augmentation": "cutout"}, "tunable augmentation 'cutout'"),
        ({"order": "third"}, "unknown order 'third'"),
        ({"objective": "dsv"}, "unknown objective 'dsv'"),
        ({"mmd_kernel": "cubic"}, "unknown mmd_kernel"),
        ({"network": "resnet"}, "did you mean 'resnet18'"),
        ({"initial": ()}, "initial must list finite"),
        ({"initial": (0.0,)}, "must be positive"),
        ({"iterations": -1}, "iterations -1 must be ≥ 0"),
        ({"updates": 0}, "updates 0"),
        ({"tuning_rate": -1.0}, "tuning_rate -1.0 must be positive"),
        ({"momentum": 1.0}, "momentum 1.0"),
        ({"contamination": 0.9}, "contamination"),
        ({"batch_size": 1}, "batch_size 1"),
        ({"augmentation_options": {"sise": 1}}, "option of CutDiff 'sise'"),
    ],
)
def test_what_cannot_be_used_is_named_in_one_line(options, message):
    with pytest.raises(SsadError, match=message) as caught:
        fitted(**options)
    assert "\n" not in str(caught.value)


def test_images_it_needs():
    detector = STSSAD(**TINY)
    with pytest.raises(SsadError, match=r"call fit\(X_train, X_unlabelled\)"):
        detector.fit(surface(8))
    with pytest.raises(SsadError, match="load both at one size"):
        detector.fit(surface(8), surface(8, channels=1))
    with pytest.raises(SsadError, match="four unlabelled images or more, not 3"):
        detector.fit(surface(8), surface(3))
    with pytest.raises(SsadError, match="not fitted"):
        detector.decision_function(surface(2))


def test_an_exploding_training_is_an_error_that_says_what_to_do():
    with pytest.raises(NonFiniteError, match="lower learning_rate"):
        fitted(learning_rate=1e30, epochs=4)
