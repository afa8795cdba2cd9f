from __future__ import annotations

import hashlib

import numpy as np
import pytest

from ssad_lib.data import load
from ssad_lib.data.texture_surfaces import BLOCK
from ssad_lib.data.textures import SURFACES
from ssad_lib.errors import SsadError

NEW = [surface for surface in SURFACES if surface != "weave"]
every_surface = pytest.mark.parametrize("surface", SURFACES)


@every_surface
def test_train_is_good_only_and_has_no_masks(surface: str) -> None:
    train = load(f"textures:{surface}", images_per_class=5)
    assert train.images.shape == (5, 3, 64, 64)
    assert train.classes == SURFACES[surface].classes
    assert train.labels.tolist() == [0] * 5
    assert train.masks is None


@every_surface
def test_test_has_masks_on_defects_and_on_nothing_else(surface: str) -> None:
    test = load(f"textures:{surface}", split="test", images_per_class=BLOCK)
    assert len(test.classes) >= 6
    assert len(test) == len(test.classes) * BLOCK
    assert test.masks is not None
    areas = test.masks.mean(axis=(1, 2))
    assert areas[test.labels == 0].max() == 0
    assert areas[test.labels != 0].min() > 0.001
    assert areas.max() < 0.25


def test_the_first_surface_stays_as_it_was() -> None:
    """Records of earlier versions name its fingerprint."""
    test = load("textures", split="test", images_per_class=23)
    assert test.masks is not None
    digest = hashlib.sha256(test.images.tobytes() + test.masks.tobytes()).hexdigest()
    assert digest[:16] == "1cbaad6faf18fa9e"
    assert test.fingerprint == "textures:weave/1?split=test&n=23&size=64&seed=0"
    assert test.classes == ("good", "crack", "hole", "stain", "worn", "misplaced")


@every_surface
def test_asking_for_more_keeps_the_first_ones(surface: str) -> None:
    short = load(f"textures:{surface}", split="test", images_per_class=3)
    long = load(f"textures:{surface}", split="test", images_per_class=BLOCK + 1)
    assert short.masks is not None
    assert long.masks is not None
    for label in range(len(short.classes)):
        few, more = short.labels == label, long.labels == label
        np.testing.assert_array_equal(short.images[few], long.images[more][:3])
        np.testing.assert_array_equal(short.masks[few], long.masks[more][:3])


@every_surface
def test_pieces_differ_and_seeds_and_splits_too(surface: str) -> None:
    sets = [
        load(f"textures:{surface}", images_per_class=BLOCK),
        load(f"textures:{surface}", images_per_class=BLOCK, seed=1),
        load(f"textures:{surface}", split="test", images_per_class=BLOCK),
    ]
    images = [image.tobytes() for s in sets for image in s.images[:BLOCK]]
    assert len(set(images)) == 3 * BLOCK
    assert len({s.fingerprint for s in sets}) == 3


@pytest.mark.parametrize("size", [32, 100, 128])
@every_surface
def test_other_sizes(surface: str, size: int) -> None:
    test = load(f"textures:{surface}", split="test", images_per_class=2, size=size)
    assert test.images.shape == (2 * len(test.classes), 3, size, size)
    assert test.masks is not None
    assert test.masks[test.labels != 0].any(axis=(1, 2)).all()


@pytest.mark.parametrize("surface", NEW)
def test_a_mask_covers_what_looks_different(surface: str) -> None:
    """Inside the mask the defect changes the local statistics: sizes of 32 and 96 agree on area."""
    small = load(f"textures:{surface}", split="test", images_per_class=BLOCK, size=32)
    large = load(f"textures:{surface}", split="test", images_per_class=BLOCK, size=96)
    assert small.masks is not None
    assert large.masks is not None
    for label in range(1, len(small.classes)):
        area = [s.masks[s.labels == label].mean() for s in (small, large) if s.masks is not None]
        assert 0.3 < area[0] / area[1] < 4, small.classes[label]


def test_the_first_surface_is_the_default() -> None:
    by_name = load(f"textures:{next(iter(SURFACES))}", images_per_class=2)
    default = load("textures", images_per_class=2)
    assert by_name.fingerprint == default.fingerprint
    assert by_name.name == default.name == "textures:weave"


def test_an_unknown_surface_is_named_with_the_nearest() -> None:
    with pytest.raises(SsadError, match=r"unknown texture surface 'weeve': did you mean 'weave'"):
        load("textures:weeve")
