import pytest
import torch

from ssad_lib import rng
from ssad_lib.augment.simulated import perlin
from ssad_lib.augment.simulated.blends import Blend, opaque
from ssad_lib.augment.simulated.parts import part


def test_transparent_with_full_opacity_is_opaque(images, noise):
    transparent = Blend(noise)
    parameters = transparent.draw(8, rng.generator("blend"), (3, 64, 64))
    parameters["opacity"] = torch.ones(8, dtype=torch.float64)
    first = transparent.apply(images, parameters)
    second = opaque(noise).apply(images, parameters)
    assert torch.equal(first[0], second[0])
    assert torch.equal(first[1], second[1])


def test_the_printed_equation(images, noise):
    blend = Blend(noise)
    parameters = blend.draw(8, rng.generator("blend"), (3, 64, 64))
    changed, masks = blend.apply(images, parameters)
    mask = perlin.mask(part("mask", parameters), 64, 64)
    assert torch.equal(mask, masks)
    texture = noise.apply(part("source", parameters), images)
    beta = parameters["opacity"].float().view(-1, 1, 1, 1)
    inside = mask.unsqueeze(1).float()
    wanted = (1 - inside) * images + (1 - beta) * inside * images + beta * inside * texture
    assert torch.allclose(changed, wanted, atol=1e-6)


@pytest.mark.parametrize("bounds", [(0.2, 1.0), (0.4, 0.5), (1.0, 1.0)])
def test_opacities_keep_their_bounds(noise, bounds):
    opacity = Blend(noise, bounds).draw(500, rng.generator("opacity"), (3, 8, 8))["opacity"]
    assert bounds[0] <= float(opacity.min()) <= float(opacity.max()) <= bounds[1]
    assert float(opacity.mean()) == pytest.approx(sum(bounds) / 2, abs=0.05)
