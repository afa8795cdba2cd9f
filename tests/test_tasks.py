"""Tasks: the controlled testbed is paired and frozen, the wild one has all other classes."""

import numpy as np
import pytest
import torch

from ssad_lib import data, tasks
from ssad_lib.errors import SsadError


@pytest.fixture(scope="module")
def images():
    return data.load("street-digits", split="test", images_per_class=6)


def test_controlled_anomalies_are_the_normals_through_each_gen(images):
    normals = tasks.normal_images(images, 3)
    made = dict(tasks.anomalies(images, 3, tasks.CONTROLLED, seed=0))
    assert list(made) == ["cutout", "flip", "invert"]
    assert torch.equal(made["flip"], normals.flip(2))
    assert torch.allclose(made["invert"], 1 - normals)
    erased = made["cutout"] != normals
    assert erased.any(dim=(1, 2, 3)).all()
    assert (made["cutout"][erased] == 0).all()


def test_anomalies_are_frozen_by_set_class_gen_and_seed(images):
    one, same, other = (
        dict(tasks.anomalies(images, 3, tasks.CONTROLLED, seed))["cutout"] for seed in (0, 0, 1)
    )
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_defects_are_the_kinds_that_are_not_good():
    surface = data.load("textures:weave", split="test", images_per_class=4, size=16)
    found = dict(tasks.anomalies(surface, 0, tasks.DEFECT, seed=0))
    assert list(found) == [name for name in surface.classes if name != "good"]
    assert all(len(images) == 4 for images in found.values())


def test_demonstrations_darken_the_normals_by_patches_of_growing_size(images):
    normals = tasks.normal_images(images, 3)
    made = dict(tasks.anomalies(images, 3, tasks.DEMONSTRATION, seed=0))
    assert len(made) == 25
    assert all((patched <= normals).all() for patched in made.values())
    removed = [
        float((normals - made[f"size={size} ratio=1"]).mean())
        for size in ("0.01", "0.02", "0.04", "0.08", "0.16")
    ]
    assert removed == sorted(removed)


def test_in_the_wild_has_every_other_class(images):
    wild = dict(tasks.anomalies(images, 3, tasks.IN_THE_WILD, seed=0))
    assert list(wild) == [name for name in images.classes if name != "3"]
    expected = images.images[images.labels == 5].astype(np.float32) / 255
    assert np.allclose(wild["5"].numpy(), expected)


def test_unknown_testbed_and_class_are_named(images):
    with pytest.raises(SsadError, match="did you mean 'controlled'"):
        list(tasks.anomalies(images, 3, "controled", seed=0))
    with pytest.raises(SsadError, match="no class 10: its classes are 0 to 9"):
        tasks.normal_images(images, 10)


def test_one_against_the_rest_has_all_others_in_one_task(images):
    ((name, rest),) = tasks.anomalies(images, 3, tasks.ONE_VS_REST, seed=0)
    wild = torch.cat([part for _, part in tasks.anomalies(images, 3, tasks.IN_THE_WILD, seed=0)])
    assert name == "rest"
    assert torch.equal(rest.flatten(1).sum(1).sort().values, wild.flatten(1).sum(1).sort().values)
    with pytest.raises(SsadError, match="has no class 10"):
        dict(tasks.anomalies(images, 10, tasks.ONE_VS_REST, seed=0))


def test_simulated_anomalies_are_frozen_and_have_masks():
    pytest.importorskip("cv2")
    surface = data.load("textures:carpet", split="test", images_per_class=4, size=32)
    made, again = (dict(tasks.anomalies(surface, 0, tasks.SIMULATED, 0, "noise")) for _ in range(2))
    masks = dict(tasks.masks(surface, 0, tasks.SIMULATED, 0, "noise"))
    assert list(made) == ["transparent", "opaque", "near-distribution", "cutpaste", "nsa"]
    assert list(masks) == list(made)
    normals = tasks.normal_images(surface, 0)
    for name, changed in made.items():
        assert torch.equal(changed, again[name])
        moved = (changed != normals).any(1)
        assert not (moved & ~masks[name]).any(), name
    other = dict(tasks.anomalies(surface, 0, tasks.SIMULATED, 1, "noise"))
    assert not torch.equal(made["cutpaste"], other["cutpaste"])


def test_masks_belong_to_the_images_of_their_task():
    surface = data.load("textures:weave", split="test", images_per_class=3, size=16)
    ((name, rest),) = tasks.masks(surface, 0, tasks.ONE_VS_REST, 0)
    assert name == "rest"
    assert np.array_equal(rest, surface.masks[surface.labels != 0])
    kinds = dict(tasks.masks(surface, 0, tasks.DEFECT, 0))
    assert list(kinds) == list(surface.classes[1:])
    assert np.array_equal(torch.cat(list(kinds.values())), rest)


def test_sets_without_masks_have_none(images):
    for testbed in (tasks.ONE_VS_REST, tasks.IN_THE_WILD, tasks.CONTROLLED):
        assert not list(tasks.masks(images, 3, testbed, 0))
