"""Measured alignment, against MMD computed by hand, and its draws."""

import numpy as np
import pytest
import torch

from ssad_lib import alignment, augment, data, rng, tasks
from ssad_lib.errors import SsadError
from ssad_lib.studies.alignment import COLUMNS, Plan, measuring

TASKS_PER_CLASS = 9 + 3


def plan(settings, **changes):
    return Plan.of(settings | changes)


def row(frame, **chosen):
    for name, value in chosen.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_one_row_per_augmentation_task_and_draw(settings, thumbnails):
    frame = measuring.measured(plan(settings))
    assert list(frame) == COLUMNS
    assert len(frame) == 14 * 2 * TASKS_PER_CLASS * 2
    assert not frame.duplicated(COLUMNS[:-2]).any()
    labels = [augment.get(name).label for name in augment.names()]
    assert list(frame["augmentation"].unique()) == ["none", *labels[1:]]
    assert set(frame["encoder"]) == {"thumbnails"}
    assert frame["mmd"].min() > 0


def test_values_are_those_of_mmd(settings, thumbnails):
    """With as many samples as images nothing is left to chance but the augmentation."""
    frame = measuring.measured(plan(settings, samples=500, normal_classes=[6], draws=1))
    train, test = (
        data.load("street-digits", split=split, images_per_class=count)
        for split, count in (("train", 30), ("test", 20))
    )
    normals = thumbnails(tasks.normal_images(train, 6))
    others = thumbnails(tasks.normal_images(test, 9))
    found = row(frame, augmentation="none", anomaly=test.classes[9])
    assert found["mmd"] == pytest.approx(alignment.mmd(normals, others), rel=1e-9)
    assert found["floor"] == pytest.approx(alignment.noise_floor(others, 30), rel=1e-9)

    order = torch.randperm(30, generator=rng.generator("alignment", "street-digits", "sample", 6,
                                                       0, 0))  # fmt: skip
    generator = rng.generator("alignment", "street-digits", "cutout", 6, 0, 0)
    augmented = augment.get("cutout")(tasks.normal_images(train, 6)[order], generator)
    erased = dict(tasks.anomalies(test, 6, tasks.CONTROLLED, 0))["cutout"]
    found = row(frame, augmentation="CutOut", anomaly="cutout")
    expected = alignment.mmd(thumbnails(augmented), thumbnails(erased))
    assert found["mmd"] == pytest.approx(expected, rel=1e-9)


def test_a_value_does_not_depend_on_what_else_is_measured(settings, thumbnails):
    both = measuring.measured(plan(settings))
    alone = measuring.measured(plan(settings, normal_classes=[6], draws=1))
    same = both[(both["normal_class"] == 6) & (both["draw"] == 0)]
    assert np.array_equal(same["mmd"], alone["mmd"])


def test_draws_differ_and_a_task_keeps_its_anomalies_over_augmentations(settings, thumbnails):
    frame = measuring.measured(plan(settings, normal_classes=[6]))
    first, second = (frame[frame["draw"] == draw]["mmd"].to_numpy() for draw in (0, 1))
    assert (first != second).all()
    task = ["testbed", "anomaly", "draw"]
    assert (frame.groupby(task)["floor"].nunique() == 1).all()
    assert frame["floor"].nunique() == TASKS_PER_CLASS * 2
    other = measuring.measured(plan(settings, normal_classes=[6], draws=1, seed=1))
    assert (other["mmd"].to_numpy() != first).all()


def test_a_plan_says_what_it_measures(settings):
    assert plan(settings, size=16, images_per_class=0).label == (
        "street-digits at 16×16: all training and 20 test images a class, 2 normal classes, "
        "sets of 16 images, 2 draws"
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"normal_classes": []}, "normal_classes"), ({"samples": 1}, "samples"),
     ({"draws": 0}, "draws")],
)  # fmt: skip
def test_nothing_to_measure_is_an_error(settings, changes, said):
    with pytest.raises(SsadError, match=said):
        plan(settings, **changes)


def test_the_matched_augmentation_is_nearest_with_the_stand_in(settings):
    """The property for which the stand-in was chosen, on the embedded image set."""
    frame = measuring.measured(
        plan(settings, images_per_class=200, test_images_per_class=100, samples=100, draws=1)
    )
    rivals = ["none", "CutOut", "Flip", "Invert", "GEOM"]
    controlled = frame[
        (frame["testbed"] == tasks.CONTROLLED) & frame["augmentation"].isin(rivals)
    ].pivot_table(index="augmentation", columns=["normal_class", "anomaly"], values="mmd")
    nearest = controlled.idxmin()
    assert [label.lower() for label in nearest] == [gen for _, gen in nearest.index]
