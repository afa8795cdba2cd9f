"""AP: a network that cannot tell which transform an image underwent finds it anomalous.

METHODS section 5; the classifier is that of Golan and El-Yaniv (2018).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from scipy.special import log_softmax
from torch import Tensor, nn

from ssad_lib import rng
from ssad_lib.detectors import dirichlet, training
from ssad_lib.detectors.base import Detector
from ssad_lib.detectors.course import (
    Batch,
    Course,
    Outcome,
    check_precision,
    chunks,
    cut,
    resident,
)
from ssad_lib.detectors.inputs import resolve_device
from ssad_lib.detectors.transforms import transforms
from ssad_lib.errors import SsadError
from ssad_lib.models.initialise import build, he_normal
from ssad_lib.models.wide_resnet import WideResNet

SMALLEST = 1e-12  # probability: a saturated softmax would give log 0
FORWARD = 128  # images per forward pass in evaluation: more no longer fit the cache
BLOCK = 1024  # images whose K x K log-probabilities are held at once
KINDS = ("dirichlet", "simple")

Kinds = dict[str, NDArray[np.float32]]


class AP(Detector):
    """Augmentation prediction: classifies which transform of an augmentation was applied.

    The defaults are the budget of the GEOM authors' code, which paper 000 uses. ``views=0`` leaves
    the network untrained.

    Parameters
    ----------
    augmentation : str
        Name of an augmentation (`ssad_lib.augment.names`); its K transforms are the classes: the
        turns of Rotate, the 72 of GEOM, without and with for all others.
    augmentation_options : mapping, optional
        Its options.
    base, widen : int
        Width of the wide residual network; 16 and 4 in the paper.
    views : int
        Transformed images shown per training image, 200 in the paper: ⌈views/K⌉ epochs over all
        N·K of them, or, if fewer than K, views·N drawn from these without replacement.
    batch_size : int
        The last partial batch is kept.
    learning_rate : float
        Of Adam, constant.
    penalty : float
        λ of the penalty λ‖w‖² on every parameter.
    score : {"dirichlet", "simple"}
        What ``decision_function`` returns; ``score_kinds`` returns both.
    test_draws : int
        Draws over which the log-probabilities of a random class are averaged. They restart with
        each call: a score depends on the image, its place in the array and `random_state`.
    precision : {"float32", "bfloat16"}
        Of the products in training; scores are computed in float32.
    contamination : float
        Share of training images above ``threshold_``, in (0, 0.5].
    device : str
        ``"auto"`` (or None), ``"cpu"`` or ``"cuda"``.
    random_state : int, random generator or None
        Decides weights, order and augmentation draws.

    Attributes
    ----------
    network_ : WideResNet
        In evaluation mode.
    alpha_ : ndarray of float64, shape (K, K)
        Row k: Dirichlet concentrations of the predictions on training images under transform k.
    loss_curve_ : list of float
        Mean training loss of each epoch, without the penalty.
    measures_ : dict of str to float
        ``accuracy_train``: share of transformed training images that are classified rightly.
    """

    def __init__(
        self,
        augmentation: str = "geom",
        *,
        augmentation_options: Mapping[str, Any] | None = None,
        base: int = 16,
        widen: int = 4,
        views: int = 200,
        batch_size: int = 128,
        learning_rate: float = 1e-3,
        penalty: float = 2.5e-4,
        score: str = "dirichlet",
        test_draws: int = 1,
        precision: str = "float32",
        contamination: float = 0.1,
        device: str = "auto",
        random_state: int = 0,
    ) -> None:
        self.augmentation = augmentation
        self.augmentation_options = augmentation_options
        self.base = base
        self.widen = widen
        self.views = views
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.penalty = penalty
        self.score = score
        self.test_draws = test_draws
        self.precision = precision
        self.contamination = contamination
        self.device = device
        self.random_state = random_state

    @property
    def other_scores(self) -> tuple[str, ...]:  # type: ignore[override]
        """The kind of score that ``decision_function`` does not return."""
        return tuple(kind for kind in KINDS if kind != self.score)

    def score_kinds(self, X: ArrayLike | Tensor) -> Kinds:
        """Return the scores ``"dirichlet"`` and ``"simple"`` ``(N,)`` of `X`, from one pass."""
        return self._kinds(self._blocks(self._images_like_fitted(X)))

    def _scores(self, images: Tensor) -> NDArray[np.float32]:
        return self._kinds(self._blocks(images))[self.score]

    def _training_scores(self, images: Tensor) -> NDArray[np.float32]:  # noqa: ARG002
        return self._fitted_scores

    def _course(self, images: Tensor) -> Course:
        self._check(images)
        self._transforms = transforms(self.augmentation, self.augmentation_options or {})
        device = resolve_device(self.device)
        channels, size = images.shape[1], images.shape[2]
        network = build(
            lambda: WideResNet(channels, size, self._transforms.count, self.base, self.widen),
            rng.generator(self.seed_, "weights"),
            he_normal,
        )
        self.network_ = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        return Course(
            self.network_,
            loss=nn.functional.cross_entropy,
            epoch=self._epochs(images, device),
            epochs=math.ceil(self.views / self._transforms.count),
            batch_size=self.batch_size,
            rate=lambda _: self.learning_rate,
            weight_decay=2 * self.penalty,
            precision=self.precision,
        )

    def finish(self, images: Tensor, outcome: Outcome) -> None:
        """Take over a network trained on `images`: the second half of ``fit``."""
        blocks = list(self._blocks(images))
        outputs = np.concatenate(blocks)
        self.alpha_ = np.stack([dirichlet.fit(outputs[:, k]) for k in range(outputs.shape[1])])
        # Kept from here, or fit would go through all transforms twice.
        self._fitted_scores = self._kinds(iter(blocks))[self.score]
        right = outputs.argmax(axis=2) == np.arange(outputs.shape[1])
        self.measures_ = {"accuracy_train": float(right.mean())}
        super().finish(images, outcome)

    def _check(self, images: Tensor) -> None:
        if min(self.base, self.widen) < 1 or self.views < 0:
            raise SsadError(
                f"base {self.base} and widen {self.widen} must be ≥ 1 and views {self.views} ≥ 0"
            )
        training.check_budget(
            images,
            width=self.base * self.widen,
            learning_rate=self.learning_rate,
            epochs=self.views,
            batch_size=self.batch_size,
        )
        training.check_square(images)
        if self.score not in KINDS:
            raise SsadError(f"score must be dirichlet or simple, not '{self.score}'")
        check_precision(self.precision)
        if not self.penalty >= 0 or self.test_draws < 1:
            raise SsadError(
                f"penalty {self.penalty} must be ≥ 0 and test_draws {self.test_draws} ≥ 1"
            )

    def _epochs(self, images: Tensor, device: torch.device) -> Callable[[], Iterator[Batch]]:
        """Return a function that yields the next epoch: transformed images, their transforms."""
        order = rng.generator(self.seed_, "order")
        draws = rng.generator(self.seed_, "augmentation")
        take = resident(images, device)
        K = self._transforms.count

        def epoch() -> Iterator[Batch]:
            drawn = samples(len(images), K, min(self.views, K), self.batch_size, order)
            for parts in chunks(drawn):
                index = torch.cat(parts)
                classes = index % K
                shown = self._transforms.mixed(take(index // K), classes, draws)
                labels = classes.to(device).split([len(part) for part in parts])
                yield from zip(cut(_scaled(shown), parts), labels, strict=True)

        return epoch

    def _blocks(self, images: Tensor) -> Iterator[NDArray[np.float64]]:
        """Yield the log-probabilities ``(n, K, K)``: image, transform applied, class predicted."""
        draws = rng.generator(self.seed_, "test draws")
        for block in images.split(BLOCK):
            yield np.stack(
                [self._log_probabilities(block, k, draws) for k in range(self._transforms.count)],
                axis=1,
            )

    def _log_probabilities(
        self, images: Tensor, transform: int, draws: torch.Generator
    ) -> NDArray[np.float64]:
        times = self.test_draws if self._transforms.stochastic and transform else 1
        total = np.zeros((len(images), self._transforms.count))
        for _ in range(times):
            logits = training.evaluate(
                self.network_,
                lambda batch: self.network_(
                    _scaled(self._transforms.whole(batch, transform, draws))
                ),
                images,
                FORWARD,
            )
            total += log_softmax(logits.astype(np.float64), axis=1).clip(math.log(SMALLEST))
        return total / times

    def _kinds(self, blocks: Iterator[NDArray[np.float64]]) -> Kinds:
        scores: dict[str, list[NDArray[Any]]] = {kind: [] for kind in KINDS}
        for outputs in blocks:
            scores["dirichlet"].append(dirichlet.negative_log_density(outputs, self.alpha_))
            own = np.diagonal(outputs, axis1=1, axis2=2)
            scores["simple"].append(-np.exp(own).sum(axis=1))
        return {kind: np.concatenate(parts).astype(np.float32) for kind, parts in scores.items()}


def _scaled(images: Tensor) -> Tensor:
    """Return images in [0, 1] as the network sees them: in [-1, 1], channels last."""
    return (2 * images - 1).contiguous(memory_format=torch.channels_last)


def samples(
    n: int, classes: int, views: int, batch_size: int, generator: torch.Generator
) -> list[Tensor]:
    """Return one epoch's batches of pairs (image, class), as numbers ``image·classes + class``.

    `views` times `n` different pairs of all ``n·classes``, in random order.
    """
    chosen = torch.randperm(n * classes, generator=generator)[: views * n]
    return list(chosen.split(batch_size))
