"""DeepSVDD and DeepSAD: the squared distance to a fixed centre is the score (METHODS section 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ssad_lib import augment, rng
from ssad_lib.detectors import pretraining, training
from ssad_lib.detectors.base import Detector
from ssad_lib.detectors.course import (
    Batch,
    Course,
    Outcome,
    check_precision,
    chunks,
    cut,
    resident,
    train,
)
from ssad_lib.detectors.distances import attraction, centre, repulsion, squared_distance
from ssad_lib.detectors.inputs import resolve_device
from ssad_lib.errors import NonFiniteError, SsadError
from ssad_lib.models import lenet
from ssad_lib.models.initialise import build, xavier_leaky

COLLAPSE = 1e-3  # relative spread of the training scores below which a network is constant


class DeepSVDD(Detector):
    """Deep support vector data description: maps normal images near a fixed centre.

    The defaults are the budget of the DeepSAD authors' code, which paper 000 uses. ``epochs=0``
    leaves the network untrained; its centre is there all the same.

    Parameters
    ----------
    width : int
        First channel count of the CIFAR network; 32 in the paper.
    network : {"auto", "cifar", "mnist", "fashion"}
        ``"auto"`` is mnist for 1 x 28 x 28 images and cifar for all others.
    epochs, batch_size : int
        Budget; a partial batch is dropped, unless there is no other.
    learning_rate : float
        Of Adam for the first third of the epochs, then a tenth of it.
    weight_decay : float
        Coupled, as in the code.
    power : {2, 1}
        2: squared distances in the loss (code); 1: distances, √(D + ε) (paper).
    epsilon : float
        The ε of the loss.
    pretrain : {"none", "ae"}
        ``"ae"`` trains the encoder in an autoencoder first, for as many epochs at the same rate.
        The code does that, too, but never transfers a weight: ``"none"`` is what it amounts to.
    precision : {"float32", "bfloat16"}
        Of the products in training; scores are computed in float32.
    contamination : float
        Share of training images above ``threshold_``, in (0, 0.5].
    device : str
        ``"auto"`` (or None), ``"cpu"`` or ``"cuda"``.
    random_state : int, random generator or None
        Decides weights, batch order and, in DeepSAD, augmentation draws.

    Attributes
    ----------
    network_ : torch.nn.Module
        The encoder, in evaluation mode.
    center_ : ndarray of float32, shape (d,)
        Set before training and fixed since.
    loss_curve_ : list of float
        Mean training loss of each epoch.
    measures_ : dict of str to float
        ``distance_train`` (mean score of the training images), ``collapsed`` (1 if these scores
        vary by less than a thousandth of their mean, else 0) and ``gradient_norm_max``.
    """

    def __init__(
        self,
        *,
        width: int = 32,
        network: str = "auto",
        epochs: int = 150,
        batch_size: int = 128,
        learning_rate: float = 1e-4,
        weight_decay: float = 0.5e-6,
        power: int = 2,
        epsilon: float = 1e-6,
        pretrain: str = "none",
        precision: str = "float32",
        contamination: float = 0.1,
        device: str = "auto",
        random_state: int = 0,
    ) -> None:
        self.width = width
        self.network = network
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.power = power
        self.epsilon = epsilon
        self.pretrain = pretrain
        self.precision = precision
        self.contamination = contamination
        self.device = device
        self.random_state = random_state

    def finish(self, images: Tensor, outcome: Outcome) -> None:
        """Take over a network trained on `images`: the second half of ``fit``."""
        super().finish(images, outcome)
        mean = float(self.decision_scores_.mean(dtype=np.float64))
        spread = float(self.decision_scores_.std(dtype=np.float64))
        if not np.isfinite(mean):
            raise NonFiniteError(
                "the scores of the training images are not finite: "
                f"lower learning_rate ({self.learning_rate:g})"
            )
        self.measures_ = {
            "distance_train": mean,
            "collapsed": float(spread <= COLLAPSE * mean),
            "gradient_norm_max": outcome.largest_gradient,
        }

    def embed(self, X: ArrayLike | Tensor) -> NDArray[np.float32]:
        """Return the representation f(x) ``(N, d)`` of each image of `X`."""
        return training.evaluate(self.network_, self.network_, self._images_like_fitted(X))

    def _course(self, images: Tensor) -> Course:
        self._check(images)
        device = resolve_device(self.device)
        channels, size = images.shape[1], images.shape[2]
        name = lenet.choose(self.network, channels, size)
        weights = rng.generator(self.seed_, "weights")
        encoder = build(lambda: lenet.encoder(name, channels, size, self.width), weights)
        # Channels-last as in the autoencoder: faster on every device.
        self.network_ = encoder.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        if self.pretrain == "ae":
            weights = rng.generator(self.seed_, "pretrain/weights")
            decoder = build(
                lambda: lenet.decoder(name, channels, size, self.width), weights, xavier_leaky
            )
            first = pretraining.course(
                self.network_,
                decoder.to(device),
                images,
                epochs=self.epochs,
                batch_size=self.batch_size,
                learning_rate=self.learning_rate,
                precision=self.precision,
                order=rng.generator(self.seed_, "pretrain/order"),
            )
            train(first)
        self.network_.eval()
        self.center_ = centre(self._embedded(images))
        return Course(
            self.network_,
            loss=lambda output, center: self._loss(squared_distance(output, center)),
            epoch=self._epochs(images, device),
            epochs=self.epochs,
            batch_size=2 * self.batch_size,  # DeepSAD's; DeepSVDD needs half
            rate=self._rate,
            weight_decay=self.weight_decay,
            precision=self.precision,
        )

    def _rate(self, epoch: int) -> float:
        return self.learning_rate * (0.1 if 3 * epoch >= self.epochs else 1.0)

    def _check(self, images: Tensor) -> None:
        training.check_budget(
            images,
            width=self.width,
            learning_rate=self.learning_rate,
            epochs=self.epochs,
            batch_size=self.batch_size,
        )
        training.check_square(images)
        if self.power not in (1, 2) or not self.epsilon > 0 or not self.weight_decay >= 0:
            raise SsadError(
                f"power {self.power} must be 1 or 2, epsilon {self.epsilon} positive and "
                f"weight_decay {self.weight_decay} ≥ 0"
            )
        if self.pretrain not in ("none", "ae"):
            raise SsadError(f"pretrain must be none or ae, not '{self.pretrain}'")
        check_precision(self.precision)

    def _epochs(self, images: Tensor, device: torch.device) -> Callable[[], Iterator[Batch]]:
        """Return a function that yields the next epoch: what is shown, and the centre."""
        order = rng.generator(self.seed_, "order")
        draws = rng.generator(self.seed_, "augmentation")
        take = resident(images, device)
        center = torch.from_numpy(self.center_).to(device)

        def epoch() -> Iterator[Batch]:
            for parts in chunks(training.full_batches(len(images), self.batch_size, order)):
                for shown in self._shown(take(torch.cat(parts)), parts, draws):
                    yield shown, center

        return epoch

    def _shown(
        self,
        clean: Tensor,
        parts: list[Tensor],
        draws: torch.Generator,  # noqa: ARG002
    ) -> Iterable[Tensor]:
        """Return what the network sees of each batch of normal images."""
        return cut(clean, parts)

    def _loss(self, squared: Tensor) -> Tensor:
        """Return the loss from the squared distances of what the network saw."""
        return attraction(squared, self.power, self.epsilon).mean()

    def _embedded(self, images: Tensor) -> Tensor:
        return torch.from_numpy(training.evaluate(self.network_, self.network_, images))

    def _scores(self, images: Tensor) -> NDArray[np.float32]:
        center = torch.from_numpy(self.center_)
        return squared_distance(self._embedded(images), center).numpy()


class DeepSAD(DeepSVDD):
    """Deep semi-supervised detection whose labelled anomalies are augmented normal images.

    Parameters are those of `DeepSVDD` and:

    Parameters
    ----------
    augmentation : str
        Name of an augmentation (`ssad_lib.augment.names`).
    augmentation_options : mapping, optional
        Its options.
    eta : float
        Weight of the term that drives augmented images away from the centre.
    """

    def __init__(
        self,
        augmentation: str = "cutout",
        *,
        augmentation_options: Mapping[str, Any] | None = None,
        width: int = 32,
        network: str = "auto",
        epochs: int = 150,
        batch_size: int = 128,
        learning_rate: float = 1e-4,
        weight_decay: float = 0.5e-6,
        power: int = 2,
        eta: float = 1.0,
        epsilon: float = 1e-6,
        pretrain: str = "none",
        precision: str = "float32",
        contamination: float = 0.1,
        device: str = "auto",
        random_state: int = 0,
    ) -> None:
        super().__init__(
            width=width,
            network=network,
            epochs=epochs,
            batch_size=batch_size,
            learning_rate=learning_rate,
            weight_decay=weight_decay,
            power=power,
            epsilon=epsilon,
            pretrain=pretrain,
            precision=precision,
            contamination=contamination,
            device=device,
            random_state=random_state,
        )
        self.augmentation = augmentation
        self.augmentation_options = augmentation_options
        self.eta = eta

    def _check(self, images: Tensor) -> None:
        super()._check(images)
        if not self.eta >= 0:
            raise SsadError(f"eta {self.eta} must be ≥ 0")
        self._augmentation = augment.get(self.augmentation, **(self.augmentation_options or {}))

    def _shown(
        self, clean: Tensor, parts: list[Tensor], draws: torch.Generator
    ) -> Iterable[Tensor]:
        # One forward pass for both halves: with batch statistics of their own they would be told
        # apart trivially in training, and not at all in evaluation (METHODS 4.8).
        augmented = cut(self._augmentation(clean, draws), parts)
        return (torch.cat(pair) for pair in zip(cut(clean, parts), augmented, strict=True))

    def _loss(self, squared: Tensor) -> Tensor:
        normal, augmented = squared.chunk(2)
        near = attraction(normal, self.power, self.epsilon).mean()
        far = repulsion(augmented, self.power, self.epsilon).mean()
        return (near + self.eta * far) / 2
