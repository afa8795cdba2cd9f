"""HSC, DSAD, BCE and Focal: normal images against images that are known to be none (METHODS 11).

Source: paper 003. HSC and DSAD also train without outliers, then as deep SVDD around the origin.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from ssad_lib.detectors import objectives, training
from ssad_lib.detectors.distances import centre
from ssad_lib.detectors.exposed import Exposed
from ssad_lib.errors import SsadError, unknown

CENTERS = ("origin", "mean")


class HSC(Exposed):
    """Hypersphere classification: the classifier's probability falls off from the origin.

    Parameters are those of `ssad_lib.detectors.exposed.Exposed` and:

    Parameters
    ----------
    radial : {"pseudo_huber", "l1", "l2", "l2_squared"}
        The function h of the representation.
    """

    def __init__(
        self,
        *,
        radial: str = "pseudo_huber",
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
        super().__init__(
            network=network,
            width=width,
            bias=bias,
            epochs=epochs,
            batch_size=batch_size,
            learning_rate=learning_rate,
            milestones=milestones,
            weight_decay=weight_decay,
            augmented=augmented,
            blur=blur,
            small_mode=small_mode,
            precision=precision,
            contamination=contamination,
            device=device,
            random_state=random_state,
        )
        self.radial = radial

    def _check(self, images: Tensor) -> None:
        super()._check(images)
        if self.radial not in objectives.RADIAL:
            raise unknown("radial function", self.radial, objectives.RADIAL)

    def _heights(self, outputs: Tensor) -> Tensor:
        return objectives.RADIAL[self.radial](outputs)

    def _loss(self, heights: Tensor, outlier: Tensor) -> Tensor:
        return objectives.hypersphere(heights, outlier)


class DSAD(Exposed):
    """Deep SAD with real outliers: an inverse distance drives them away from the centre.

    Without outliers it is deep SVDD. Parameters are those of
    `ssad_lib.detectors.exposed.Exposed` and:

    Parameters
    ----------
    center : {"origin", "mean"}
        The origin (code), or the mean representation of the normal images before training, as in
        `ssad_lib.detectors.DeepSAD` (paper).
    """

    def __init__(
        self,
        *,
        center: str = "origin",
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
        super().__init__(
            network=network,
            width=width,
            bias=bias,
            epochs=epochs,
            batch_size=batch_size,
            learning_rate=learning_rate,
            milestones=milestones,
            weight_decay=weight_decay,
            augmented=augmented,
            blur=blur,
            small_mode=small_mode,
            precision=precision,
            contamination=contamination,
            device=device,
            random_state=random_state,
        )
        self.center = center

    def _check(self, images: Tensor) -> None:
        super()._check(images)
        if self.center not in CENTERS:
            raise unknown("center", self.center, CENTERS)

    def _centre(self, images: Tensor) -> None:
        if self.center == "mean":
            outputs = training.evaluate(self.network_, self.network_, images)
            shift = Shift(torch.from_numpy(centre(torch.from_numpy(outputs))))
            self.network_ = nn.Sequential(self.network_, shift.to(self._device))

    def _heights(self, outputs: Tensor) -> Tensor:
        return objectives.l2_squared(outputs)

    def _loss(self, heights: Tensor, outlier: Tensor) -> Tensor:
        return objectives.inverse_distance(heights, outlier)


class Shift(nn.Module):
    """Takes a fixed centre away from representations ``(B, r)``."""

    center: Tensor

    def __init__(self, center: Tensor) -> None:
        super().__init__()
        self.register_buffer("center", center)

    def forward(self, outputs: Tensor) -> Tensor:
        """Return representations whose origin is the centre."""
        return outputs - self.center


class BCE(Exposed):
    """Binary cross-entropy: an ordinary classifier of normal images and outliers.

    Parameters are those of `ssad_lib.detectors.exposed.Exposed`.
    """

    classifies: ClassVar[bool] = True

    def _heights(self, outputs: Tensor) -> Tensor:
        return outputs.squeeze(1)

    def _loss(self, heights: Tensor, outlier: Tensor) -> Tensor:
        return objectives.cross_entropy(heights, outlier)


class Focal(Exposed):
    """The focal loss: a classifier that makes less of images it is sure of.

    Parameters are those of `ssad_lib.detectors.exposed.Exposed` and:

    Parameters
    ----------
    gamma : float
        How much less; 0 is `BCE`.
    """

    classifies: ClassVar[bool] = True

    def __init__(
        self,
        *,
        gamma: float = 2.0,
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
        super().__init__(
            network=network,
            width=width,
            bias=bias,
            epochs=epochs,
            batch_size=batch_size,
            learning_rate=learning_rate,
            milestones=milestones,
            weight_decay=weight_decay,
            augmented=augmented,
            blur=blur,
            small_mode=small_mode,
            precision=precision,
            contamination=contamination,
            device=device,
            random_state=random_state,
        )
        self.gamma = gamma

    def _check(self, images: Tensor) -> None:
        super()._check(images)
        if not self.gamma >= 0:
            raise SsadError(f"gamma {self.gamma} must be ≥ 0")

    def _heights(self, outputs: Tensor) -> Tensor:
        return outputs.squeeze(1)

    def _loss(self, heights: Tensor, outlier: Tensor) -> Tensor:
        return objectives.focal(heights, outlier, self.gamma)
