"""NSA: labels each pixel of Poisson-blended patches by how much they changed it (METHODS 13.2)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from ssad_lib import rng
from ssad_lib.augment.simulated.poisson import Natural
from ssad_lib.detectors import training
from ssad_lib.detectors.course import Batch, Course, check_precision
from ssad_lib.detectors.inputs import resolve_device
from ssad_lib.detectors.localising import LocalisingDetector, batch_for
from ssad_lib.errors import unknown
from ssad_lib.models.inpainting import check_sides
from ssad_lib.models.patch_labels import patch_labeller

LAST_RATE = 1e-6
TEXTURE, OBJECT = "texture", "object"
# Blending, most patches, factors of their size.
KINDS: dict[str, dict[str, object]] = {
    TEXTURE: {"nsa_mode": "mixed", "nsa_patches": 4, "nsa_resized": (0.5, 2.0)},
    OBJECT: {"nsa_mode": "normal", "nsa_patches": 3, "nsa_resized": (0.7, 1.3)},
}


class NSA(LocalisingDetector):
    """Natural synthetic anomalies (Schlüter et al. 2022), without its crops and object masks.

    Needs OpenCV (the extra ``simulation``). The score of an image is the mean of its map.

    Parameters
    ----------
    kind : {"texture", "object"}
        How patches are resized and blended.
    slope, middle : float
        Of the logistic label: k, and x0 in grey levels; the method's paper has a pair for each
        class, by default that of carpet, grid, leather, tile, metal nut and pill.
    width : int
        Channels of the first stage; 64 in the method's paper.
    epochs, batch_size : int
        Budget.
    learning_rate : float
        Of Adam; follows a cosine to 1e-6.
    precision : {"float32", "bfloat16"}
        Of the products in training.
    contamination : float
        Share of training images above ``threshold_``, in (0, 0.5].
    device : str
        ``"auto"`` (or None), ``"cpu"`` or ``"cuda"``.
    random_state : int, random generator or None
        Decides weights, batches and patches.

    Attributes
    ----------
    network_ : ssad_lib.models.patch_labels.PatchLabeller
        In evaluation mode.
    loss_curve_ : list of float
        Mean training loss of each epoch.
    """

    def __init__(
        self,
        *,
        kind: str = TEXTURE,
        slope: float = 1 / 3,
        middle: float = 7.0,
        width: int = 64,
        epochs: int = 320,
        batch_size: int = 64,
        learning_rate: float = 1e-3,
        precision: str = "float32",
        contamination: float = 0.1,
        device: str = "auto",
        random_state: int = 0,
    ) -> None:
        self.kind = kind
        self.slope = slope
        self.middle = middle
        self.width = width
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.precision = precision
        self.contamination = contamination
        self.device = device
        self.random_state = random_state

    def _course(self, images: Tensor) -> Course:
        training.check_budget(
            images,
            width=self.width,
            learning_rate=self.learning_rate,
            epochs=self.epochs,
            batch_size=self.batch_size,
        )
        check_sides(images)
        check_precision(self.precision)
        if self.kind not in KINDS:
            raise unknown("kind", self.kind, KINDS)
        network = patch_labeller(self.width, rng.generator(self.seed_, "weights"))
        device = resolve_device(self.device)
        self.network_ = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        return Course(
            self.network_,
            loss=F.binary_cross_entropy_with_logits,
            epoch=self._epochs(images, device),
            epochs=self.epochs,
            batch_size=self.batch_size,
            rate=self._rate,
            precision=self.precision,
        )

    def _epochs(self, images: Tensor, device: torch.device) -> Callable[[], Iterator[Batch]]:
        """Return a function that yields the next epoch: blended images and their labels."""
        blending = Natural(
            images,
            nsa_slope=self.slope,
            nsa_middle=self.middle,
            **KINDS[self.kind],  # type: ignore[arg-type]
        )
        order = rng.generator(self.seed_, "order")
        draws = rng.generator(self.seed_, "simulation")
        flips = rng.generator(self.seed_, "flips")
        shape = tuple(images.shape[1:])

        def epoch() -> Iterator[Batch]:
            for part in training.batches(len(images), self.batch_size, order):
                normal = images[part]
                if self.kind == TEXTURE:
                    turned = torch.rand(len(part), generator=flips) < 0.5
                    normal = torch.where(turned.view(-1, 1, 1, 1), normal.flip(2), normal)
                parameters = blending.draw(len(part), draws, shape)  # type: ignore[arg-type]
                changed, labels = blending.labelled(normal, parameters)
                yield changed.to(device, memory_format=torch.channels_last), labels.to(device)

        return epoch

    def _rate(self, epoch: int) -> float:
        share = 0.5 * (1 + math.cos(math.pi * epoch / max(self.epochs, 1)))
        return LAST_RATE + (self.learning_rate - LAST_RATE) * share

    def _maps(self, images: Tensor) -> NDArray[np.float32]:
        return training.evaluate(
            self.network_, lambda batch: self.network_(batch).sigmoid(), images, batch_for(images)
        )

    def _scores(self, images: Tensor) -> NDArray[np.float32]:
        # The mean of logits' probabilities; logits themselves would let sure pixels decide.
        scores: NDArray[np.float32] = (
            self._maps(images).mean((1, 2), dtype=np.float64).astype(np.float32)
        )
        return scores
