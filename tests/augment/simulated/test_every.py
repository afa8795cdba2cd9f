"""What holds for every simulation."""

import pytest
import torch

from ssad_lib import rng
from ssad_lib.augment import simulated
from ssad_lib.augment.simulated.parts import rows


@pytest.fixture(params=[*simulated.LABELS, "mixture", "rotated normals"])
def made(request, noise):
    """Makes a simulation for a pool of normal images."""
    if request.param == "mixture":
        return lambda pool: simulated.mixture(simulated.LABELS, noise, pool)
    if request.param == "rotated normals":
        return lambda pool: simulated.rotated_normals()
    return lambda pool: simulated.make(request.param, noise, pool)


@pytest.fixture
def simulation(made, images):
    return made(images)


def drawn(simulation, images, key="every"):
    return simulation.draw(len(images), rng.generator(key), tuple(images.shape[1:]))


def test_images_stay_images_and_the_input_as_it_is(simulation, images):
    before = images.clone()
    changed, masks = simulation.apply(images, drawn(simulation, images))
    assert torch.equal(images, before)
    assert changed.shape == images.shape
    assert changed.dtype == torch.float32
    assert masks.shape == (len(images), 64, 64)
    assert masks.dtype == torch.bool
    assert 0 <= float(changed.min()) <= float(changed.max()) <= 1


def test_nothing_changes_outside_of_the_mask(simulation, images):
    changed, masks = simulation.apply(images, drawn(simulation, images))
    moved = (changed != images).any(1)
    if masks.any():
        assert not (moved & ~masks).any()
        assert (moved & masks).any()
    else:  # rotated normals
        assert moved.any()


def test_a_row_of_parameters_decides_its_image(simulation, images):
    parameters = drawn(simulation, images)
    changed, masks = simulation.apply(images, parameters)
    chosen = torch.tensor([5, 2])
    again, part = simulation.apply(images[chosen], rows(parameters, chosen))
    assert torch.allclose(changed[chosen], again, atol=1e-6)
    assert torch.equal(masks[chosen], part)


def test_draws_repeat_and_differ(simulation, images):
    first, _ = simulation.apply(images, drawn(simulation, images))
    again, _ = simulation.apply(images, drawn(simulation, images))
    other, _ = simulation.apply(images, drawn(simulation, images, "other"))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_one_channel_and_oblong_images(made, images):
    grey = images[:, :1, :32].contiguous()
    changed, masks = simulated.simulate(made(grey), grey, rng.generator("grey"))
    assert changed.shape == grey.shape
    assert masks.shape == (8, 32, 64)
