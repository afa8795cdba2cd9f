from __future__ import annotations

import pytest
import torch
import torchvision.transforms.v2.functional as TF
from scipy import stats

from ssad_lib import augment, rng
from ssad_lib.augment.elementwise import kernel_size

from .oracles import Draw, Images


@pytest.mark.parametrize(("side", "size"), [(28, 3), (32, 3), (40, 5), (64, 7), (256, 25)])
def test_blur_kernel_is_a_tenth_of_the_image(side: int, size: int) -> None:
    assert kernel_size(side) == size


@pytest.mark.parametrize(
    ("n", "shape"), [(40, (3, 32, 32)), (20, (1, 28, 28)), (10, (3, 40, 64)), (2, (3, 256, 256))]
)
def test_blur_equals_torchvision(
    draw: Draw, noise_images: Images, n: int, shape: tuple[int, int, int]
) -> None:
    images, parameters = noise_images(n, *shape), draw("blur", n, shape)
    k = {32: 3, 28: 3, 40: 5, 256: 25}[shape[1]]
    expected = torch.stack(
        [
            TF.gaussian_blur(image, [k, k], [sigma, sigma])
            for image, sigma in zip(images, parameters["sigma"].tolist(), strict=True)
        ]
    )
    result = augment.get("blur").apply(images, parameters)
    torch.testing.assert_close(result, expected, rtol=0, atol=1e-12)


def test_blur_leaves_images_below_twenty_pixels_alone(noise_images: Images) -> None:
    images = noise_images(4, 3, 19, 19)
    torch.testing.assert_close(augment.get("blur")(images, rng.generator("small")), images)


def test_blur_draws_a_sigma_per_image(draw: Draw) -> None:
    assert stats.kstest(draw("blur", 5000)["sigma"].numpy(), "uniform", (0.1, 1.9)).pvalue > 1e-3


def test_noise_is_normal_of_a_tenth_and_not_clipped(noise_images: Images) -> None:
    images = noise_images(200, 3, 32, 32)
    result = augment.get("noise")(images, rng.generator("noise"))
    noise = ((result - images) / 0.1).numpy()
    assert stats.kstest(noise.ravel()[::3], "norm").pvalue > 1e-3
    assert noise.std() == pytest.approx(1, abs=5 / (2 * noise.size) ** 0.5)
    assert result.min() < -0.2
    assert result.max() > 1.2
    between_images = (noise[1:] * noise[:-1]).mean()
    between_channels = (noise[:, 0] * noise[:, 1]).mean()
    assert abs(between_images) < 5 / noise.size**0.5
    assert abs(between_channels) < 5 / noise[:, 0].size ** 0.5


@pytest.mark.parametrize("share", [0.2, 0.1, 0.0, 1.0])
def test_mask_sets_its_share_of_elements_to_zero(noise_images: Images, share: float) -> None:
    images = noise_images(500, 3, 32, 32) + 0.5
    options = {} if share == 0.2 else {"mask_p": share}
    result = augment.get("mask", **options)(images, rng.generator("mask"))
    masked = result == 0
    assert torch.equal(result[~masked], images[~masked])
    assert stats.binomtest(int(masked.sum()), masked.numel(), share).pvalue > 1e-3
    if 0 < share < 1:
        counts = masked.flatten(1).sum(1).numpy()
        law = stats.binom(3072, share)
        # The randomised rank of a whole number is uniform; the test is for continuous laws.
        lot = torch.rand(len(counts), generator=rng.generator("rank")).numpy()
        rank = law.cdf(counts - 1) + lot * law.pmf(counts)
        assert stats.kstest(rank, "uniform").pvalue > 1e-3


@pytest.mark.parametrize(("shared", "triples"), [(False, 0.2**3), (True, 0.2)])
def test_mask_takes_elements_or_whole_pixels(shared: bool, triples: float) -> None:
    images = torch.ones(100, 3, 32, 32)
    masked = augment.get("mask", mask_shared_channels=shared)(images, rng.generator("unit")) == 0
    black = masked.all(1)
    assert stats.binomtest(int(black.sum()), black.numel(), triples).pvalue > 1e-3
    assert torch.equal(masked.any(1), black) == shared
