import pytest

from ssad_lib.augment import simulated
from ssad_lib.errors import SsadError


def test_an_unknown_simulation_is_named(images, noise):
    with pytest.raises(SsadError, match="unknown simulation 'opak': did you mean 'opaque'"):
        simulated.make("opak", noise, images)


def test_selections_of_classes():
    assert simulated.selected("mvtec:leather") == simulated.Selection(
        ("transparent", "opaque"), True
    )
    assert simulated.selected("textures:tile").rotate_normals
    assert simulated.selected("mvtec:wood") == simulated.Selection(("transparent", "opaque"), False)
    assert simulated.selected("mvtec:cable").simulations[-1] == "near-distribution"
    assert simulated.selected("mvtec:metal_nut").rotate_normals
    assert not simulated.selected("textures:carpet").rotate_normals
