from __future__ import annotations

import numpy as np
import pytest

from ssad_lib.data import load
from ssad_lib.data.textures import BLOCK, CLASSES, SURFACES
from ssad_lib.errors import SsadError


def test_train_is_good_only_and_has_no_masks() -> None:
    train = load("textures", images_per_class=5)
    assert train.images.shape == (5, 3, 64, 64)
    assert train.classes == CLASSES
    assert train.labels.tolist() == [0] * 5
    assert train.masks is None


def test_test_has_masks_on_defects_and_on_nothing_else() -> None:
    test = load("textures", split="test", images_per_class=BLOCK)
    assert len(test) == 6 * BLOCK
    assert test.masks is not None
    areas = test.masks.mean(axis=(1, 2))
    assert areas[test.labels == 0].max() == 0
    assert areas[test.labels != 0].min() > 0.002
    assert areas.max() < 0.25


def test_asking_for_more_keeps_the_first_ones() -> None:
    short = load("textures", split="test", images_per_class=3)
    long = load("textures", split="test", images_per_class=BLOCK + 1)
    assert short.masks is not None
    assert long.masks is not None
    for label in range(len(CLASSES)):
        few, more = short.labels == label, long.labels == label
        np.testing.assert_array_equal(short.images[few], long.images[more][:3])
        np.testing.assert_array_equal(short.masks[few], long.masks[more][:3])


def test_pieces_differ_and_seeds_and_splits_too() -> None:
    sets = [
        load("textures", images_per_class=BLOCK),
        load("textures", images_per_class=BLOCK, seed=1),
        load("textures", split="test", images_per_class=BLOCK),
    ]
    images = [image.tobytes() for s in sets for image in s.images[:BLOCK]]
    assert len(set(images)) == 3 * BLOCK
    assert len({s.fingerprint for s in sets}) == 3


@pytest.mark.parametrize("size", [32, 100, 128])
def test_other_sizes(size: int) -> None:
    test = load("textures:weave", split="test", images_per_class=2, size=size)
    assert test.images.shape == (12, 3, size, size)
    assert test.masks is not None
    assert test.masks[test.labels != 0].any(axis=(1, 2)).all()


def test_the_first_surface_is_the_default() -> None:
    by_name = load(f"textures:{next(iter(SURFACES))}", images_per_class=2)
    default = load("textures", images_per_class=2)
    assert by_name.fingerprint == default.fingerprint
    assert by_name.name == default.name == "textures:weave"


def test_an_unknown_surface_is_named_with_the_nearest() -> None:
    with pytest.raises(SsadError, match=r"unknown texture surface 'weeve': did you mean 'weave'"):
        load("textures:weeve")
