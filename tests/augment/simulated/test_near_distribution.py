import torch

from ssad_lib import rng
from ssad_lib.augment.simulated.near_distribution import TRIES, NearDistribution, _reflected


def stripes(n=6, size=64):
    return (torch.arange(size) % 8 < 4).float().view(1, 1, 1, -1).expand(n, 3, size, size)


def test_the_mask_lies_within_a_rectangle_that_was_drawn():
    simulation, images = NearDistribution(), stripes()
    parameters = simulation.draw(6, rng.generator("ndaa"), (3, 64, 64))
    _, masks = simulation.apply(images, parameters)
    assert masks.flatten(1).any(1).all()
    row, column = torch.arange(64).view(-1, 1), torch.arange(64)
    for i in range(6):
        inside = []
        for attempt in range(TRIES):
            top, left, height, width = (
                int(parameters[key][i, attempt]) for key in ("top", "left", "height", "width")
            )
            assert 0.3 * 64 - 1 <= min(height, width) <= max(height, width) <= 0.8 * 64 + 1
            assert top + height <= 64
            assert left + width <= 64
            inside.append(
                (row >= top) & (row < top + height) & (column >= left) & (column < left + width)
            )
        assert any(not (masks[i] & ~rectangle).any() for rectangle in inside)


def test_a_flat_image_has_nothing_to_bend():
    images = torch.full((3, 3, 64, 64), 0.5)
    simulation = NearDistribution()
    changed, masks = simulation.apply(
        images, simulation.draw(3, rng.generator("flat"), (3, 64, 64))
    )
    assert torch.equal(changed, images)
    assert not masks.any()


def test_pixels_are_moved_by_the_sine():
    """A ramp shows how far each pixel was moved."""
    ramp = (torch.arange(64.0) / 64).view(1, 1, 1, -1).expand(1, 3, 64, 64)
    simulation = NearDistribution(ndaa_threshold=0.0, ndaa_density=0.0)
    parameters = simulation.draw(1, rng.generator("ramp"), (3, 64, 64))
    whole = {"top": 0, "left": 0, "height": 64, "width": 64, "sideways": False}
    waves = {"amplitude": 3.0, "period": 16.0, "phase": 0.5}
    for key, value in {**whole, **waves}.items():
        parameters[key] = torch.full_like(parameters[key], value)
    parameters["sideways"] = torch.ones_like(parameters["sideways"])
    changed, _ = simulation.apply(ramp, parameters)
    for row in (0, 5, 40):
        shift = 3 * torch.tensor(2 * torch.pi * row / 16 + 0.5).sin()
        assert torch.allclose(changed[0, 0, row, 30] * 64, 30 + shift, atol=1e-3)


def test_reflection_at_both_ends():
    start, length = torch.tensor(2.0), torch.tensor(5.0)
    given = torch.tensor([2.0, 6.0, 7.0, 1.0, 0.5, 10.0, 11.0])
    assert _reflected(given, start, length).tolist() == [2.0, 6.0, 5.0, 3.0, 3.5, 2.0, 3.0]


def test_lengths_follow_the_size_of_the_image():
    large = NearDistribution().draw(200, rng.generator("size"), (3, 256, 256))
    small = NearDistribution().draw(200, rng.generator("size"), (3, 64, 64))
    assert 4 <= float(large["amplitude"].min()) <= float(large["amplitude"].max()) <= 16
    assert torch.allclose(large["period"] / 4, small["period"])
