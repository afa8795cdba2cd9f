"""One run: which test images it is evaluated on, and which a transductive detector is tuned on."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from ssad_lib import tasks
from ssad_lib.engine import images
from ssad_lib.errors import SsadError
from ssad_lib.studies.grid import Budget
from tests.engine.studies import SETTINGS

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
