"""AP's transforms: how many, all different, and equal to ones made image by image."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ssad_lib import augment
from ssad_lib.detectors.transforms import shifted, transforms
from ssad_lib.errors import SsadError

IMAGES = torch.rand(5, 3, 12, 12, generator=torch.Generator().manual_seed(0))
NO_DRAWS = torch.Generator()


@pytest.mark.parametrize("name", augment.names())
def test_counts_of_the_paper(name):
    assert transforms(name, {}).count == {"rotate": 4, "geom": 72}.get(name, 2)


def test_options_reach_the_transforms():
    assert transforms("GEOM", {"geom_translate": "axis5"}).count == 40
    with pytest.raises(SsadError):
        transforms("geom", {"geom_angle": 3})
    with pytest.raises(SsadError, match="unknown augmentation"):
        transforms("gem", {})


@pytest.mark.parametrize(("fill", "padding"), [("reflect", "symmetric"), ("zero", "constant")])
def test_geom_makes_72_different_images_as_numpy_does(fill, padding):
    """Mirror, then shift by a quarter, then turn; entering pixels are the image mirrored."""
    made = transforms("geom", {"geom_fill": fill})
    step, seen = 3, set()
    for k in range(72):
        mirrored, shift, turns = k // 36, k // 4 % 9, k % 4
        down, right = shift // 3 - 1, shift % 3 - 1
        outputs = made.whole(IMAGES, k, NO_DRAWS)
        for image, output in zip(IMAGES.numpy(), outputs.numpy(), strict=True):
            plain = image[:, :, ::-1] if mirrored else image
            wide = np.pad(plain, ((0, 0), (step, step), (step, step)), mode=padding)
            top, left = step - down * step, step - right * step
            expected = np.rot90(wide[:, top : top + 12, left : left + 12], turns, (1, 2))
            assert np.array_equal(output, expected)
        seen.add(outputs.numpy().tobytes())
    assert len(seen) == 72


def test_transform_0_of_rotate_and_of_pairs_is_the_image():
    for name in ("rotate", "flip", "cutout"):
        assert torch.equal(transforms(name, {}).whole(IMAGES, 0, NO_DRAWS), IMAGES)


@pytest.mark.parametrize(("name", "options"), [("rotate", {}), ("flip", {}), ("invert", {}),
                                               ("geom", {}), ("geom", {"geom_fill": "zero"}),
                                               ("geom", {"geom_translate": "axis5"})])  # fmt: skip
def test_training_and_evaluation_apply_the_same_transforms(name, options):
    made = transforms(name, options)
    for k in range(made.count):
        classes = torch.full((5,), k)
        mixed = made.mixed(IMAGES, classes, NO_DRAWS)
        assert torch.equal(mixed, made.whole(IMAGES, k, NO_DRAWS)), k


def test_each_image_gets_its_own_transform():
    classes = torch.tensor([3, 0, 70, 36, 11])
    made = transforms("geom", {})
    mixed = made.mixed(IMAGES, classes, NO_DRAWS)
    for i, k in enumerate(classes.tolist()):
        assert torch.equal(mixed[i : i + 1], made.whole(IMAGES[i : i + 1], k, NO_DRAWS))


def test_pairs_are_the_image_and_the_certain_or_random_augmentation():
    classes = torch.tensor([0, 1, 1, 0, 1])
    for name, expected in (("flip", IMAGES.flip(2)), ("invert", 1 - IMAGES)):
        made = transforms(name, {f"{name}_p": 0.5})  # the training form; the class is certain
        output = made.mixed(IMAGES, classes, torch.Generator().manual_seed(0))
        assert torch.equal(output[classes == 1], expected[classes == 1])
        assert torch.equal(output[classes == 0], IMAGES[classes == 0])
        assert not made.stochastic
    made = transforms("noise", {})
    draws = torch.Generator().manual_seed(0)
    one, two = (made.mixed(IMAGES, classes, draws) for _ in range(2))
    assert torch.equal(one[classes == 0], IMAGES[classes == 0])
    assert not torch.equal(one[classes == 1], two[classes == 1])
    assert made.stochastic
    assert torch.equal(made.mixed(IMAGES, torch.zeros(5, dtype=torch.int64), draws), IMAGES)


@given(st.integers(-6, 6), st.sampled_from([2, 3]), st.sampled_from(["zero", "reflect"]))
def test_shifting_there_and_back_keeps_the_middle(pixels, axis, fill):
    there = shifted(IMAGES, pixels, axis, fill)
    back = shifted(there, -pixels, axis, fill)
    kept = 12 - abs(pixels)
    start = max(0, -pixels)
    assert torch.equal(back.narrow(axis, start, kept), IMAGES.narrow(axis, start, kept))
