"""Losses against plain double-precision references."""

import numpy as np
import pytest
import torch
from scipy.ndimage import correlate

from ssad_lib.detectors.similarity import focal, structural_similarity


def reference(first, second):
    """SSIM of two images (C, H, W) as its authors define it, by scipy's two-dimensional filter."""
    place = np.arange(11) - 5.0
    line = np.exp(-(place**2) / (2 * 1.5**2))
    window = np.outer(line, line) / line.sum() ** 2
    total = []
    for a, b in zip(first, second, strict=True):

        def mean(values):
            return correlate(values, window, mode="constant", cval=0.0)

        variance_a, variance_b = mean(a * a) - mean(a) ** 2, mean(b * b) - mean(b) ** 2
        covariance = mean(a * b) - mean(a) * mean(b)
        light = (2 * mean(a) * mean(b) + 0.0001) / (mean(a) ** 2 + mean(b) ** 2 + 0.0001)
        total.append(light * (2 * covariance + 0.0009) / (variance_a + variance_b + 0.0009))
    return np.mean(total)


@pytest.mark.parametrize("shape", [(3, 32, 32), (1, 40, 23), (3, 8, 64)])
def test_similarity_is_that_of_the_reference(shape):
    rng = np.random.default_rng(0)
    first = rng.random((4, *shape))
    second = np.clip(first + rng.normal(0, 0.2, first.shape), -1, 2)
    wanted = [reference(a, b) for a, b in zip(first, second, strict=True)]
    found = structural_similarity(torch.from_numpy(first), torch.from_numpy(second))
    assert found.numpy() == pytest.approx(wanted, abs=1e-12)
    single = structural_similarity(
        torch.from_numpy(first).float(), torch.from_numpy(second).float()
    )
    assert single.numpy() == pytest.approx(wanted, abs=1e-4)


def test_similarity_of_an_image_with_itself_and_with_its_negative():
    image = torch.rand(2, 3, 32, 32, dtype=torch.float64)
    assert structural_similarity(image, image).numpy() == pytest.approx(1)
    assert structural_similarity(image, 1 - image).max() < 0


def test_focal_loss_is_that_of_a_plain_loop():
    rng = np.random.default_rng(1)
    logits, masks = rng.normal(0, 2, (2, 2, 4, 5)), rng.random((2, 4, 5)) < 0.3
    total = 0.0
    for image, row, column in np.ndindex(masks.shape):
        exponents = np.exp(logits[image, :, row, column])
        probability = exponents / exponents.sum()
        right = int(masks[image, row, column])
        hit = (1 - 1e-5) * probability[right] + 1e-5 * probability[1 - right] + 1e-5
        total -= (1 - hit) ** 2 * np.log(hit)
    found = focal(torch.from_numpy(logits), torch.from_numpy(masks))
    assert float(found) == pytest.approx(total / masks.size, rel=1e-12)


def test_focal_loss_has_a_finite_gradient_where_the_network_is_sure():
    logits = torch.tensor([[40.0, -40.0], [-40.0, 40.0]]).view(2, 2, 1, 1).requires_grad_()
    masks = torch.tensor([False, False]).view(2, 1, 1)
    focal(logits, masks).backward()
    assert logits.grad.isfinite().all()
