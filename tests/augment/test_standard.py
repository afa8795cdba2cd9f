"""The training augmentation of paper 003 and the blur of its outliers."""

import numpy as np
import pytest
import torch
from PIL import Image, ImageFilter

from ssad_lib.augment import counter, standard
from ssad_lib.augment.color import jitter

SHAPE = (3, 32, 32)


def images(n=6, shape=SHAPE, seed=0):
    return torch.rand(n, *shape, generator=torch.Generator().manual_seed(seed))


def drawn(n=6, shape=SHAPE, seed=1):
    return standard.draw(n, torch.Generator().manual_seed(seed), shape)


@pytest.mark.parametrize("shape", [(3, 32, 32), (1, 16, 16), (3, 28, 36)])
def test_jitter_mirror_crop_blur_and_noise_in_that_order(shape):
    clean, parameters = images(shape=shape), drawn(shape=shape)
    found = standard.apply(clean, parameters, blur=1.5)
    jittered = jitter(clean, {k: v.float() if v.is_floating_point() else v
                              for k, v in parameters.items()})  # fmt: skip
    C, H, W = shape
    noise = counter.normals(parameters["seed"], C * H * W).view(clean.shape)
    for i in range(len(clean)):
        image = jittered[i].flip(2) if parameters["mirrored"][i] else jittered[i]
        frame = torch.zeros(C, H + 2 * (H // 8), W + 2 * (W // 8))
        frame[:, H // 8 : H // 8 + H, W // 8 : W // 8 + W] = image
        down, right = parameters["shift"][i].tolist()
        cut = frame[:, down : down + H, right : right + W]
        expected = standard.blurred(cut[None], 1.5)[0] + 0.001 * noise[i]
        torch.testing.assert_close(found[i], expected, rtol=0, atol=2e-6)


def test_draws_have_the_printed_distributions():
    parameters = drawn(20000, (1, 32, 32))
    assert parameters["mirrored"].float().mean() == pytest.approx(0.5, abs=0.015)
    assert set(parameters["shift"].flatten().tolist()) == set(range(9))
    factors = parameters["factors"]
    assert factors.min() >= 0.99
    assert factors.max() <= 1.01
    assert parameters["hue"].abs().max() <= 0.01


def test_an_image_keeps_its_result_in_any_batch():
    clean, parameters = images(), drawn()
    whole = standard.apply(clean, parameters)
    part = standard.apply(clean[2:4], {name: value[2:4] for name, value in parameters.items()})
    assert torch.equal(whole[2:4], part)


def test_noise_is_a_thousandth():
    clean = torch.full((4, 1, 64, 64), 0.5)
    parameters = drawn(4, (1, 64, 64))
    parameters["shift"] = torch.full((4, 2), 8)
    parameters["factors"] = torch.ones(4, 3, dtype=torch.float64)
    noise = standard.apply(clean, parameters) - clean
    assert noise.std().item() == pytest.approx(0.001, rel=0.02)


@pytest.mark.parametrize("sigma", [0.5, 1, 2, 4, 8, 16, 32])
def test_blur_is_pillows_gaussian(sigma):
    """Of bytes, which each of its passes rounds; corners tell whether edges are continued alike."""
    pixels = (np.random.default_rng(0).random((48, 48)) * 255).astype(np.uint8)
    expected = Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(sigma))
    found = standard.blurred(torch.from_numpy(pixels)[None, None].float(), sigma)[0, 0]
    off = np.abs(found.numpy() - np.asarray(expected, np.float32))
    assert off.mean() < 1
    assert off.max() < 3


def test_blur_keeps_constants_ends_in_the_mean_and_at_zero_is_nothing():
    clean = images()
    assert standard.blurred(clean, 0.0) is clean
    constant = torch.full((1, 3, 16, 16), 0.3)
    torch.testing.assert_close(standard.blurred(constant, 32.0), constant)
    spread = standard.blurred(clean, 2.0).var((2, 3)).mean()
    assert standard.blurred(clean, 32.0).var((2, 3)).mean() < spread < clean.var((2, 3)).mean()


def test_the_spread_of_a_blurred_point_is_sigma():
    point = torch.zeros(1, 1, 41, 41, dtype=torch.float64)
    point[0, 0, 20, 20] = 1
    found = standard.blurred(point, 2.5)[0, 0]
    place = torch.arange(41.0) - 20
    assert float((found.sum(0) * place**2).sum()) ** 0.5 == pytest.approx(2.5, rel=1e-3)
