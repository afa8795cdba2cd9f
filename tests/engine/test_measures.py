"""What a run measures beside the AUC: oracles for positions, probes, repairs."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.stats import wasserstein_distance

from ssad_lib import metrics
from ssad_lib.engine import measures, run
from ssad_lib.studies.grid import Budget
from tests.engine.studies import EVERY_MODEL

BUDGET = Budget.of({**EVERY_MODEL, "normal_classes": [6]})


@pytest.fixture(scope="module")
def dae():
    (spec,) = BUDGET.specs("DAE", "flip")
    return spec, run.perform(spec), run.train(spec)


def test_position_is_zero_at_normal_and_one_at_augmented_data():
    random = np.random.default_rng(0)
    normal = random.normal(size=(50, 8)).astype(np.float32)
    augmented = random.normal(size=(50, 8)).astype(np.float32) + 5
    assert measures.position(normal, augmented, normal) == pytest.approx(0, abs=1e-6)
    assert measures.position(normal, augmented, augmented) == pytest.approx(1, abs=1e-6)
    middle = (normal + augmented) / 2
    assert measures.position(normal, augmented, middle) == pytest.approx(0.5, abs=1e-6)
    assert measures.position(normal, augmented, 2 * normal - augmented) == pytest.approx(-1)
    assert np.isnan(measures.position(normal, normal, augmented))


def test_separation_of_apart_and_of_equal_groups():
    random = np.random.default_rng(0)
    normal = random.normal(size=(100, 4)).astype(np.float32)
    apart = measures.separation(normal, normal + 10)
    assert apart["probe_auc"] == 1
    assert apart["silhouette"] > 0.7
    same = measures.separation(normal, random.normal(size=(100, 4)).astype(np.float32))
    assert 0.3 < same["probe_auc"] < 0.6  # pooled over folds, chance lies somewhat below one half
    assert measures.separation(normal * 0, normal * 0)["probe_auc"] == 0.5


def test_measures_of_a_run_are_means_of_its_scores(dae):
    _, record, _ = dae
    assert record.measures["error_normal"] == pytest.approx(record.scores["normal"].mean(), 1e-4)
    assert record.measures["error_augmented"] == pytest.approx(
        record.scores["augmented"].mean(), 1e-4
    )
    for task in record.tasks:
        scores = record.scores[f"{task.testbed}/{task.anomaly}"]
        assert task.measures["error_anomaly"] == pytest.approx(scores.mean(), 1e-4)
        assert task.measures["wasserstein"] == pytest.approx(
            wasserstein_distance(record.scores["augmented"], scores), 1e-4
        )
        assert ("error_repair" in task.measures) == (task.testbed == "controlled")
        assert "position" in task.measures


def test_repair_is_the_error_against_the_image_before_gen(dae):
    spec, record, detector = dae
    groups = run.tested_images(spec)
    made = torch.from_numpy(detector.reconstruct(groups["controlled/flip"]))
    expected = (made - groups["normal"]).square().mean(dim=(1, 2, 3))
    assert record.scores["repair/flip"] == pytest.approx(expected.numpy(), abs=1e-6)


def test_a_network_is_trained_again_to_the_bit(dae):
    spec, record, detector = dae
    again = detector.decision_function(run.tested_images(spec)["normal"])
    assert np.array_equal(again, record.scores["normal"])


def test_augmented_normals_are_the_same_images_for_every_augmentation():
    images = torch.rand(300, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    flip, plain = (next(BUDGET.specs(d, a)) for d, a in (("DAE", "flip"), ("AE", "identity")))
    assert torch.equal(measures.augmented_normals(plain, images), images[:200])
    assert torch.equal(measures.augmented_normals(flip, images), images[:200].flip(2))
    other = replace(flip, detector="DeepSAD")
    assert torch.equal(measures.augmented_normals(other, images), images[:200].flip(2))


def test_ap_records_both_scores():
    (spec,) = BUDGET.specs("AP", "flip")
    record = run.perform(spec)
    for task in record.tasks:
        name = f"{task.testbed}/{task.anomaly}"
        simple = record.scores["simple/normal"], record.scores[f"simple/{name}"]
        assert task.measures["auc_simple"] == pytest.approx(metrics.auroc_between(*simple), 1e-5)
        dirichlet = record.scores["normal"], record.scores[name]
        assert task.auc == metrics.auroc_between(*dirichlet)
    assert len(record.tasks) == 12


def test_hypersphere_measures_its_collapse_and_positions():
    (spec,) = BUDGET.specs("DeepSAD", "flip")
    record = run.perform(spec)
    assert {"distance_train", "collapsed", "relative_spread"} <= set(record.measures)
    assert all("position" in task.measures for task in record.tasks)
    (plain,) = BUDGET.specs("DeepSVDD")
    assert not any("position" in task.measures for task in run.perform(plain).tasks)
