import pytest
import torch

from ssad_lib.augment.simulated import parts
from ssad_lib.augment.simulated.parts import turn


def test_a_quarter_turn_is_exact_and_none_is_the_image_itself(images):
    quarter = turn(images, torch.full((8,), 90.0))
    assert torch.allclose(quarter, images.rot90(1, (2, 3)), atol=1e-4) or torch.allclose(
        quarter, images.rot90(-1, (2, 3)), atol=1e-4
    )
    assert torch.equal(turn(images, torch.zeros(8)), images)


def test_corners_become_black():
    white = torch.ones(1, 1, 33, 65)
    turned = turn(white, torch.tensor([45.0]))
    assert float(turned[0, 0, 0, 0]) == 0
    assert float(turned[0, 0, 16, 32]) == pytest.approx(1)


def test_parts_of_parameters_are_found_again():
    inner = {"a": torch.arange(3), "b": torch.arange(3.0)}
    whole = {**parts.under("one", inner), **parts.under("other", {"a": torch.zeros(3)})}
    found = parts.part("one", whole)
    assert found.keys() == inner.keys()
    assert all(torch.equal(found[key], inner[key]) for key in inner)
    assert parts.rows(found, torch.tensor([2, 0]))["a"].tolist() == [2, 0]


def test_lengths_are_those_of_a_large_image():
    assert parts.pixels(8, 64, 128) == 2
    assert parts.pixels(8, 256, 256) == 8
