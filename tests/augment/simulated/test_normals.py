import pytest

from ssad_lib import rng
from ssad_lib.augment.simulated.normals import RotatedNormals


def test_rotated_normals_have_empty_masks(images):
    simulation = RotatedNormals(rotated_p=1.0)
    changed, masks = simulation.apply(images, simulation.draw(8, rng.generator("n"), (3, 64, 64)))
    assert not masks.any()
    assert (changed != images).flatten(1).any(1).all()


def test_three_of_ten_are_turned():
    degrees = RotatedNormals().draw(5000, rng.generator("share"), (3, 8, 8))["degrees"]
    assert float((degrees != 0).double().mean()) == pytest.approx(0.3, abs=0.02)
    assert float(degrees.abs().max()) <= 90
