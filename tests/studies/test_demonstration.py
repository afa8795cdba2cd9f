"""The demonstration of all detectors on one class."""

import numpy as np
import pytest

from ssad_lib import metrics, profiles
from ssad_lib.studies import demonstration

SETTINGS = {
    "image_set": "street-digits", "normal_class": 6, "images_per_class": 30, "augmentation": "flip",
    "width": 4, "epochs": 1, "batch_size": 16, "learning_rate": 1e-3,
    "sad_width": 4, "sad_epochs": 1, "sad_batch_size": 16, "sad_learning_rate": 1e-3,
    "ap_base": 4, "ap_widen": 1, "ap_views": 1, "ap_batch_size": 16, "ap_learning_rate": 1e-3,
}  # fmt: skip


@pytest.fixture(scope="module")
def shown():
    return demonstration.train(SETTINGS)


def test_anomalies_are_the_normals_through_the_augmentation(shown):
    assert np.allclose(shown.pictures["anomaly"], shown.pictures["normal"][:, :, ::-1])
    assert "through Flip" in shown.alt


def test_the_table_has_every_model_without_augmentation_and_untrained(shown):
    assert list(shown.table.index) == [
        "AE, untrained", "AE", "DAE", "DeepSVDD, untrained", "DeepSVDD", "DeepSAD",
        "AP, untrained", "AP",
    ]  # fmt: skip
    assert shown.table["AUC"].between(0, 1).all()


def test_histograms_say_what_the_table_says(shown):
    for model in demonstration.MODELS:
        scores, alt, kind = shown.histogram(model)
        auc = metrics.auroc_between(scores["normal"], scores["anomaly"])
        assert shown.table.loc[model, "AUC"] == auc
        assert f"AUC {auc:.2f}" in alt
        assert kind


def test_detectors_have_the_budget_of_the_chapter():
    made = demonstration.detectors(SETTINGS)
    assert made["AE, untrained"].epochs == made["DeepSVDD, untrained"].epochs == 0
    assert made["AP, untrained"].views == 0
    assert made["DeepSAD"].augmentation == made["AP"].augmentation == "flip"
    assert made["DeepSAD"].width == SETTINGS["sad_width"]


@pytest.mark.parametrize("profile", profiles.NAMES)
def test_the_label_names_every_family(profile):
    said = demonstration.label(profiles.settings("not-magic/setup", profile))
    assert all(name in said for name in ("AE and DAE", "DeepSVDD and DeepSAD", "AP"))
