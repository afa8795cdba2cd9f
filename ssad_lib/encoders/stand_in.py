"""A stand-in for a trained encoder: random filters, whitened; no substitute, an ablation.

It says what of the order of augmentations is due to colours and edges alone.
"""

from __future__ import annotations

from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from ssad_lib import rng
from ssad_lib.data import load
from ssad_lib.data.street_digits import VERSION as REFERENCE_VERSION
from ssad_lib.encoders.encoder import Encoder, by_batches

NAME = "stand-in"
BATCH = 256
STAND_IN_VERSION = "1"  # raise it when a feature changes
SIDE = 32
CHANNELS, KERNELS, STRIDE, GRID = (32, 64), (5, 3), 2, 2
REFERENCE_IMAGES = 200  # of each class of street-digits
FEATURES, RIDGE = 256, 0.1


def encoder() -> Encoder:
    """Return the stand-in; its features take less time than a cache of them would."""
    return Encoder(
        name=NAME,
        version=f"{STAND_IN_VERSION}/{REFERENCE_VERSION}",
        comparable=False,
        note=(
            "Encoder: a stand-in for ImageNet's ResNet-50, a small fixed random network with "
            "whitened features. Its values cannot be compared with the paper's; the order of the "
            "augmentations may be."
        ),
        embed=by_batches(lambda images: _whitened(_random_features(images)), BATCH),
    )


def _random_features(images: Tensor) -> Tensor:
    """Return means of two layers of random filters over the quarters of the image, (n, 384)."""
    if images.shape[-2:] != (SIDE, SIDE):
        images = F.interpolate(images, (SIDE, SIDE), mode="bilinear", antialias=True)
    values, pooled = (2 * images - 1).to(memory_format=torch.channels_last), []  # twice as fast
    for weights in _filters():
        values = F.conv2d(values, weights, stride=STRIDE, padding=weights.shape[-1] // 2).relu_()
        pooled.append(F.adaptive_avg_pool2d(values, GRID).flatten(1))
    return torch.cat(pooled, dim=1)


def _whitened(features: Tensor) -> Tensor:
    """Return the features decorrelated and of length √h, so that the kernel of an image is 8."""
    mean, projection = _whitening()
    return F.normalize((features - mean) @ projection) * FEATURES**0.5


@lru_cache(maxsize=1)
def _filters() -> tuple[Tensor, ...]:
    """Return one bank of unit-length filters per layer; those of the first ignore brightness."""
    generator = rng.generator("encoder", "stand-in", STAND_IN_VERSION)
    banks: list[Tensor] = []
    channels = 3
    for count, kernel in zip(CHANNELS, KERNELS, strict=True):
        bank = torch.randn(count, channels, kernel, kernel, generator=generator)
        if not banks:
            bank -= bank.mean(dim=(1, 2, 3), keepdim=True)
        bank /= bank.flatten(1).norm(dim=1).view(-1, 1, 1, 1)
        banks.append(bank.to(memory_format=torch.channels_last))
        channels = count
    return tuple(banks)


@lru_cache(maxsize=1)
def _whitening() -> tuple[Tensor, Tensor]:
    """Return mean (384,) and projection (384, 256), from street-digits without their labels.

    Principal components of the standardised features, each divided by its deviation; the ridge
    keeps the weakest from becoming noise. Kernels of the result do not depend on signs and order
    of the components, which differ between libraries of linear algebra.
    """
    reference = load("street-digits", images_per_class=REFERENCE_IMAGES)
    images = torch.from_numpy(reference.images).float() / 255
    features = torch.cat([_random_features(batch) for batch in images.split(BATCH)]).double()
    mean, deviation = features.mean(dim=0), features.std(dim=0)
    scaled = (features - mean) / deviation
    variances, directions = torch.linalg.eigh(scaled.T @ scaled / len(scaled))
    variances, directions = variances[-FEATURES:], directions[:, -FEATURES:]
    whitening = directions / (variances + RIDGE * variances.mean()).sqrt()
    return mean.float(), (whitening / deviation.unsqueeze(1)).float()
