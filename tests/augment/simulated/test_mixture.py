import pytest
import torch

from ssad_lib import rng
from ssad_lib.augment.simulated import mixture, simulate
from ssad_lib.augment.simulated.parts import part, rows
from ssad_lib.errors import SsadError


def test_half_of_the_images_get_one_of_the_simulations_each_alike(images, noise):
    made = mixture(("transparent", "opaque"), noise, images)
    kind = made.draw(4000, rng.generator("kinds"), (3, 8, 8))["kind"]
    shares = [float((kind == number).double().mean()) for number in (-1, 0, 1)]
    assert shares == pytest.approx([0.5, 0.25, 0.25], abs=0.03)


def test_each_image_gets_its_own(images, noise):
    made = mixture(("opaque", "cutpaste"), noise, images)
    parameters = made.draw(8, rng.generator("own"), (3, 64, 64))
    parameters["kind"] = torch.tensor([0, 1, -1, 0, 1, -1, 0, 1])
    changed, masks = made.apply(images, parameters)
    assert torch.equal(changed[[2, 5]], images[[2, 5]])
    assert not masks[[2, 5]].any()
    for number, name in enumerate(made.simulations):
        chosen = (parameters["kind"] == number).nonzero().squeeze(1)
        alone = made.simulations[name].apply(images[chosen], rows(part(name, parameters), chosen))
        assert torch.allclose(changed[chosen], alone[0], atol=1e-6)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_share_of_none_and_of_all(images, noise, share):
    made = mixture(("cutpaste",), noise, images, share=share)
    _, masks = simulate(made, images, rng.generator("share"))
    assert bool(masks.flatten(1).any(1).all()) == bool(share)
    assert bool(masks.any()) == bool(share)


def test_impossible_mixtures_are_refused(images, noise):
    with pytest.raises(SsadError, match="name at least one"):
        mixture((), noise, images)
    with pytest.raises(SsadError, match=r"share of simulated anomalies is 1\.5"):
        mixture(("opaque",), noise, images, share=1.5)
