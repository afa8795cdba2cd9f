"""What every detector shares: PyOD's convention on images."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import erf
from scipy.stats import binom
from sklearn.base import BaseEstimator
from torch import Tensor

from ssad_lib.detectors.course import Course, Outcome, train
from ssad_lib.detectors.inputs import as_images, check_parameters, seed_from
from ssad_lib.errors import SsadError, unknown

METHODS = ("linear", "unify")


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
    image_shape_ : tuple of int
        ``(C, H, W)`` of the training images, which all others must have, too.
    seed_ : int
        What ``random_state`` stood for in this fit.
    other_scores : tuple of str
        Names of the scores that ``score_kinds`` returns beside the one of ``decision_function``.
    """

    other_scores: ClassVar[tuple[str, ...]] = ()

    batch_size: int
    contamination: float
    random_state: object
    seed_: int

    def fit(self, X: ArrayLike | Tensor, y: object = None) -> Detector:  # noqa: ARG002
        """Train on the normal images `X` ``(N, C, H, W)`` in [0, 1]; `y` is ignored."""
        images = as_images(X)
        self.finish(images, train(self.prepare(images)))
        return self

    def prepare(self, images: Tensor, outliers: Tensor | None = None) -> Course:  # noqa: ARG002
        """Return what to train for normal `images` ``(N, C, H, W)``: the first half of ``fit``.

        `images` are a float32 CPU tensor in [0, 1]; `fit` checks that, this does not. Only
        detectors that learn from `outliers` get any.

        Raises
        ------
        SsadError
            If a parameter cannot be used, or not with these images.
        """
        self._begin()
        return self._course(images)

    def _begin(self) -> None:
        """Check the parameters and decide the seed; the first thing in ``fit``."""
        check_parameters(self)
        if not 0 < self.contamination <= 0.5:
            raise SsadError(f"contamination must lie in (0, 0.5], not {self.contamination}")
        self.seed_ = seed_from(self.random_state)

    def finish(self, images: Tensor, outcome: Outcome) -> None:
        """Take over a network trained on `images`: the second half of ``fit``."""
        self.loss_curve_ = outcome.loss_curve
        self.image_shape_ = tuple(images.shape[1:])
        self.decision_scores_ = self._training_scores(images)
        self.threshold_ = float(np.quantile(self.decision_scores_, 1 - self.contamination))
        self.labels_ = (self.decision_scores_ > self.threshold_).astype(np.int64)

    def decision_function(self, X: ArrayLike | Tensor) -> NDArray[np.float32]:
        """Return the anomaly score ``(N,)`` of each image of `X` ``(N, C, H, W)``.

        Raises
        ------
        SsadError
            If nothing is fitted, or the images have another shape than those it was fitted on.
        """
        return self._scores(self._images_like_fitted(X))

    def score_kinds(self, X: ArrayLike | Tensor) -> dict[str, NDArray[np.float32]]:
        """Return every score the detector has, by name; ``"score"`` is ``decision_function``'s."""
        return {"score": self.decision_function(X)}

    def predict(self, X: ArrayLike | Tensor) -> NDArray[np.int64]:
        """Return 1 for each image of `X` whose score exceeds ``threshold_``, else 0."""
        return (self.decision_function(X) > self.threshold_).astype(np.int64)

    def fit_predict(self, X: ArrayLike | Tensor, y: object = None) -> NDArray[np.int64]:
        """Fit on `X` and return ``labels_``: 1 for training images above the threshold."""
        return self.fit(X, y).labels_

    def predict_proba(self, X: ArrayLike | Tensor, method: str = "linear") -> NDArray[np.float64]:
        """Return the probabilities ``(N, 2)`` of being normal and of being an anomaly, as PyOD.

        Parameters
        ----------
        X : array_like or Tensor
            ``(N, C, H, W)`` in [0, 1].
        method : {"linear", "unify"}
            Place the score between the smallest and the largest of the training images, or in a
            normal distribution of their mean and deviation (Kriegel et al. 2011).
        """
        if method not in METHODS:
            raise unknown("method", method, METHODS)
        scores = self.decision_function(X).astype(np.float64)
        known = self.decision_scores_.astype(np.float64)
        if method == "linear":
            start, width = known.min(), known.max() - known.min()
            share = scores - start if width == 0 else (scores - start) / width
        else:
            width = known.std()
            share = erf((scores - known.mean()) / ((width or 1.0) * np.sqrt(2)))
        anomalous = share.clip(0, 1)
        return np.stack([1 - anomalous, anomalous], axis=1)

    def predict_confidence(self, X: ArrayLike | Tensor) -> NDArray[np.float64]:
        """Return the confidence ``(N,)`` of each prediction, as PyOD (Perini et al. 2020).

        It is the probability that `predict` says the same of the image after the detector is
        fitted on another sample of training images.
        """
        scores, n = self.decision_function(X), len(self.decision_scores_)
        below = np.searchsorted(np.sort(self.decision_scores_), scores, side="right")
        normal = n - int(n * self.contamination)
        confidence = 1 - binom.cdf(normal, n, (1 + below) / (2 + n))
        return np.where(scores > self.threshold_, confidence, 1 - confidence)

    def _course(self, images: Tensor) -> Course:
        raise NotImplementedError

    def _scores(self, images: Tensor) -> NDArray[np.float32]:
        raise NotImplementedError

    def _training_scores(self, images: Tensor) -> NDArray[np.float32]:
        """Return the scores of the images just fitted; for detectors that have them already."""
        return self._scores(images)

    def _images_like_fitted(self, X: ArrayLike | Tensor) -> Tensor:
        """Return checked images of the shape that the detector was fitted on."""
        self._check_fitted()
        images = as_images(X)
        if images.shape[1:] != self.image_shape_:
            raise SsadError(
                f"this {type(self).__name__} was fitted on images (C, H, W) = "
                f"{self.image_shape_}, these have {tuple(images.shape[1:])}: bring them to that "
                "shape"
            )
        return images

    def _check_fitted(self) -> None:
        if not hasattr(self, "decision_scores_"):
            raise SsadError(f"this {type(self).__name__} is not fitted: call fit(X) first")
