"""Alignment of augmented images and anomalies: MMD of their features (paper 000, Section 4.3).

The formula printed there sums over all pairs; its numbers can only be means (METHODS 7.4).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ssad_lib.errors import SsadError


def mmd(
    x: ArrayLike,
    y: ArrayLike,
    reduce: Literal["mean", "sum"] = "mean",
    *,
    biased: bool = True,
    root: bool = False,
) -> float:
    """Return the maximum mean discrepancy of two sets of features under the cubic kernel.

    ``mean k(x, x') + mean k(y, y') - 2 mean k(x, y)`` with ``k(a, b) = (<a, b> / h + 1)^3``, the
    default polynomial kernel of scikit-learn, computed in float64.

    Parameters
    ----------
    x, y : array_like of float, shapes (n, h) and (m, h)
        Features, one row per image.
    reduce : {"mean", "sum"}
        ``"sum"`` is the printed formula, n·m times the mean: with n = m it sums over the pairs. For
        unequal sizes plain sums would weigh the three terms differently and be no distance.
    biased : bool
        Keep the pairs of an image with itself, as the paper does: two sets from one distribution
        then lie `noise_floor` apart, not 0.
    root : bool
        Take the square root (the paper does not); a negative unbiased estimate counts as 0.

    Raises
    ------
    SsadError
        If the features are not two-dimensional, differ in length, or are not finite.
    """
    first, second = _features(x), _features(y)
    if first.shape[1] != second.shape[1]:
        raise SsadError(
            f"MMD needs features of one length, not {first.shape[1]} and {second.shape[1]}: use "
            "one encoder for both"
        )
    value = (
        _mean_within(kernel(first, first), biased)
        + _mean_within(kernel(second, second), biased)
        - 2 * float(kernel(first, second).mean())
    )
    if reduce == "sum":
        value *= len(first) * len(second)
    return float(np.sqrt(max(value, 0.0))) if root else value


def noise_floor(x: ArrayLike, other: int | None = None) -> float:
    """Return the biased MMD that two independent sets from the distribution of `x` would have.

    ``(1/n + 1/m) (E k(x, x) - E k(x, x'))``, at n = m the 2/M of METHODS 7.4.

    Parameters
    ----------
    x : array_like of float, shape (n, h)
        At least two rows.
    other : int, optional
        The size m of the second set; n if not given.
    """
    features = _features(x)
    pairs = kernel(features, features)
    gap = float(np.diagonal(pairs).mean()) - _mean_within(pairs, biased=False)
    return gap * (1 / len(features) + 1 / (other or len(features)))


def kernel(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``k`` of every row of `x` (n, h) with every row of `y` (m, h), shape (n, m)."""
    values: NDArray[np.float64] = x @ y.T
    values /= x.shape[1]
    values += 1
    return values * values * values  # many times faster than a power


def _mean_within(pairs: NDArray[np.float64], biased: bool) -> float:
    if biased:
        return float(pairs.mean())
    count = len(pairs)
    if count < 2:
        raise SsadError("MMD without the pairs of an image with itself needs two images or more")
    return float((pairs.sum() - np.trace(pairs)) / (count * (count - 1)))


def _features(values: ArrayLike) -> NDArray[np.float64]:
    features = np.asarray(values, dtype=np.float64)
    if features.ndim != 2 or 0 in features.shape:
        raise SsadError(f"MMD takes features (n, h), one row per image, not {features.shape}")
    if not np.isfinite(features).all():
        raise SsadError("MMD: a feature is not finite")
    return features
