import pytest
import torch

from ssad_lib import rng
from ssad_lib.augment.simulated import distortions
from ssad_lib.augment.simulated.distortions import OPERATIONS


def test_three_operations_are_done_and_no_two_alike():
    operations = distortions.draw(500, rng.generator("three"))["operations"]
    assert operations.shape == (500, 3)
    assert all(len(set(row.tolist())) == 3 for row in operations)
    assert set(operations.flatten().tolist()) == set(range(len(OPERATIONS)))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.__name__)
def test_operations_treat_each_image_by_itself(operation, images):
    strengths = torch.rand(8, 3, generator=rng.generator("strengths"))
    whole = operation(images, strengths)
    assert whole.shape == images.shape
    assert not torch.equal(whole, images)
    alone = torch.cat([operation(images[i : i + 1], strengths[i : i + 1]) for i in range(8)])
    assert torch.allclose(whole, alone, atol=1e-6)


def test_known_values_of_operations():
    named = {one.__name__: one for one in OPERATIONS}
    image = torch.tensor([0.2, 0.4, 0.8]).view(1, 3, 1, 1).expand(1, 3, 8, 8)
    half = torch.full((1, 3), 0.5)

    def value(name, strengths=half):
        return named[name](image, strengths)[0, :, 0, 0].tolist()

    assert value("_gamma") == pytest.approx([v**1.25 for v in (0.2, 0.4, 0.8)])
    assert value("_brightness") == pytest.approx([0.2, 0.4, 0.8])
    assert value("_hue_and_saturation") == pytest.approx([0.2, 0.4, 0.8], abs=1e-5)
    assert value("_invert") == pytest.approx([0.8, 0.6, 0.2])
    solarised = torch.tensor([[0.0, 0.5, 0.0]])  # threshold 80 grey levels
    assert value("_solarise", solarised) == pytest.approx([0.2, 0.6, 0.2])
    assert value("_posterise", torch.zeros(1, 3)) == pytest.approx([0, 0, 128 / 255])


def test_each_image_is_distorted_by_its_own_operations(images):
    parameters = distortions.draw(8, rng.generator("own"))
    whole = distortions.apply(images, parameters)
    alone = distortions.apply(images[3:5], {key: value[3:5] for key, value in parameters.items()})
    assert torch.allclose(whole[3:5], alone, atol=1e-6)
    step = images[:1]
    for number, strengths in zip(
        parameters["operations"][0], parameters["strengths"][0], strict=True
    ):
        step = OPERATIONS[int(number)](step, strengths[None]).clamp(0, 1)
    assert torch.allclose(whole[:1], step, atol=1e-6)
