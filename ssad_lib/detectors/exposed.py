"""What the detectors of paper 003 share: outliers come with the labels of ``fit`` (METHODS 11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ssad_lib.detectors import exposure_batches, training
from ssad_lib.detectors.base import Detector
from ssad_lib.detectors.course import Course, Outcome, check_precision, train
from ssad_lib.detectors.inputs import as_images, known_outliers, resolve_device
from ssad_lib.errors import NonFiniteError, SsadError, unknown
from ssad_lib.models import exposure as networks


class Exposed(Detector):
    """What the detectors of paper 003 share: network, batches, schedule.

    The score is what the loss is made of, h(z), ‖z‖² or the logit, which never saturates; the code
    squeezes it into [0, 1], where float32 has ties. The defaults are the paper's for CIFAR-10;
    ``epochs=0`` leaves the network untrained.

    Parameters
    ----------
    network : {"auto", "mnist", "cifar", "resnet18"}
        ``"auto"`` is mnist for 1 x 28 x 28 images and cifar for all others.
    width : int
        First channel count; 0 is the paper's: 16, 32, 64.
    bias : bool
        Biases and affine batch normalisation in the LeNets, as the code has.
    epochs, batch_size : int
        Budget; so many normal images and as many outliers make a batch, and an epoch ends with the
        normal images. A partial batch is dropped, unless there is no other.
    learning_rate : float
        Of Adam at the start.
    milestones : sequence of int, optional
        Epochs after which the rate drops to a tenth; the paper's shares of `epochs` if not given.
    weight_decay : float
        Coupled, as in the code.
    augmented : bool
        Colour jitter, mirror, shifted crop and noise (`ssad_lib.augment.standard`), for normal
        images and outliers alike; the paper has none on MNIST.
    blur : float
        Standard deviation in pixels of the Gaussian that the outliers are seen through.
    small_mode : {"cyclic", "replacement"}
        Fewer outliers than normal images: shuffle the outliers and go round from a random place
        (code, for sets of a given size); or draw with replacement (paper; code, for classes).
    precision : {"float32", "bfloat16"}
        Of the products in training; scores are computed in float32.
    contamination : float
        Share of normal training images above ``threshold_``, in (0, 0.5].
    device : str
        ``"auto"`` (or None), ``"cpu"`` or ``"cuda"``.
    random_state : int, random generator or None
        Decides weights, batch order and augmentation draws, of normal images and of outliers apart:
        the four detectors start from the same weights and see the same batches.

    Attributes
    ----------
    network_ : torch.nn.Module
        In evaluation mode.
    loss_curve_ : list of float
        Mean training loss of each epoch.
    measures_ : dict of str to float
        ``gradient_norm_max``.
    """

    classifies: ClassVar[bool] = False

    def __init__(
        self,
        *,
        network: str = "auto",
        width: int = 0,
        bias: bool = True,
        epochs: int = 200,
        batch_size: int = 128,
        learning_rate: float = 1e-3,
        milestones: Sequence[int] | None = None,
        weight_decay: float = 5e-7,
        augmented: bool = True,
        blur: float = 0.0,
        small_mode: str = "cyclic",
        precision: str = "float32",
        contamination: float = 0.1,
        device: str = "auto",
        random_state: int = 0,
    ) -> None:
        self.network = network
        self.width = width
        self.bias = bias
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.milestones = milestones
        self.weight_decay = weight_decay
        self.augmented = augmented
        self.blur = blur
        self.small_mode = small_mode
        self.precision = precision
        self.contamination = contamination
        self.device = device
        self.random_state = random_state

    def fit(self, X: ArrayLike | Tensor, y: ArrayLike | Tensor | None = None) -> Exposed:  # type: ignore[override]
        """Train on the images `X` ``(N, C, H, W)`` in [0, 1], of which `y` says the outliers.

        `y` ``(N,)`` is 1 for an image of the outlier set and 0 for a normal one; without it all are
        normal. ``decision_scores_`` and ``labels_`` are those of all images, ``threshold_`` is that
        of the normal ones.

        Raises
        ------
        SsadError
            If a parameter cannot be used with these images, or a classifier gets no outlier.
        """
        images = as_images(X)
        outlier = known_outliers(y, len(images))
        normals = images[~outlier]
        self.finish(normals, train(self.prepare(normals, images[outlier])))
        self.decision_scores_ = self._scores(images)
        self.labels_ = (self.decision_scores_ > self.threshold_).astype(np.int64)
        return self

    def prepare(self, images: Tensor, outliers: Tensor | None = None) -> Course:
        """Return what to train for normal `images` and `outliers`: the first half of ``fit``.

        Both are float32 CPU tensors ``(n, C, H, W)`` in [0, 1]; `fit` checks that, this does not.

        Raises
        ------
        SsadError
            If a parameter cannot be used, or not with these images.
        """
        self._begin()
        none = outliers is None or len(outliers) == 0
        self._check(images)
        if none and self.classifies:
            raise SsadError(
                f"{type(self).__name__} tells normal images from outliers and got none: give "
                "fit(X, y) with y = 1 for outliers"
            )
        self._device = device = resolve_device(self.device)
        channels, size = images.shape[1], images.shape[2]
        self._name = networks.choose(self.network, channels, size)
        made = networks.make(
            self._name,
            channels,
            size,
            self.width,
            classifies=self.classifies,
            bias=self.bias,
            seed=self.seed_,
        )
        # Channels-last as in the other detectors: faster on every device.
        self.network_ = made.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.network_.eval()
        self._centre(images)
        return Course(
            self.network_,
            loss=lambda output, outlier: self._loss(self._heights(output), outlier),
            epoch=exposure_batches.epochs(
                images,
                None if none else outliers,
                batch_size=self.batch_size,
                augmented=self.augmented,
                blur=self.blur,
                small_mode=self.small_mode,
                seed=self.seed_,
                device=device,
            ),
            epochs=self.epochs,
            batch_size=(1 if none else 2) * self.batch_size,
            rate=self._rate,
            weight_decay=self.weight_decay,
            precision=self.precision,
        )

    def finish(self, images: Tensor, outcome: Outcome) -> None:
        """Take over a network trained on normal `images`: the second half of ``fit``."""
        super().finish(images, outcome)
        if not np.isfinite(self.decision_scores_).all():
            raise NonFiniteError(
                "the scores of the training images are not finite: "
                f"lower learning_rate ({self.learning_rate:g})"
            )
        self.measures_ = {"gradient_norm_max": outcome.largest_gradient}

    def embed(self, X: ArrayLike | Tensor) -> NDArray[np.float32]:
        """Return the representation φ(x) ``(N, r)`` of each image of `X`."""
        whole = self.network_
        part = whole[:-1] if self.classifies else whole
        return training.evaluate(part, part, self._images_like_fitted(X))

    def _heights(self, outputs: Tensor) -> Tensor:
        """Return the score ``(B,)`` from the outputs of the network."""
        raise NotImplementedError

    def _loss(self, heights: Tensor, outlier: Tensor) -> Tensor:
        """Return the loss from the scores and which of them are outliers'."""
        raise NotImplementedError

    def _centre(self, images: Tensor) -> None:
        """Move the origin, before training, where an option asks for it."""

    def _rate(self, epoch: int) -> float:
        milestones = self.milestones
        if milestones is None:
            shares = networks.KINDS[self._name].milestones
            milestones = [round(share * self.epochs) for share in shares]
        return float(self.learning_rate * 0.1 ** sum(at <= epoch for at in milestones))

    def _check(self, images: Tensor) -> None:
        training.check_budget(
            images,
            width=1,
            learning_rate=self.learning_rate,
            epochs=self.epochs,
            batch_size=self.batch_size,
        )
        training.check_square(images)
        if self.small_mode not in exposure_batches.SMALL_MODES:
            raise unknown("small_mode", self.small_mode, exposure_batches.SMALL_MODES)
        if self.width < 0 or not self.blur >= 0 or not self.weight_decay >= 0:
            raise SsadError(
                f"width {self.width} (0 is the paper's), blur {self.blur} and weight_decay "
                f"{self.weight_decay} must be ≥ 0"
            )
        given = self.milestones
        if given is not None and not all(type(epoch) is int and epoch >= 0 for epoch in given):
            raise SsadError(f"milestones must be epochs, such as [100, 150], not {given!r}")
        check_precision(self.precision)

    def _scores(self, images: Tensor) -> NDArray[np.float32]:
        return training.evaluate(
            self.network_, lambda batch: self._heights(self.network_(batch)), images
        )
