"""A Gaussian around the embeddings of normal images: its negative log-likelihood is the score.

Source: paper 001, Section 4, after CutPaste; METHODS 9.3 and 9.4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ssad_lib.detectors.base import Detector
from ssad_lib.detectors.inputs import count_different
from ssad_lib.detectors.training import check_budget, evaluate
from ssad_lib.errors import NonFiniteError, SsadError
from ssad_lib.models.resnet import Discriminator, make

LEAST = 3  # different training images: the covariance of fewer cannot be estimated
NORMALISED = 1e-12  # shortest length that an embedding is divided by


@dataclass(frozen=True)
class Gaussian:
    """A Gaussian with Ledoit and Wolf's covariance, fitted to embeddings.

    Attributes
    ----------
    mean : ndarray of float64, shape (h,)
    precision : ndarray of float64, shape (h, h)
    offset : float
        ``½ log det Σ + ½ h log 2π``.
    on_sphere : bool
        Whether embeddings are divided by their length first.
    """

    mean: NDArray[np.float64]
    precision: NDArray[np.float64]
    offset: float
    on_sphere: bool

    @classmethod
    def fit(cls, embeddings: NDArray[np.float32], *, on_sphere: bool) -> Gaussian:
        """Return the Gaussian of embeddings ``(n, h)``.

        Raises
        ------
        NonFiniteError
            If an embedding is not finite, or all are the same point or on one line.
        """
        from sklearn.covariance import LedoitWolf

        values = _prepared(embeddings, on_sphere)
        if not np.isfinite(values).all() or not values.std(axis=0).any():
            raise NonFiniteError(
                "the embeddings of the training images are not finite or all the same: lower "
                "learning_rate"
            )
        estimate = LedoitWolf().fit(values)
        _, log_det = np.linalg.slogdet(estimate.covariance_)
        if not np.isfinite(log_det):
            raise NonFiniteError(
                "the embeddings of the training images lie on a line: give more images that differ"
            )
        offset = 0.5 * (float(log_det) + values.shape[1] * math.log(2 * math.pi))
        return cls(estimate.location_, estimate.precision_, offset, on_sphere)

    def score(self, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the negative log-likelihood ``(n,)`` of embeddings ``(n, h)``."""
        offsets = _prepared(embeddings, self.on_sphere) - self.mean
        squared = np.einsum("ij,jk,ik->i", offsets, self.precision, offsets, optimize=True)
        return np.asarray(0.5 * squared + self.offset)


def _prepared(embeddings: NDArray[np.float32], on_sphere: bool) -> NDArray[np.float64]:
    values = embeddings.astype(np.float64)
    if not on_sphere:
        return values
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    return np.asarray(values / np.maximum(lengths, NORMALISED))


class GaussianDetector(Detector):
    """What the detectors of paper 001 share: network, embedding and score.

    A subclass sets ``network_`` and ``gaussian_`` when it is fitted.

    Attributes
    ----------
    network_ : ssad_lib.models.resnet.Discriminator
        In evaluation mode.
    gaussian_ : Gaussian
        Of the training images' embeddings.
    """

    network: str
    small_stem: bool
    epochs: int
    learning_rate: float
    momentum: float
    weight_decay: float
    normalise_score: bool

    def embed(self, X: ArrayLike | Tensor) -> NDArray[np.float32]:
        """Return the embedding ``(N, h)`` of each image of `X`, of any length."""
        return embedded(self.network_, self._images_like_fitted(X))

    def _scores(self, images: Tensor) -> NDArray[np.float32]:
        scores = self.gaussian_.score(embedded(self.network_, images)).astype(np.float32)
        if not np.isfinite(scores).all():
            raise NonFiniteError("a score is not finite: lower learning_rate")
        return scores

    def _new_network(self, generator: torch.Generator, device: torch.device) -> Discriminator:
        return make(self.network, generator, small_stem=self.small_stem).to(device)

    def _check_settings(self, images: Tensor) -> None:
        """Raise `SsadError` unless the settings can train on `images`; decides the seed."""
        self._begin()
        check_budget(
            images,
            width=1,
            learning_rate=self.learning_rate,
            epochs=self.epochs,
            batch_size=self.batch_size,
        )
        different = count_different(images, LEAST)
        if different < LEAST:
            raise SsadError(
                f"{len(images)} training images show {different} that differ, and the Gaussian of "
                f"the score needs {LEAST}: give more images that differ"
            )
        if not 0 <= self.momentum < 1 or not self.weight_decay >= 0:
            raise SsadError(
                f"momentum {self.momentum} must lie in [0, 1) and weight_decay "
                f"{self.weight_decay} be ≥ 0"
            )


def embedded(network: Discriminator, images: Tensor) -> NDArray[np.float32]:
    """Return the embeddings ``(N, h)`` of all `images` by a network in evaluation mode."""
    return evaluate(network, network.embed, images)
