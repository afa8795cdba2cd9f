"""What is measured of detectors that localise, in their records."""

import numpy as np
import pytest
import torch
from sklearn.metrics import average_precision_score, roc_auc_score

from ssad_lib import tasks
from ssad_lib.detectors.similarity import structural_similarity
from ssad_lib.engine import fleets, localisation, run
from ssad_lib.engine import images as engine_images
from ssad_lib.engine.images import image_set
from ssad_lib.studies.grid import Budget
from ssad_lib.studies.simulation.runs import run as spec_of

pytest.importorskip("cv2")
SETTINGS = {
    "images_per_class": 12,
    "test_images_per_class": 3,
    "size": 32,
    "source": "noise",
    "precision": "float32",
    **{f"sim_{name}": value for name, value in {"width": 2, "epochs": 1}.items()},
    "sim_batch_size": 4,
    "sim_learning_rate": 0.002,
}
SPEC = spec_of(SETTINGS, "textures:carpet", "Ours", 0)


@pytest.fixture(scope="module")
def record():
    return run.perform(SPEC)


@pytest.fixture(scope="module")
def detector():
    return run.train(SPEC)


def test_a_run_is_tested_on_defects_and_on_simulated_anomalies(record):
    assert not record.error
    names = [(task.testbed, task.anomaly) for task in record.tasks]
    assert names[0] == (tasks.ONE_VS_REST, "rest")
    assert [testbed for testbed, _ in names[1:]] == [tasks.SIMULATED] * 5
    assert all("pixel_auroc" in task.measures for task in record.tasks)


def test_pixels_of_normal_and_anomalous_images_are_pooled(record, detector):
    groups, test = engine_images.tested_images(SPEC), image_set(SPEC, "test")
    maps = [detector.localise(groups[name]) for name in ("normal", "one-vs-rest/rest")]
    marked = np.concatenate([test.masks[test.labels == 0], test.masks[test.labels != 0]])
    scores = np.concatenate(maps)
    (task,) = [task for task in record.tasks if task.testbed == tasks.ONE_VS_REST]
    assert task.measures["pixel_auroc"] == pytest.approx(
        roc_auc_score(marked.ravel(), scores.ravel()), abs=1e-5
    )
    assert task.measures["pixel_ap"] == pytest.approx(
        average_precision_score(marked.ravel(), scores.ravel()), rel=1e-5
    )
    assert task.measures["pixel_share"] == pytest.approx(marked[3:].mean(), rel=1e-5)


def test_similarity_on_images_that_are_known_and_unseen(record, detector):
    train = tasks.normal_images(image_set(SPEC, "train"), 0)
    mine = train[0::2]
    wanted = structural_similarity(torch.from_numpy(detector.reconstruct(mine)), mine).mean()
    assert record.measures["similarity_reconstructed"] == pytest.approx(float(wanted), rel=1e-5)
    unseen = tasks.normal_images(image_set(SPEC, "test"), 0)
    flagged = detector.localise(unseen).mean()
    assert record.measures["flagged_unseen"] == pytest.approx(float(flagged), rel=1e-5)
    assert {"similarity_judged", "similarity_unseen", "flagged_judged"} <= set(record.measures)


def test_pictures_of_a_record_are_those_of_the_detector(record, detector):
    shown = localisation.shown_images(SPEC)
    test = image_set(SPEC, "test")
    _, places = shown["defect"]
    assert len(set(test.labels[places])) == 4
    images = torch.from_numpy(np.array(test.images[places])).float() / 255
    kept = record.scores["picture/defect/map"].reshape(4, 32, 32)
    assert np.allclose(kept, detector.localise(images), atol=1e-6)
    assert shown["known"][1].tolist() == [0, 2]
    assert record.scores["picture/known/reconstruction"].shape == (2 * 3 * 32 * 32,)


def test_other_detectors_have_no_pixels():
    budget = {
        **SETTINGS, "image_set": "textures:carpet", "normal_classes": [0], "seeds": [0],
        "width": 2, "epochs": 1, "batch_size": 4, "learning_rate": 1e-3,
    }  # fmt: skip
    (spec,) = Budget.of(budget).specs("AE")
    made = run.train(spec)
    assert localisation.of_tasks(made, spec, {}) == {}
    assert localisation.of_run(made, spec) == {}
    assert localisation.pictures(made, spec) == {}


def test_networks_of_this_size_are_not_trained_together():
    other = spec_of(SETTINGS, "textures:carpet", "Ours", 1)
    assert fleets.group([SPEC, other], largest=8) == [(SPEC,), (other,)]
