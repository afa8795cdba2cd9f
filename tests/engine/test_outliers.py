"""Outliers of a run: the same for all detectors and classes of a seed, never an anomaly class."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from ssad_lib import data
from ssad_lib.detectors import EXPOSED
from ssad_lib.engine import execute, fleets, outliers, run
from ssad_lib.engine.images import content
from ssad_lib.errors import SsadError
from ssad_lib.spec import RunSpec, options
from ssad_lib.store import Store
from ssad_lib.tasks import ONE_VS_REST

DIGITS, LETTERS = "street-digits", "street-letters"
PER_CLASS = 6


def letters(**chosen):
    return outliers.named(DIGITS, LETTERS, **{"images_per_class": PER_CLASS, "size": 16, **chosen})


def spec(detector="HSC", against=None, normal_class=3, seed=0, **chosen):
    budget = {"width": 2, "epochs": 2, "batch_size": 16, "learning_rate": 1e-3, **chosen}
    return RunSpec(
        detector=detector,
        detector_options=options(budget),
        augmentation="identity",
        augmentation_options=(),
        image_set=DIGITS,
        images_per_class=40,
        test_images_per_class=10,
        size=16,
        normal_class=normal_class,
        seed=seed,
        testbeds=(ONE_VS_REST,),
        fingerprint=content(DIGITS, 40, 10, 16),
        outliers=letters() if against is None else against,
    )


def set_of_letters():
    return data.load(LETTERS, images_per_class=PER_CLASS, size=16)


def test_all_outliers_are_the_training_images_of_the_set():
    images = outliers.outlier_images(spec())
    expected = torch.from_numpy(set_of_letters().images).float() / 255
    assert torch.equal(images, expected)
    normals, others = outliers.training_set(spec())
    assert normals.shape == (40, 3, 16, 16)
    assert torch.equal(others, images)
    assert len(outliers.training_set(replace(spec(), outliers=()))) == 1


def test_classes_are_drawn_by_the_seed_and_more_contain_the_fewer():
    found = set_of_letters()
    for seed in (0, 1):
        chosen = [
            set(found.labels[outliers.selected(found, k, 0, seed)].tolist()) for k in (1, 3, 10, 26)
        ]
        assert [len(classes) for classes in chosen] == [1, 3, 10, 26]
        assert chosen[0] < chosen[1] < chosen[2] < chosen[3]
    firsts = {int(found.labels[outliers.selected(found, 1, 0, s)[0]]) for s in range(12)}
    assert len(firsts) > 4


def test_images_are_drawn_by_the_seed_and_more_contain_the_fewer():
    found = set_of_letters()
    for classes in (0, 4):
        chosen = [set(outliers.selected(found, classes, n, 5).tolist()) for n in (1, 8, 20, 0)]
        assert [len(places) for places in chosen[:3]] == [1, 8, 20]
        assert chosen[0] < chosen[1] < chosen[2] < chosen[3]
    again = outliers.selected(found, 0, 20, 5)
    assert np.array_equal(again, np.sort(again))
    assert not np.array_equal(again, outliers.selected(found, 0, 20, 6))


def test_detectors_and_classes_of_one_seed_learn_from_the_same_outliers():
    against = letters(classes=3, images=10)
    first = outliers.outlier_images(spec("HSC", against))
    assert torch.equal(outliers.outlier_images(spec("BCE", against, normal_class=7)), first)
    assert not torch.equal(outliers.outlier_images(spec("HSC", against, seed=1)), first)


def test_classes_by_name():
    found = set_of_letters()
    images = outliers.outlier_images(spec(against=letters(classes=["q", "b"])))
    expected = np.concatenate([found.of_class(1), found.of_class(16)])
    assert torch.equal(images, torch.from_numpy(expected).float() / 255)


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"classes": ["ab"]}, "unknown class of the outlier set 'street-letters' 'ab'"),
        ({"classes": 27}, "has 26 classes, not 27: ask for fewer"),
        ({"images": 157}, "has 156 images, not 157: ask for fewer"),
    ],
)
def test_what_the_set_does_not_have_is_refused(chosen, message):
    with pytest.raises(SsadError, match=message):
        letters(**chosen)


def test_an_anomaly_class_among_the_outliers_is_refused_in_one_line(tmp_path):
    with pytest.raises(SsadError, match=r"has the class '0' of 'street-digits'.*--allow-overlap"):
        outliers.named(DIGITS, DIGITS, images_per_class=4)
    meant = outliers.named(DIGITS, DIGITS, images_per_class=4, size=16, allow_overlap=True)
    assert len(outliers.outlier_images(spec(against=meant))) == 40
    sneaked = tuple(pair for pair in meant if pair[0] != "overlap")
    with pytest.raises(SsadError, match="--allow-overlap"):
        outliers.outlier_images(spec(against=sneaked))
    images = np.zeros((2, 3, 16, 16), np.uint8)
    own = {"images": images, "labels": np.arange(2), "classes": np.array(["apple", "SEVEN,  7"])}
    np.savez(tmp_path / "own.npz", **own)
    with pytest.raises(SsadError, match="the class 'SEVEN,  7'"):
        outliers.named(DIGITS, f"npz:{tmp_path / 'own.npz'}", size=16)
    alone = outliers.named(DIGITS, f"npz:{tmp_path / 'own.npz'}", size=16, classes=["apple"])
    assert len(outliers.outlier_images(spec(against=alone))) == 1


def test_names_are_compared_in_any_spelling():
    assert outliers.overlap(["Ankle_Boot", "sea-lion"], ["ankle-boot"]) == ["Ankle_Boot"]
    assert outliers.overlap(["tabby, Tabby Cat"], ["tabby cat"]) == ["tabby, Tabby Cat"]
    assert outliers.overlap(["pickup_truck", "wildcat"], ["truck", "cat"]) == []


def test_outliers_of_another_form_are_refused(tmp_path):
    np.savez(tmp_path / "grey.npz", images=np.zeros((4, 16, 16), np.uint8), labels=np.zeros(4, int))
    with pytest.raises(SsadError, match=r"images \(1, 16, 16\) \(C, H, W\) and 'street-digits'"):
        outliers.named(DIGITS, f"npz:{tmp_path / 'grey.npz'}", size=16)


def test_a_changed_outlier_set_is_noticed(tmp_path):
    path = tmp_path / "own.npz"
    images = np.zeros((4, 3, 16, 16), np.uint8)
    np.savez(path, images=images, labels=np.zeros(4, int), classes=np.array(["x"]))
    planned = outliers.named(DIGITS, f"npz:{path}", size=16)
    outliers.load_images.cache_clear()
    np.savez(path, images=images + 1, labels=np.zeros(4, int), classes=np.array(["x"]))
    with pytest.raises(SsadError, match="has changed since the study was planned"):
        outliers.outlier_images(spec(against=planned))


def test_only_some_detectors_learn_from_outliers():
    chosen = options(width=4, epochs=1, batch_size=16, learning_rate=1e-3)
    with pytest.raises(SsadError, match="DeepSVDD learns from no outliers: use HSC, DSAD, BCE"):
        run.perform(replace(spec(), detector="DeepSVDD", detector_options=chosen))


@pytest.mark.parametrize("detector", EXPOSED)
def test_without_biases_a_fleet_scores_as_one_run_does(detector):
    study = [spec(detector, letters(images=20), normal, 0, bias=False) for normal in (3, 4)]
    for alone, together in zip(
        map(run.perform, study), fleets.perform_fleet(tuple(study)), strict=True
    ):
        expected = alone.scores["one-vs-rest/rest"]
        scores = together.scores["one-vs-rest/rest"]
        np.testing.assert_allclose(scores, expected, rtol=1e-3, atol=1e-4 * expected.std())


@pytest.mark.parametrize("detector", EXPOSED)
def test_a_run_is_its_specification_alone_or_in_a_fleet(detector, tmp_path):
    """Alone, in a fleet, from the store: one result, up to the order of sums in a fleet."""
    study = [spec(detector, letters(images=20), normal_class, 0) for normal_class in (3, 4)]
    first = run.perform(study[0])
    (task,) = first.tasks
    assert (task.testbed, task.anomaly, task.normals, task.anomalies) == (
        "one-vs-rest",
        "rest",
        10,
        90,
    )
    assert run.perform(study[0]).scores["normal"].tobytes() == first.scores["normal"].tobytes()
    assert len(fleets.group(study, 8)) == 1
    alone, together = (
        one.scores["one-vs-rest/rest"] for one in (first, fleets.perform_fleet(tuple(study))[0])
    )
    # A bias before batch normalisation has no gradient but rounding, of which Adam makes whole
    # steps; they shift the running means, and so the scores, by some hundredths of their spread.
    assert np.abs(together - alone).max() < 0.1 * alone.std()
    store = Store(tmp_path / "store.sqlite")
    stored = execute(study, store, jobs=1, executor="serial")
    assert [record.spec for record in stored] == study
    assert stored[0].tasks[0].auc == task.auc
    assert execute(study, store, jobs=1)[0].provenance == stored[0].provenance


def test_runs_with_other_outliers_are_not_trained_together():
    assert len(fleets.group([spec(), spec(against=letters(images=8)), spec(seed=1)], 8)) == 2


def test_the_title_names_the_outliers():
    assert spec().title == "HSC/street-letters street-digits class 3 seed 0"
