"""Observation 3 in pictures: they belong to the records, and fall where the scores say."""

import numpy as np
import pytest

from ssad_lib import profiles
from ssad_lib.engine import perform
from ssad_lib.errors import SsadError
from ssad_lib.panels import panels_html
from ssad_lib.studies.not_magic import reconstructions, runs
from tests.engine.studies import SETTINGS

NAME = "not-magic/observation-3"
CHAPTER = {
    **SETTINGS, "normal_classes": [0], "epochs": 1,
    "case_seeds": [0], "case_epochs": 2, "case_batch_size": 16, "case_learning_rate": 0.002,
    "case_images_per_class": 20,
    "case_test_images_per_class": 10,
}  # fmt: skip


@pytest.fixture(scope="module")
def shown():
    controlled, digits = (
        [perform(spec) for spec in specs if spec.augmentation != "flip"]
        for specs in (runs.for_chapter(NAME, CHAPTER), runs.cases(NAME, CHAPTER))
    )
    return reconstructions.show(reconstructions.cases(CHAPTER), controlled, digits)


def test_cases_are_those_of_figures_5_and_11():
    titles = [case.title for case in reconstructions.cases(CHAPTER)]
    assert titles == [
        "CutOut anomalies, normal class 0", "Invert anomalies, normal class 0",
        "6 against 9, Rotate", "0 against 3, CutPaste",
    ]  # fmt: skip


def test_image_sets_without_digits_have_the_controlled_cases_only():
    settings = profiles.settings("not-magic/observation-3", "colab")
    assert [case.group for case in reconstructions.cases(settings)] == [
        "controlled/cutout", "controlled/invert",
    ]  # fmt: skip


def test_the_threshold_lets_as_many_pass_as_there_are_normals():
    scores = {"normal": np.arange(7.0), "anomaly": 2.5 + np.arange(4)}
    limit = reconstructions.threshold(scores)
    assert sum((values > limit).sum() for values in scores.values()) == 4


def test_retrained_networks_are_those_of_the_records(shown):
    """The error of a picture is the score that the record holds for it."""
    assert len(shown) == 4
    for case in shown:
        for detector, made in case.made.items():
            for kind, images in made.items():
                errors = ((images - case.images[kind].numpy()) ** 2).mean(axis=(1, 2, 3))
                assert np.allclose(errors, case.scores[detector][kind], atol=1e-6)


def test_panels_group_images_by_kind_and_outcome(shown):
    for case in shown:
        rows, columns, what = reconstructions.panel(case)
        assert list(rows) == ["original", "AE", "DAE"]
        assert all(len(images) == len(columns) for images in rows.values())
        assert columns == sorted(columns, key=lambda c: (c[0] == "anomaly", c[1] == "failure"))
        errors = ((rows["DAE"] - rows["original"]) ** 2).mean(axis=(1, 2, 3))
        limit = reconstructions.threshold(case.scores["DAE"])
        for error, (kind, outcome) in zip(errors, columns, strict=True):
            assert (error > limit) == ((kind == "anomaly") == (outcome == "success"))
        assert what.startswith(case.case.title)
        assert f"Row “DAE”: {columns.count(columns[0])} image" in panels_html(rows, columns, what)


def test_quantities_beside_a_picture_are_those_of_its_records(shown):
    for case in shown:
        table = reconstructions.beside(case)
        row = table.loc[case.case.label]
        record = reconstructions.found(case.records, case.case, case.case.label)
        testbed, anomaly = case.case.group.split("/")
        (task,) = [t for t in record.tasks if (t.testbed, t.anomaly) == (testbed, anomaly)]
        assert row["AUC"] == pytest.approx(task.auc)
        assert row["e_copy"] == pytest.approx(task.measures["error_anomaly"], rel=1e-4)
        assert list(table.index) == ["untrained", "none", case.case.label]
        if testbed == "controlled":
            assert row["e_inv"] == pytest.approx(task.measures["error_repair"], rel=1e-4)
        else:
            assert "e_inv" not in table
        assert row["normals right"] == row["anomalies right"]  # equally many of both


def test_the_stepper_says_what_it_shows(shown):
    stepper = reconstructions.stepper(shown)
    assert len(stepper.captions) == 4 * 2 * reconstructions.STEPS
    assert stepper.captions[0].startswith("CutOut anomalies, normal class 0, normal 1; AE: error")
    assert all(caption in alt for caption, alt in zip(stepper.captions, stepper.alts, strict=True))
    assert stepper.heads == ["original", "AE", "DAE"]


def test_the_explorer_takes_the_digit_cases_or_the_first(shown):
    explorer = reconstructions.explorer(shown)
    assert list(explorer.panels) == [
        "6 against 9, Rotate: AE", "6 against 9, Rotate: DAE",
        "0 against 3, CutPaste: AE", "0 against 3, CutPaste: DAE",
    ]  # fmt: skip
    alone = reconstructions.explorer(shown[:2])
    assert list(alone.panels) == [f"{shown[0].case.title}: {name}" for name in ("AE", "DAE")]


def test_a_case_without_its_run_is_named(shown):
    (case, *_) = reconstructions.cases({**CHAPTER, "seeds": [7]})
    with pytest.raises(
        SsadError, match="CutOut anomalies, normal class 0: no run of class 0, seed 7"
    ):
        reconstructions.found(shown[0].records, case, "none")
