"""What every detector shares: PyOD's convention, the checks on images, the device."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from torch import Tensor

from ssad_lib.detectors.course import Course, Outcome, train
from ssad_lib.errors import SsadError


class Detector(BaseEstimator):
    """PyOD's convention on images: larger scores are more anomalous, labels are 0 and 1.

    A subclass implements ``_course(images)``, which makes the network and says how it is trained,
    and ``_scores(images)``; both get a checked float tensor.

    Attributes
    ----------
    decision_scores_ : ndarray of float32, shape (N,)
        Scores of the training images.
    threshold_ : float
        Their ``1 - contamination`` quantile.
    labels_ : ndarray of int, shape (N,)
        1 where a training image lies above the threshold.
    other_scores : tuple of str
        Names of the scores that ``score_kinds`` returns beside the one of ``decision_function``.
    """

    other_scores: ClassVar[tuple[str, ...]] = ()

    batch_size: int
    contamination: float

    def fit(self, X: ArrayLike | Tensor, y: object = None) -> Detector:  # noqa: ARG002
        """Train on the normal images `X` ``(N, C, H, W)`` in [0, 1]; `y` is ignored."""
        images = as_images(X)
        self.finish(images, train(self.prepare(images)))
        return self

    def prepare(self, images: Tensor) -> Course:
        """Return what to train for normal `images` ``(N, C, H, W)``: the first half of ``fit``.

        `images` are a float32 CPU tensor in [0, 1]; `fit` checks that, this does not.

        Raises
        ------
        SsadError
            If a parameter cannot be used, or not with these images.
        """
        if not 0 < self.contamination <= 0.5:
            raise SsadError(f"contamination must lie in (0, 0.5], not {self.contamination}")
        return self._course(images)

    def finish(self, images: Tensor, outcome: Outcome) -> None:
        """Take over a network trained on `images`: the second half of ``fit``."""
        self.loss_curve_ = outcome.loss_curve
        self.decision_scores_ = self._training_scores(images)
        self.threshold_ = float(np.quantile(self.decision_scores_, 1 - self.contamination))
        self.labels_ = (self.decision_scores_ > self.threshold_).astype(np.int64)

    def decision_function(self, X: ArrayLike | Tensor) -> NDArray[np.float32]:
        """Return the anomaly score ``(N,)`` of each image of `X` ``(N, C, H, W)``."""
        self._check_fitted()
        return self._scores(as_images(X))

    def score_kinds(self, X: ArrayLike | Tensor) -> dict[str, NDArray[np.float32]]:
        """Return every score the detector has, by name; ``"score"`` is ``decision_function``'s."""
        return {"score": self.decision_function(X)}

    def predict(self, X: ArrayLike | Tensor) -> NDArray[np.int64]:
        """Return 1 for each image of `X` whose score exceeds ``threshold_``, else 0."""
        return (self.decision_function(X) > self.threshold_).astype(np.int64)

    def _course(self, images: Tensor) -> Course:
        raise NotImplementedError

    def _scores(self, images: Tensor) -> NDArray[np.float32]:
        raise NotImplementedError

    def _training_scores(self, images: Tensor) -> NDArray[np.float32]:
        """Return the scores of the images just fitted; for detectors that have them already."""
        return self._scores(images)

    def _check_fitted(self) -> None:
        if not hasattr(self, "decision_scores_"):
            raise SsadError(f"this {type(self).__name__} is not fitted: call fit(X) first")


def as_images(X: ArrayLike | Tensor) -> Tensor:
    """Return `X` as a float32 CPU tensor ``(N, C, H, W)`` in [0, 1].

    Raises
    ------
    SsadError
        If `X` is not four-dimensional, is empty, is not finite, or leaves [0, 1].
    """
    values: Any = X if isinstance(X, Tensor) else torch.as_tensor(np.asarray(X))
    if values.ndim != 4 or 0 in values.shape:
        raise SsadError(
            f"images must have shape (N, C, H, W), none empty; got {tuple(values.shape)}"
        )
    images: Tensor = values.detach().to("cpu", torch.float32)
    low, high = float(images.min()), float(images.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        raise SsadError("images hold NaN or infinite values")
    if low < 0 or high > 1:
        raise SsadError(
            f"images must lie in [0, 1], these span [{low:g}, {high:g}]: divide uint8 by 255"
        )
    return images


def resolve_device(device: str) -> torch.device:
    """Return the device named; ``"auto"`` takes the GPU where there is one.

    Raises
    ------
    SsadError
        If a GPU is asked for and none is there.
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        chosen = torch.device(device)
    except RuntimeError as error:
        raise SsadError(f"unknown device '{device}': use auto, cpu or cuda") from error
    if chosen.type == "cuda" and not torch.cuda.is_available():
        raise SsadError(
            "a GPU was asked for and none is here: use device=auto, or run `ssad doctor` to see why"
        )
    return chosen
