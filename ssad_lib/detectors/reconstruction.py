"""DRAEM, and its training on split data: R undoes anomalies, S finds them (METHODS 12)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ssad_lib import rng
from ssad_lib.augment import simulated
from ssad_lib.detectors import training
from ssad_lib.detectors.course import Batch, Course, check_precision, resident
from ssad_lib.detectors.inputs import as_numbers, resolve_device
from ssad_lib.detectors.localising import LocalisingDetector, batch_for, highest_mean
from ssad_lib.detectors.similarity import focal, structural_similarity
from ssad_lib.detectors.splitting import SPLITS, split_indices
from ssad_lib.errors import SsadError, unknown
from ssad_lib.models.inpainting import check_sides, localiser

MILESTONES = (0.8, 0.9)  # of the epochs
DECAY = 0.2
MODES = ("evaluation", "training")


class SplitDRAEM(LocalisingDetector):
    """Paper 004: R is trained on every other image, S on the others, through R as it is.

    One epoch has as many steps as batches of all images would; each step draws its images with
    replacement. The defaults are the paper's budget but for the anomaly source, which it takes from
    DTD (``source="dtd"``).

    Parameters
    ----------
    simulations : sequence of str, optional
        Of `ssad_lib.augment.simulated.LABELS`, each as likely; by default Transparent, Opaque and
        NDAA.
    rotate_normals : bool
        Turn three of ten normal images before anything else.
    source : str
        Of the textures of Transparent and Opaque (`ssad_lib.augment.simulated.open_source`).
    opacity : sequence of two float, optional
        Bounds of the opacity of Transparent; (0.2, 1) if not given.
    split : {"parity", "halves", "random", "none"}
        Which images train R and which train S (`ssad_lib.detectors.splitting`).
    share : float
        Of the images, for R.
    reconstruction_mode : {"evaluation", "training"}
        Which statistics R normalises by in the pass that S is trained on.
    linked : bool
        Whether the loss of S trains R, too.
    width : int
        First channel count of R, twice that of S; 128 in the paper.
    epochs, batch_size : int
        Budget.
    learning_rate : float
        Of Adam; a fifth of it after 80 % and again after 90 % of the epochs.
    precision : {"float32", "bfloat16"}
        Of the products in training.
    contamination : float
        Share of training images above ``threshold_``, in (0, 0.5].
    device : str
        ``"auto"`` (or None), ``"cpu"`` or ``"cuda"``.
    random_state : int, random generator or None
        Decides weights, batches, anomalies and a random split.

    Attributes
    ----------
    network_ : ssad_lib.models.inpainting.Localiser
        In evaluation mode.
    reconstructed_, judged_ : ndarray of int
        Indices of the images that R and that S were trained on.
    loss_curve_ : list of float
        Mean training loss of each epoch.
    """

    simulated_by_default: ClassVar[tuple[str, ...]] = (
        "transparent",
        "opaque",
        "near-distribution",
    )

    def __init__(
        self,
        *,
        simulations: Sequence[str] | None = None,
        rotate_normals: bool = False,
        source: str = "noise",
        opacity: Sequence[float] | None = None,
        split: str = "parity",
        share: float = 0.5,
        reconstruction_mode: str = "evaluation",
        linked: bool = False,
        width: int = 128,
        epochs: int = 700,
        batch_size: int = 8,
        learning_rate: float = 1e-4,
        precision: str = "float32",
        contamination: float = 0.1,
        device: str = "auto",
        random_state: int = 0,
    ) -> None:
        self.simulations = simulations
        self.rotate_normals = rotate_normals
        self.source = source
        self.opacity = opacity
        self.split = split
        self.share = share
        self.reconstruction_mode = reconstruction_mode
        self.linked = linked
        self.width = width
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.precision = precision
        self.contamination = contamination
        self.device = device
        self.random_state = random_state

    def reconstruct(self, X: ArrayLike | Tensor) -> NDArray[np.float32]:
        """Return what R makes of `X` ``(N, C, H, W)``; a little may leave [0, 1]."""
        images = self._images_like_fitted(X)
        return training.evaluate(
            self.network_, self.network_.reconstruct, images, batch_for(images)
        )

    def _course(self, images: Tensor) -> Course:
        self._check(images)
        device = resolve_device(self.device)
        network = localiser(
            images.shape[1],
            self.width,
            rng.generator(self.seed_, "weights"),
            separate=self.split != "none",
            as_in_inference=self.reconstruction_mode == "evaluation",
            linked=self.linked,
        )
        self.network_ = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        return Course(
            self.network_,
            loss=_loss,
            epoch=self._epochs(images, device),
            epochs=self.epochs,
            batch_size=self.batch_size,
            rate=self._rate,
            precision=self.precision,
        )

    def _epochs(self, images: Tensor, device: torch.device) -> Callable[[], Iterator[Batch]]:
        """Return a function that yields an epoch: what is shown, R's targets, S's masks."""
        named = self.simulated_by_default if self.simulations is None else self.simulations
        source = simulated.open_source(self.source)
        bounds = {} if self.opacity is None else {"opacity": tuple(self.opacity)}
        mixture = simulated.mixture(named, source, images, **bounds)  # type: ignore[arg-type]
        turning = simulated.rotated_normals() if self.rotate_normals else None
        mine, others = split_indices(len(images), self.split, self.share, self.seed_)
        self.reconstructed_, self.judged_ = mine.numpy(), others.numpy()
        take = resident(images, device)

        def shown(part: str, indices: Tensor) -> Callable[[], tuple[Tensor, Tensor, Tensor]]:
            order = rng.generator(self.seed_, "order", part)
            draws = rng.generator(self.seed_, "simulation", part)

            def draw() -> tuple[Tensor, Tensor, Tensor]:
                chosen = torch.randint(len(indices), (self.batch_size,), generator=order)
                normal = take(indices[chosen])
                if turning is not None:
                    normal, _ = simulated.simulate(turning, normal, draws)
                return normal, *simulated.simulate(mixture, normal, draws)

            return draw

        for_both = shown("both", mine) if self.split == "none" else None
        for_mine, for_others = shown("reconstruction", mine), shown("segmentation", others)

        def epoch() -> Iterator[Batch]:
            for _ in range(math.ceil(len(images) / self.batch_size)):
                if for_both is not None:
                    normal, changed, masks = for_both()
                else:
                    normal, changed, _ = for_mine()
                    _, judged, masks = for_others()
                    changed = torch.cat([changed, judged], dim=1)
                yield changed.contiguous(memory_format=torch.channels_last), normal, masks

        return epoch

    def _rate(self, epoch: int) -> float:
        passed = sum(epoch >= share * self.epochs for share in MILESTONES)
        return float(self.learning_rate * DECAY**passed)

    def _check(self, images: Tensor) -> None:
        training.check_budget(
            images,
            width=self.width,
            learning_rate=self.learning_rate,
            epochs=self.epochs,
            batch_size=self.batch_size,
        )
        check_sides(images)
        check_precision(self.precision)
        for name, valid in (("split", SPLITS), ("reconstruction_mode", MODES)):
            if getattr(self, name) not in valid:
                raise unknown(name, getattr(self, name), valid)
        if isinstance(self.simulations, str):
            raise SsadError(f"simulations must be a list of names, such as ['{self.simulations}']")
        if self.opacity is not None:
            bounds = as_numbers(self.opacity)
            if bounds.shape != (2,) or not 0 <= bounds[0] <= bounds[1] <= 1:
                raise SsadError(f"opacity must be two numbers 0 ≤ a ≤ b ≤ 1, not {self.opacity!r}")

    def _maps(self, images: Tensor) -> NDArray[np.float32]:
        return training.evaluate(self.network_, self.network_.localise, images, batch_for(images))

    def _scores(self, images: Tensor) -> NDArray[np.float32]:
        return highest_mean(self._maps(images))


class DRAEM(SplitDRAEM):
    """DRAEM (Zavrtanik et al. 2021): all images train both networks, and the loss of S both.

    Parameters are those of `SplitDRAEM`; by default anomalies are Transparent and Opaque, and three
    of ten normal images are turned.
    """

    simulated_by_default: ClassVar[tuple[str, ...]] = ("transparent", "opaque")

    def __init__(
        self,
        *,
        simulations: Sequence[str] | None = None,
        rotate_normals: bool = True,
        source: str = "noise",
        opacity: Sequence[float] | None = None,
        split: str = "none",
        share: float = 0.5,
        reconstruction_mode: str = "evaluation",
        linked: bool = True,
        width: int = 128,
        epochs: int = 700,
        batch_size: int = 8,
        learning_rate: float = 1e-4,
        precision: str = "float32",
        contamination: float = 0.1,
        device: str = "auto",
        random_state: int = 0,
    ) -> None:
        super().__init__(
            simulations=simulations,
            rotate_normals=rotate_normals,
            source=source,
            opacity=opacity,
            split=split,
            share=share,
            reconstruction_mode=reconstruction_mode,
            linked=linked,
            width=width,
            epochs=epochs,
            batch_size=batch_size,
            learning_rate=learning_rate,
            precision=precision,
            contamination=contamination,
            device=device,
            random_state=random_state,
        )


def _loss(output: Tensor, normal: Tensor, masks: Tensor) -> Tensor:
    """Return 1 - SSIM + squared error of R's reconstruction, and the focal loss of S, summed."""
    channels = normal.shape[1]
    reconstruction, logits = output[:, :channels], output[:, channels:]
    similarity = structural_similarity(reconstruction, normal).mean()
    error = ((reconstruction - normal) ** 2).mean()
    return 1 - similarity + error + focal(logits, masks)
