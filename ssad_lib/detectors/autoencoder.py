"""AE and DAE: reconstruct normal images, or undo an augmentation of them (METHODS section 3)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ssad_lib import augment, rng
from ssad_lib.detectors.base import Detector
from ssad_lib.detectors.course import Batch, Course, check_precision, chunks, cut, resident
from ssad_lib.detectors.inputs import resolve_device
from ssad_lib.detectors.training import batches, check_budget, check_square, evaluate
from ssad_lib.models.autoencoder import ConvolutionalAutoencoder, squared_error
from ssad_lib.models.initialise import build
from ssad_lib.models.products import ProductAutoencoder


class DAE(Detector):
    """Denoising autoencoder: reconstructs x from aug(x); the score is the error on x itself.

    The defaults are the budget of paper 000 (256 epochs; batch, rate and schedule from its code).
    ``epochs=0`` leaves the network untrained, the reference every table needs.

    Parameters
    ----------
    augmentation : str
        Name of an augmentation (`ssad_lib.augment.names`).
    augmentation_options : mapping, optional
        Its options.
    width : int
        First channel count; 64 in the paper.
    epochs, batch_size : int
        Budget; the last partial batch is kept.
    learning_rate : float
        Of Adam at the first epoch; follows a cosine to 0, stepped per epoch.
    precision : {"float32", "bfloat16"}
        Of the products in training; scores are computed in float32.
    contamination : float
        Share of training images above ``threshold_``, in (0, 0.5].
    device : str
        ``"auto"`` (or None), ``"cpu"`` or ``"cuda"``.
    random_state : int, random generator or None
        Decides weights, batch order and augmentation draws.

    Attributes
    ----------
    network_ : ConvolutionalAutoencoder
        In evaluation mode.
    loss_curve_ : list of float
        Mean training loss of each epoch.
    """

    def __init__(
        self,
        augmentation: str = "cutout",
        *,
        augmentation_options: Mapping[str, Any] | None = None,
        width: int = 64,
        epochs: int = 256,
        batch_size: int = 1024,
        learning_rate: float = 1e-3,
        precision: str = "float32",
        contamination: float = 0.1,
        device: str = "auto",
        random_state: int = 0,
    ) -> None:
        self.augmentation = augmentation
        self.augmentation_options = augmentation_options
        self.width = width
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.precision = precision
        self.contamination = contamination
        self.device = device
        self.random_state = random_state

    def reconstruct(self, X: ArrayLike | Tensor) -> NDArray[np.float32]:
        """Return the reconstruction ``(N, C, H, W)`` of `X` in (0, 1)."""
        return evaluate(self.network_, self.network_, self._images_like_fitted(X))

    def errors(self, X: Tensor, targets: Tensor) -> NDArray[np.float32]:
        """Return MSE(f(x), target) ``(N,)`` for `X` and `targets` ``(N, C, H, W)``, unchecked.

        With ``targets = X`` these are the scores, also of images that leave [0, 1] (Noise does).
        """
        self._check_fitted()
        paired = torch.cat([X, targets], dim=1)
        channels = X.shape[1]
        return evaluate(
            self.network_,
            lambda both: squared_error(self.network_(both[:, :channels]), both[:, channels:]),
            paired,
        )

    def embed(self, X: ArrayLike | Tensor) -> NDArray[np.float32]:
        """Return the embedding ``(N, 4·width)`` of `X` in (-1, 1)."""
        return evaluate(self.network_, self.network_.embed, self._images_like_fitted(X))

    def _course(self, images: Tensor) -> Course:
        check_budget(
            images,
            width=self.width,
            learning_rate=self.learning_rate,
            epochs=self.epochs,
            batch_size=self.batch_size,
        )
        check_precision(self.precision)
        check_square(images)
        channels, size = images.shape[1], images.shape[2]
        device = resolve_device(self.device)
        # Where a processor multiplies bfloat16, products are several times as fast as its kernels
        # of strided convolutions; on a GPU it is the other way round.
        products = device.type == "cpu" and self.precision != "float32"
        architecture = ProductAutoencoder if products else ConvolutionalAutoencoder
        network = build(
            lambda: architecture(channels, size, self.width),
            rng.generator(self.seed_, "weights"),
        )
        # Channels-last is some 10 % faster on the CPU and required for fast kernels on a GPU.
        network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.network_ = cast(ConvolutionalAutoencoder, network)
        return Course(
            self.network_,
            loss=lambda output, clean: squared_error(output, clean).mean(),
            epoch=self._epochs(images, device),
            epochs=self.epochs,
            batch_size=self.batch_size,
            rate=self._rate,
            precision=self.precision,
        )

    def _epochs(self, images: Tensor, device: torch.device) -> Callable[[], Iterator[Batch]]:
        """Return a function that yields the next epoch: what is shown, what it came from."""
        augmentation = augment.get(self.augmentation, **(self.augmentation_options or {}))
        order = rng.generator(self.seed_, "order")
        draws = rng.generator(self.seed_, "augmentation")
        take = resident(images, device)

        def epoch() -> Iterator[Batch]:
            for parts in chunks(batches(len(images), self.batch_size, order)):
                clean = take(torch.cat(parts))
                shown = augmentation(clean, draws)
                yield from zip(cut(shown, parts), cut(clean, parts), strict=True)

        return epoch

    def _rate(self, epoch: int) -> float:
        return 0.5 * self.learning_rate * (1 + math.cos(math.pi * epoch / max(self.epochs, 1)))

    def _scores(self, images: Tensor) -> NDArray[np.float32]:
        return evaluate(
            self.network_, lambda batch: squared_error(self.network_(batch), batch), images
        )


class AE(DAE):
    """Autoencoder: the DAE whose augmentation is Identity, the no-augmentation row of the tables.

    Parameters are those of `DAE` without the augmentation.
    """

    def __init__(
        self,
        *,
        width: int = 64,
        epochs: int = 256,
        batch_size: int = 1024,
        learning_rate: float = 1e-3,
        precision: str = "float32",
        contamination: float = 0.1,
        device: str = "auto",
        random_state: int = 0,
    ) -> None:
        super().__init__(
            "identity",
            width=width,
            epochs=epochs,
            batch_size=batch_size,
            learning_rate=learning_rate,
            precision=precision,
            contamination=contamination,
            device=device,
            random_state=random_state,
        )
