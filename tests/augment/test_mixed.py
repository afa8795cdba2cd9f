from __future__ import annotations

import pytest
import torch
import torchvision.transforms.v2.functional as TF
from scipy import stats

from ssad_lib import augment

from .oracles import Draw, Images, torchvision_jitter


@pytest.mark.parametrize("channels", [3, 1])
def test_simclr_equals_the_chain_of_torchvision(
    draw: Draw, noise_images: Images, channels: int
) -> None:
    shape = (channels, 32, 32)
    images, p = noise_images(80, *shape), draw("simclr", 80, shape, simclr_blur_p=0.5)
    expected = []
    for row, image in enumerate(images):
        box = [int(p[key][row]) for key in ("top", "left", "height", "width")]
        x = TF.resized_crop(image, *box, size=[32, 32])
        x = TF.horizontal_flip(x) if p["mirrored"][row] else x
        x = torchvision_jitter(x, p, row) if p["coloured"][row] else x
        if channels == 3 and p["gray"][row]:
            x = TF.rgb_to_grayscale(x, num_output_channels=3)
        sigma = p["sigma"][row].item()
        expected.append(TF.gaussian_blur(x, [3, 3], [sigma, sigma]) if p["blurred"][row] else x)
    result = augment.get("simclr").apply(images, p)
    torch.testing.assert_close(result, torch.stack(expected), rtol=0, atol=1e-5)


def test_simclr_steps_have_their_probabilities(draw: Draw) -> None:
    parameters = draw("simclr", 4000)
    for key, share in (("mirrored", 0.5), ("coloured", 0.8), ("gray", 0.2), ("blurred", 1.0)):
        hits = int(parameters[key].sum())
        assert stats.binomtest(hits, 4000, share).pvalue > 1e-3, key
    hits = int(draw("simclr", 4000, simclr_blur_p=0.5)["blurred"].sum())
    assert stats.binomtest(hits, 4000, 0.5).pvalue > 1e-3


def test_simclr_draws_its_steps_independently(draw: Draw) -> None:
    parameters = draw("simclr", 4000)
    keys = ("height", "hue", "sigma", "mirrored", "coloured", "gray")
    numbers = torch.stack([parameters[key].double() for key in keys])
    off_diagonal = torch.corrcoef(numbers) - torch.eye(len(keys), dtype=torch.float64)
    assert off_diagonal.abs().max() < 4.5 / 4000**0.5
