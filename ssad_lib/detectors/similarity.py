"""Losses of DRAEM and paper 004: structural similarity and the focal loss (METHODS 12.5)."""

from __future__ import annotations

import torch
from torch import Tensor

WINDOW, WINDOW_DEVIATION = 11, 1.5
C1, C2 = 0.01**2, 0.03**2  # for images whose range is 1
SMOOTHING = 1e-5
GAMMA = 2.0


def structural_similarity(first: Tensor, second: Tensor) -> Tensor:
    """Return SSIM ``(N,)``, the mean over channels and pixels of an image.

    A Gaussian window of 11 × 11 pixels, σ = 1.5, the image continued by zeros, a range of 1
    (found from the images themselves it would jump with the first values below -0.5).

    Parameters
    ----------
    first, second : Tensor
        ``(N, C, H, W)``.
    """
    down, right = (_band(side, first) for side in first.shape[2:])

    def blurred(images: Tensor) -> Tensor:
        return down @ images @ right

    mean_1, mean_2 = blurred(first), blurred(second)
    square_1, square_2, product = mean_1**2, mean_2**2, mean_1 * mean_2
    variance_1 = blurred(first**2) - square_1
    variance_2 = blurred(second**2) - square_2
    covariance = blurred(first * second) - product
    contrast = (2 * covariance + C2) / (variance_1 + variance_2 + C2)
    return (((2 * product + C1) / (square_1 + square_2 + C1)) * contrast).mean((1, 2, 3))


def focal(logits: Tensor, masks: Tensor) -> Tensor:
    """Return the focal loss, the mean over pixels, γ = 2, both classes weighted alike.

    Parameters
    ----------
    logits : Tensor
        ``(N, 2, H, W)``, sound and anomalous.
    masks : Tensor
        ``(N, H, W)``, true where anomalous.
    """
    probability = logits.softmax(1)
    anomalous = masks.to(logits.dtype).clamp(SMOOTHING, 1 - SMOOTHING)
    hit = (1 - anomalous) * probability[:, 0] + anomalous * probability[:, 1] + SMOOTHING
    return -((1 - hit).abs() ** GAMMA * hit.log()).mean()


def _band(side: int, like: Tensor) -> Tensor:
    """Return the Gaussian window as a symmetric matrix ``(side, side)``, zeros beyond the image."""
    place = torch.arange(side, device=like.device)
    distance = (place - place[:, None]).to(like.dtype)
    reach = torch.arange(WINDOW, device=like.device, dtype=like.dtype) - WINDOW // 2
    total = (-(reach**2) / (2 * WINDOW_DEVIATION**2)).exp().sum()
    window = (-(distance**2) / (2 * WINDOW_DEVIATION**2)).exp() / total
    return window * (distance.abs() <= WINDOW // 2)
