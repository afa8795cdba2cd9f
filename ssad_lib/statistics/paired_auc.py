"""How much better one detector ranks the same test images than another (METHODS 15, claim A16)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ssad_lib.errors import SsadError

RESAMPLED = 2_000


class Gain(NamedTuple):
    """A difference of AUC and its percentile interval."""

    gain: float
    low: float
    high: float


def auc_gain(
    normal: ArrayLike,
    anomalous: ArrayLike,
    *,
    confidence: float = 0.95,
    draws: int = RESAMPLED,
    seed: int = 0,
) -> Gain:
    """Return what a second detector adds to the AUC of a first one, mean over seeds.

    A paired bootstrap: normal images, anomalies and seeds are resampled, each draw for both
    detectors alike. With a single seed, only the images are.

    Parameters
    ----------
    normal, anomalous : array_like of float, shapes (2, seeds, n) and (2, seeds, m)
        Scores of the same test images by the first and the second detector, each trained with
        several seeds.
    confidence : float
        In (0, 1).
    draws : int
        Bootstrap samples.
    seed : int
        Of the resampling; the same scores always show the same interval.

    Raises
    ------
    SsadError
        If the shapes do not fit.
    """
    low, high = (np.asarray(scores, np.float64) for scores in (normal, anomalous))
    if low.ndim != 3 or high.ndim != 3 or low.shape[:2] != high.shape[:2] or len(low) != 2:
        raise SsadError(
            f"paired scores need shapes (2, seeds, n) and (2, seeds, m), not {low.shape} and "
            f"{high.shape}"
        )
    gains = _wins(low[1], high[1]) - _wins(low[0], high[0])
    random = np.random.default_rng(seed)
    seeds, rows, columns = (_weights(random, count, draws) for count in gains.shape)
    resampled = np.zeros(draws)
    for weight, table in zip(seeds.T, gains, strict=True):
        resampled += weight * ((rows @ table) * columns).sum(axis=1)
    ends = np.quantile(resampled, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Gain(float(gains.mean()), *map(float, ends))


def _wins(normal: NDArray[np.float64], anomalous: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``(seeds, n, m)``: 1 where the anomaly scores above the normal image, ½ for a tie."""
    difference = anomalous[:, None, :] - normal[:, :, None]
    return 0.5 * (1 + np.sign(difference))


def _weights(random: np.random.Generator, count: int, draws: int) -> NDArray[np.float64]:
    """Return how often each of `count` units is drawn, as shares, ``(draws, count)``."""
    return random.multinomial(count, np.full(count, 1 / count), size=draws) / count
