"""The objectives of paper 003, each safe in float32 (METHODS 11.4 and 11.8).

``outlier`` is 1 for an image of the outlier set and 0 for a normal one; every loss is the mean over
all images that the network saw.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

SMALLEST = 1e-9  # of the released code: under the logarithm, and added to a distance
SURE = 1e-7  # Focal keeps the probability of the right class so far from 0 and 1
HALF = math.log(2)  # where the two exact forms of log(1 - exp(-h)) change places


def pseudo_huber(outputs: Tensor) -> Tensor:
    """Return ``√(‖z‖² + 1) − 1`` ``(B,)`` of outputs ``(B, r)``.

    Written without a difference, which near 0 would leave nothing of ‖z‖².
    """
    squared = l2_squared(outputs)
    return squared / ((squared + 1).sqrt() + 1)


def l1(outputs: Tensor) -> Tensor:
    """Return ``‖z‖₁`` ``(B,)`` of outputs ``(B, r)``."""
    return outputs.abs().sum(1)


def l2(outputs: Tensor) -> Tensor:
    """Return ``‖z‖₂`` ``(B,)`` of outputs ``(B, r)``; its gradient at the origin is 0."""
    return torch.linalg.vector_norm(outputs, dim=1)


def l2_squared(outputs: Tensor) -> Tensor:
    """Return ``‖z‖₂²`` ``(B,)`` of outputs ``(B, r)``."""
    return outputs.square().sum(1)


RADIAL: dict[str, Callable[[Tensor], Tensor]] = {
    "pseudo_huber": pseudo_huber,
    "l1": l1,
    "l2": l2,
    "l2_squared": l2_squared,
}
"""The functions h of HSC by the names that the paper's values have."""


def hypersphere(heights: Tensor, outlier: Tensor) -> Tensor:
    """Return HSC's loss from h(z) ``(B,)``: h of normals, −log(1 − e⁻ʰ + 10⁻⁹) of outliers."""
    return ((1 - outlier) * heights - outlier * _log_outside(heights)).mean()


def _log_outside(heights: Tensor) -> Tensor:
    """Return ``log(1 − e⁻ʰ + 10⁻⁹)``.

    Each form is exact, with its gradient, where the other one cancels; the clamps keep the one that
    is not taken from becoming infinite.
    """
    near = (-torch.expm1(-heights.clamp(max=HALF)) + SMALLEST).log()
    far = torch.log1p(SMALLEST - (-heights.clamp(min=HALF)).exp())
    return torch.where(heights < HALF, near, far)


def inverse_distance(squared: Tensor, outlier: Tensor) -> Tensor:
    """Return DSAD's loss from ``‖z‖²`` ``(B,)``: itself for normals, 1/(‖z‖² + 10⁻⁹) for outliers.

    The released code has no centre but the origin.
    """
    return ((1 - outlier) * squared + outlier / (squared + SMALLEST)).mean()


def cross_entropy(logits: Tensor, outlier: Tensor) -> Tensor:
    """Return BCE's loss from logits ``(B,)``, positive for outliers."""
    return F.binary_cross_entropy_with_logits(logits, outlier)


def focal(logits: Tensor, outlier: Tensor, gamma: float) -> Tensor:
    """Return ``(1 − p)^γ`` times the cross-entropy, p the probability given to the right class.

    The paper's factor α = ½ is left out, as in the released code: under Adam it changes nothing.
    """
    entropy = F.binary_cross_entropy_with_logits(logits, outlier, reduction="none")
    wrong = (-torch.expm1(-entropy)).clamp(SURE, 1 - SURE)
    return (wrong**gamma * entropy).mean()
