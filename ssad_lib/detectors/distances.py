"""The centre and the distances of DeepSVDD and DeepSAD (METHODS section 4.4)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

SMALLEST_COMPONENT = 0.1  # of the centre


def centre(outputs: Tensor) -> NDArray[np.float32]:
    """Return the mean of the outputs ``(N, d)``, no component of it between 0 and ±0.1.

    Smaller components move out to ±0.1, because a bias-free unit reaches 0 too easily; components
    that are exactly 0 stay.
    """
    mean = outputs.double().mean(0)
    moved = mean.sign() * mean.abs().clamp(min=SMALLEST_COMPONENT)
    return moved.float().numpy()


def squared_distance(outputs: Tensor, center: Tensor) -> Tensor:
    """Return D(x) = ‖f(x) − c‖² ``(N,)`` of outputs ``(N, d)``."""
    return ((outputs - center) ** 2).sum(1)


def attraction(squared: Tensor, power: int, epsilon: float) -> Tensor:
    """Return D, or for `power` 1 the distance √(D + ε), whose gradient is finite at the centre."""
    return squared if power == 2 else (squared + epsilon).sqrt()


def repulsion(squared: Tensor, power: int, epsilon: float) -> Tensor:
    """Return 1 / (D + ε), or for `power` 1 its root 1 / √(D + ε)."""
    return (squared + epsilon) ** (-power / 2)
