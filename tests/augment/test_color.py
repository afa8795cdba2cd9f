from __future__ import annotations

import colorsys
from itertools import permutations

import pytest
import torch
import torchvision.transforms.v2.functional as TF
from scipy import stats

from ssad_lib import augment, rng
from ssad_lib.augment import color

from .oracles import Draw, Images, torchvision_jitter

ORDERS = torch.tensor(list(permutations(range(4))))


@pytest.mark.parametrize("channels", [3, 1])
def test_color_equals_torchvision_in_all_orders(
    draw: Draw, noise_images: Images, channels: int
) -> None:
    images, parameters = noise_images(72, channels, 20, 24), draw("color", 72)
    parameters["order"] = ORDERS.repeat(3, 1)
    expected = torch.stack([torchvision_jitter(x, parameters, row) for row, x in enumerate(images)])
    result = augment.get("color").apply(images, parameters)
    # torchvision itself rounds the sixths of the circle: its hue is off by up to 1e-6 in float64.
    torch.testing.assert_close(result, expected, rtol=0, atol=1e-5)
    single = augment.get("color").apply(images.float(), parameters)
    torch.testing.assert_close(single.double(), result, rtol=0, atol=2e-5)


def test_hue_equals_the_colour_model(noise_images: Images) -> None:
    images = noise_images(1, 3, 24, 24)
    images[0, :, 0, :4] = torch.tensor([[0.5, 0.7, 0.7, 0.0]] * 3)  # greys: any hue
    images[0, :, 1, 0] = torch.tensor([0.8, 0.8, 0.1])  # two channels share the maximum
    for shift in (-0.5, -0.2, 0.0, 0.13, 0.5):
        result = color.shift_hue(images, torch.tensor([shift], dtype=torch.float64))[0]
        for pixel, turned in zip(images[0].flatten(1).T, result.flatten(1).T, strict=True):
            h, s, v = colorsys.rgb_to_hsv(*pixel.tolist())
            expected = colorsys.hsv_to_rgb((h + shift) % 1, s, v)
            assert turned.tolist() == pytest.approx(expected, abs=1e-12)


def test_color_draws_follow_their_laws(draw: Draw) -> None:
    parameters = draw("color", 5000)
    for factors in parameters["factors"].T:
        assert stats.kstest(factors.numpy(), "uniform", (0.2, 1.6)).pvalue > 1e-3
    assert stats.kstest(parameters["hue"].numpy(), "uniform", (-0.2, 0.4)).pvalue > 1e-3
    correlations = torch.corrcoef(torch.cat([parameters["factors"].T, parameters["hue"][None]]))
    assert (correlations - torch.eye(4, dtype=torch.float64)).abs().max() < 4 / 5000**0.5
    orders, counts = parameters["order"].unique(dim=0, return_counts=True)
    assert torch.equal(orders, ORDERS)
    assert stats.chisquare(counts.numpy()).pvalue > 1e-3


def test_saturation_and_hue_leave_grey_images_alone(draw: Draw, noise_images: Images) -> None:
    grey = noise_images(30, 1, 16, 16)
    parameters = draw("color", 30)
    colored = augment.get("color").apply(grey.expand(-1, 3, -1, -1), parameters)
    alone = augment.get("color").apply(grey, parameters)
    torch.testing.assert_close(colored, alone.expand(-1, 3, -1, -1), rtol=0, atol=1e-3)
    parameters["factors"][:, :2] = 1
    torch.testing.assert_close(augment.get("color").apply(grey, parameters), grey)


def test_contrast_of_a_patch_ignores_the_rest_of_its_canvas(noise_images: Images) -> None:
    patch = noise_images(1, 3, 7, 5)
    canvas = torch.ones(1, 3, 12, 12, dtype=torch.float64)
    canvas[..., :7, :5] = patch
    inside = torch.zeros(1, 1, 12, 12, dtype=torch.float64)
    inside[..., :7, :5] = 1 / 35
    parameters = color.draw_jitter(1, rng.generator("patch"), 0.8, 0.2)
    on_canvas = color.jitter(canvas, parameters, inside)[..., :7, :5]
    torch.testing.assert_close(on_canvas, color.jitter(patch, parameters), rtol=0, atol=1e-12)


def test_invert_is_the_negative(noise_images: Images) -> None:
    images = noise_images(5, 3, 16, 16)
    result = augment.anomaly("invert")(images, rng.generator("invert"))
    assert torch.equal(result, TF.invert(images))


@pytest.mark.parametrize(("options", "share"), [({}, 0.5), ({"invert_p": 0.9}, 0.9)])
def test_invert_has_its_probability(draw: Draw, options: dict[str, float], share: float) -> None:
    hits = int(draw("invert", 4000, **options)["inverted"].sum())
    assert stats.binomtest(hits, 4000, share).pvalue > 1e-3
