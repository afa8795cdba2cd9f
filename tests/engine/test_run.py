"""One run: which test images it is evaluated on, and which a transductive detector is tuned on."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from ssad_lib import tasks
from ssad_lib.engine import images, run
from ssad_lib.errors import SsadError
from ssad_lib.studies.grid import Budget
from tests.engine.studies import EVERY_MODEL, SETTINGS

(AE,) = Budget.of({**SETTINGS, "normal_classes": [6]}).specs("AE")


def test_without_an_unlabelled_task_all_tasks_are_tested():
    groups = images.tested_images(AE)
    assert len(groups) == 1 + 3 + 9  # normals, gens, other digits
    assert all(len(images) == SETTINGS["test_images_per_class"] for images in groups.values())


def test_a_transductive_run_sees_and_tests_its_own_task_only():
    mine = replace(AE, unlabelled=f"{tasks.IN_THE_WILD}/9")
    groups = images.tested_images(mine)
    assert list(groups) == ["normal", "in-the-wild/9"]
    everything = images.tested_images(AE)
    assert torch.equal(groups["in-the-wild/9"], everything["in-the-wild/9"])
    assert torch.equal(images.unlabelled_images(mine), torch.cat(list(groups.values())))


def test_an_unknown_task_is_named():
    with pytest.raises(SsadError, match=r"in-the-wild/10.*did you mean 'in-the-wild/1"):
        images.tested_images(replace(AE, unlabelled="in-the-wild/10"))


def test_an_inductive_run_is_evaluated_on_what_it_has_not_seen():
    mine = replace(AE, unlabelled=f"{tasks.IN_THE_WILD}/9")
    groups = images.tested_images(mine)
    everything = torch.cat(list(groups.values()))
    seen = np.array([0, 3, len(everything) - 1])
    left = images.untouched(groups, seen)
    assert list(left) == list(groups)
    expected = np.setdiff1d(np.arange(len(everything)), seen)
    assert torch.equal(torch.cat(list(left.values())), everything[expected])
    assert len(left["normal"]) == len(groups["normal"]) - 2


def weights_of(spec):
    return {name: value.clone() for name, value in run.train(spec).network_.state_dict().items()}


def assert_same_weights(one, other):
    assert one.keys() == other.keys()
    for name, value in one.items():
        assert torch.equal(value, other[name]), name


def test_ae_is_bitwise_the_dae_without_augmentation():
    dae = replace(AE, detector="DAE", augmentation="identity")
    assert dae.key != AE.key
    assert_same_weights(weights_of(AE), weights_of(dae))


@pytest.mark.parametrize("change", [{"test_images_per_class": 7}, {"normal_classes": [5, 6]}])
def test_what_does_not_train_does_not_change_the_network(change):
    (spec,) = (s for s in Budget.of({**SETTINGS, "normal_classes": [6], **change}).specs("AE")
               if s.normal_class == 6)  # fmt: skip
    assert_same_weights(weights_of(AE), weights_of(spec))


# What is left of a batch when the augmented images are taken out: DAE's targets, DeepSAD's normals.
CLEAN = {
    "DAE": lambda shown, clean: clean,
    "DeepSAD": lambda shown, center: shown[: len(shown) // 2],
}


@pytest.mark.parametrize("detector", CLEAN)
def test_two_augmentations_start_from_one_network_and_see_the_same_batches(detector):
    (spec,) = Budget.of({**EVERY_MODEL, "normal_classes": [6]}).specs(detector, "flip")
    normals = images.training_images(spec)
    courses = [
        run.make_detector(chosen).prepare(normals)
        for chosen in (spec, replace(spec, augmentation="cutout"))
    ]
    assert_same_weights(*(course.network.state_dict() for course in courses))
    for batch, other in zip(*(course.epoch() for course in courses), strict=True):
        assert not torch.equal(batch[0], other[0])
        assert torch.equal(CLEAN[detector](*batch), CLEAN[detector](*other))


@pytest.mark.parametrize("change", [{"seed": 1}, {"normal_class": 5}, {"image_set": "digits"}])
def test_seed_class_and_image_set_make_another_network(change):
    assert run.random_state(AE) != run.random_state(replace(AE, **change))
