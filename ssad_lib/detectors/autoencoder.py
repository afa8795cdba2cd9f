"""AE and DAE: reconstruct normal images, or undo an augmentation of them (METHODS section 3)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ssad_lib import augment, rng
from ssad_lib.detectors.base import Detector, NonFiniteError, as_images, resolve_device
from ssad_lib.errors import SsadError
from ssad_lib.models.autoencoder import ConvolutionalAutoencoder, squared_error
from ssad_lib.models.initialise import build

SCORING_BATCH = 256
LARGEST_RATE = 1e37  # the first step of Adam multiplies it by ten, and float32 ends at 3e38


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
    contamination : float
        Share of training images above ``threshold_``, in (0, 0.5].
    device : str
        ``"auto"``, ``"cpu"`` or ``"cuda"``.
    random_state : int
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
        self.contamination = contamination
        self.device = device
        self.random_state = random_state

    def reconstruct(self, X: ArrayLike | Tensor) -> NDArray[np.float32]:
        """Return the reconstruction ``(N, C, H, W)`` of `X` in (0, 1)."""
        self._check_fitted()
        return self._batched(self.network_, as_images(X))

    def embed(self, X: ArrayLike | Tensor) -> NDArray[np.float32]:
        """Return the embedding ``(N, 4·width)`` of `X` in (-1, 1)."""
        self._check_fitted()
        return self._batched(self.network_.embed, as_images(X))

    def _fit(self, images: Tensor) -> None:
        if self.width < 1 or not 0 < self.learning_rate <= LARGEST_RATE:
            raise SsadError(
                f"width {self.width} must be ≥ 1 and learning_rate {self.learning_rate} positive, "
                f"at most {LARGEST_RATE:g}"
            )
        if self.epochs < 0 or self.batch_size < 2:
            raise SsadError(
                f"epochs {self.epochs} must be ≥ 0 and batch_size {self.batch_size} ≥ 2"
            )
        if len(images) < 2:
            raise SsadError("training needs at least two images: batch statistics of one are void")
        channels, size = images.shape[1], images.shape[2]
        device = resolve_device(self.device)
        network = build(
            lambda: ConvolutionalAutoencoder(channels, size, self.width),
            rng.generator(self.random_state, "weights"),
        )
        # Channels-last is some 10 % faster on the CPU and required for fast kernels on a GPU.
        network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.network_ = cast(ConvolutionalAutoencoder, network)
        self.loss_curve_ = self._train(images.to(device))
        self.network_.eval()

    def _train(self, images: Tensor) -> list[float]:
        """Train ``network_`` on `images` and return the mean loss of each epoch."""
        augmentation = augment.get(self.augmentation, **(self.augmentation_options or {}))
        optimizer = torch.optim.Adam(self.network_.parameters(), lr=self.learning_rate)
        order = rng.generator(self.random_state, "order")
        draws = rng.generator(self.random_state, "augmentation")
        curve: list[float] = []
        self.network_.train()
        for epoch in range(self.epochs):
            rate = 0.5 * self.learning_rate * (1 + math.cos(math.pi * epoch / self.epochs))
            for group in optimizer.param_groups:
                group["lr"] = rate
            total = torch.zeros((), dtype=torch.float64, device=images.device)
            for index in batches(len(images), self.batch_size, order):
                clean = images[index.to(images.device)]
                shown = augmentation(clean, draws).contiguous(memory_format=torch.channels_last)
                loss = squared_error(self.network_(shown), clean).mean()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total += loss.detach().double() * len(index)
            curve.append(float(total) / len(images))
            self._check_finite(curve)
        return curve

    def _check_finite(self, curve: list[float]) -> None:
        if not math.isfinite(curve[-1]):
            raise NonFiniteError(
                f"the training loss became {curve[-1]} in epoch {len(curve)} of {self.epochs}: "
                f"lower learning_rate ({self.learning_rate:g})"
            )

    def _scores(self, images: Tensor) -> NDArray[np.float32]:
        return self._batched(lambda batch: squared_error(self.network_(batch), batch), images)

    def _batched(self, function: Callable[[Tensor], Tensor], images: Tensor) -> NDArray[np.float32]:
        device = next(self.network_.parameters()).device
        with torch.inference_mode():
            outputs = [
                function(batch.to(device, memory_format=torch.channels_last)).float().cpu()
                for batch in images.split(SCORING_BATCH)
            ]
        return torch.cat(outputs).numpy()


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
            contamination=contamination,
            device=device,
            random_state=random_state,
        )


def batches(n: int, batch_size: int, generator: torch.Generator) -> list[Tensor]:
    """Return the indices 0..n-1 in a fresh random order, cut into batches; the last may be short.

    A last batch of a single image joins the one before it: batch normalisation of the embedding
    is undefined for one image.
    """
    order = torch.randperm(n, generator=generator)
    parts = list(order.split(batch_size))
    if len(parts) > 1 and len(parts[-1]) == 1:
        parts[-2:] = [torch.cat(parts[-2:])]
    return parts
