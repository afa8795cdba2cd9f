"""Features in which a small defect is seen: statistics over places of random filters' responses.

An encoder for whole objects averages a thin thread away; the largest and the smallest response
anywhere in the image keep it. Features of EfficientNet-Lite0 (`ssad_lib.encoders`) found dents and
turned digits as well, but put Crop first for a thread and GEOM for a scratch, in thirty times the
time: `ssad_lib.selection.rank` takes an encoder only where one is given. Features are whitened by
normal images, so that what varies among them counts little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.covariance import LedoitWolf
from torch import Tensor

from ssad_lib import rng

FILTERS_VERSION = "1"  # raise it when a feature changes
FILTERS, KERNEL, SCALES = 24, 3, 3
COMPONENTS, RIDGE = 64, 0.1
BOUND = 16.0  # length that no feature vector exceeds: an outlier counts once, not a hundred times
GREY_LEVEL = 1 / 255  # one grey level; smaller differences of a feature are no property of an image
BATCH = 16  # so that the responses stay in a core's cache

Features = Callable[[Tensor], Tensor]


def statistics(images: Tensor) -> Tensor:
    """Return mean, deviation, maximum and minimum over places of filter responses.

    Parameters
    ----------
    images : Tensor
        Float ``(n, C, H, W)``; clipped to [0, 1], since a camera could not show more (Noise does).
        One channel is repeated three times.

    Returns
    -------
    Tensor
        float32 ``(n, 324)``: 3 scales, 4 statistics, 24 filters and 3 channels.
    """
    colour = images.float().clamp(0, 1).expand(-1, 3, -1, -1)
    with torch.inference_mode():
        return torch.cat([_pooled(batch) for batch in colour.split(BATCH)])


def whitened(normal: Tensor) -> Features:
    """Return the map to principal components of `normal` features ``(n, h)``, of equal variance.

    What it returns has at most `COMPONENTS` columns, and no row is longer than `BOUND`. A feature
    that hardly differs among normal images, such as the minimum of digits on black ground, is not
    blown up: else whatever lifts the ground, Noise and Invert above all, would decide everything.
    """
    mean, deviation = normal.mean(0), (normal.var(0) + GREY_LEVEL**2).sqrt()
    scaled = ((normal - mean) / deviation).double()
    variances, directions = torch.linalg.eigh(scaled.T @ scaled / len(scaled))
    variances, directions = variances[-COMPONENTS:], directions[:, -COMPONENTS:]
    projection = (directions / (variances + RIDGE * variances.mean()).sqrt()).float()

    def apply(values: Tensor) -> Tensor:
        white = ((values - mean) / deviation) @ projection
        return white / (1 + white.norm(dim=1, keepdim=True) / BOUND)

    return apply


def discriminant(normal: Tensor, augmented: Iterable[Tensor]) -> Features:
    """Return the map to the directions in which augmented images leave the normal ones.

    Fisher's discriminant space of all candidates at once: what DSV's detector learns for each
    candidate alone, in one linear step. Its origin is the mean of `normal`.

    Parameters
    ----------
    normal : Tensor, shape (n, h)
    augmented : iterable of Tensor, shapes (m, h)
        One set for each candidate.
    """
    sets = [normal, *augmented]
    within = torch.cat([one - one.mean(0) for one in sets]).double().numpy()
    variances, directions = np.linalg.eigh(LedoitWolf().fit(within).covariance_)
    whitening = torch.from_numpy(directions / np.sqrt(variances)).float()
    middle, *means = ((one @ whitening).mean(0) for one in sets)
    shifts = torch.stack([F.normalize(mean - middle, dim=0) for mean in means])
    span = whitening @ torch.linalg.svd(shifts, full_matrices=False)[2].T
    origin = normal.mean(0) @ span
    return lambda values: values @ span - origin


def _pooled(images: Tensor) -> Tensor:
    parts = []
    for _ in range(SCALES):
        responses = F.conv2d(images, _filters(), padding=KERNEL // 2)
        places = torch.cat([images, responses], dim=1).flatten(2)
        mean, highest, lowest = places.mean(2), places.amax(2), places.amin(2)
        # As `std`, which takes longer than all the rest; centred first, so nothing cancels.
        spread = torch.linalg.vector_norm(places - mean.unsqueeze(2), dim=2)
        parts += [mean, spread / (places.shape[2] - 1) ** 0.5, highest, lowest]
        images = F.avg_pool2d(images, 2)
    return torch.cat(parts, dim=1)


@lru_cache(maxsize=1)
def _filters() -> Tensor:
    """Return ``(FILTERS, 3, KERNEL, KERNEL)`` filters of length 1 that ignore brightness."""
    generator = rng.generator("selection", "filters", FILTERS_VERSION)
    bank = torch.randn(FILTERS, 3, KERNEL, KERNEL, generator=generator)
    bank -= bank.mean(dim=(1, 2, 3), keepdim=True)
    return bank / bank.flatten(1).norm(dim=1).view(-1, 1, 1, 1)
