import pytest
import torch

from ssad_lib import rng
from ssad_lib.augment.simulated.normals import RotatedNormals
from ssad_lib.augment.simulated.parts import turn


def test_rotated_normals_have_empty_masks(images):
    simulation = RotatedNormals(rotated_p=1.0)
    changed, masks = simulation.apply(images, simulation.draw(8, rng.generator("n"), (3, 64, 64)))
    assert not masks.any()
    assert (changed != images).flatten(1).any(1).all()


def test_three_of_ten_are_turned():
    degrees = RotatedNormals().draw(5000, rng.generator("share"), (3, 8, 8))["degrees"]
    assert float((degrees != 0).double().mean()) == pytest.approx(0.3, abs=0.02)
    assert float(degrees.abs().max()) <= 90


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
