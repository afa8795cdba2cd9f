"""What detectors share that say where an image is anomalous: maps and scores (METHODS 12.6)."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ssad_lib.detectors import training
from ssad_lib.detectors.base import Detector

REFERENCE = 256  # side in pixels for which sizes are given
POOLED = 21  # pixels of a 256 × 256 image whose mean the image score looks for
PIXELS = 8 * REFERENCE**2  # of a batch, in evaluation


class LocalisingDetector(Detector):
    """A detector with a map of anomaly scores; a subclass implements ``_maps(images)``."""

    def localise(self, X: ArrayLike | Tensor) -> NDArray[np.float32]:
        """Return the anomaly score of each pixel of `X` ``(N, C, H, W)``, ``(N, H, W)``.

        Raises
        ------
        SsadError
            If nothing is fitted, or the images have another shape than those it was fitted on.
        """
        return self._maps(self._images_like_fitted(X))

    def _maps(self, images: Tensor) -> NDArray[np.float32]:
        raise NotImplementedError


def batch_for(images: Tensor) -> int:
    """Return how many of `images` ``(N, C, H, W)`` are evaluated at once: large ones, few."""
    return max(1, min(training.SCORING_BATCH, PIXELS // images.shape[2:].numel()))


def highest_mean(maps: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the highest mean of a window of each map ``(N, H, W)``, ``(N,)``.

    The window has 21 × 21 pixels of a 256 × 256 image, an odd number of any other; beyond the
    image lie zeros.
    """
    side = POOLED * min(maps.shape[1:]) / REFERENCE
    window = 2 * round((side - 1) / 2) + 1 if side > 1 else 1
    pooled = F.avg_pool2d(torch.from_numpy(maps).unsqueeze(1), window, 1, window // 2)
    return pooled.amax((1, 2, 3)).numpy()
