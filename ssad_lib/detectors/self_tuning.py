"""ST-SSAD: tunes the hyper-parameters of its augmentation on unlabelled images (METHODS section 9).

Source: paper 001. The unlabelled images are, in the paper, the test images themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from ssad_lib import augment, rng
from ssad_lib.alignment import KERNELS, mmd_loss, validation_loss
from ssad_lib.augment.tunable import CutDiff, Tunable
from ssad_lib.detectors.bilevel import Descent, Loss
from ssad_lib.detectors.course import Outcome
from ssad_lib.detectors.gaussian import Gaussian, GaussianDetector, embedded
from ssad_lib.detectors.inputs import as_images, as_numbers, resolve_device
from ssad_lib.detectors.tuning import Schedule, Tuned, tune
from ssad_lib.errors import NonFiniteError, SsadError, unknown

INITIAL_SIZES = (1e-4, 1e-3, 1e-2, 1e-1)
INITIAL_ANGLES = (45.0, 135.0, 225.0, 315.0)
OBJECTIVES = ("mean-distance", "mmd", "mmd-raw")
ORDERS = ("second", "first")


class STSSAD(GaussianDetector):
    """Self-tuning self-supervised anomaly detection: learns how to augment, too.

    A network learns to tell normal images from augmented ones; in turn the augmentation's
    hyper-parameters move so that normal and augmented images together cover an unlabelled set in
    the embedding. Several initialisations are tuned, and the one whose scores of the unlabelled set
    vary most is taken. The defaults are the paper's for MVTec AD.

    Parameters
    ----------
    augmentation : {"cutdiff", "rotation"}
    augmentation_options : mapping, optional
        Of the augmentation; size and ratio, or angle, are initial values.
    initial : sequence of float, optional
        The initial sizes or angles in degrees; the paper's if not given.
    network : {"resnet18", "small"}
    small_stem : bool
        ResNet-18 without its first reductions, for small images.
    epochs : int
        Of the warm start, which trains the network at the initial hyper-parameters.
    iterations : int
        Updates of the hyper-parameters, at most.
    updates : int
        Of the network for each of them.
    patience : int
        Iterations without a smaller running mean of both losses after which tuning stops.
    batch_size : int
        Normal images of a step; as many are augmented, and as many unlabelled ones compared.
    learning_rate, momentum, weight_decay : float
        Of gradient descent on the network.
    tuning_rate : float, optional
        Of Adam on the values of the hyper-parameters (`ssad_lib.augment.tunable`): 0.02 for
        CutDiff and 0.05 radians for Rotation if not given.
    order : {"second", "first"}
        Whether the hyper-parameters' gradient goes through the network's step (the paper), or not
        (its ablation FO).
    objective : {"mean-distance", "mmd", "mmd-raw"}
        The validation loss: the paper's, or its ablations MMD1 and MMD2.
    mmd_kernel : {"poly", "linear", "rbf"}
        Of the ablations; the paper does not say which.
    normalise_score : bool
        Divide embeddings by their length before they are scored.
    transductive : bool
        Tune on all unlabelled images, as the paper does; or on a random half of them, so that the
        other half can be evaluated honestly.
    contamination : float
        Share of training images above ``threshold_``, in (0, 0.5].
    device : str
        ``"auto"`` (or None), ``"cpu"`` or ``"cuda"``.
    random_state : int, random generator or None
        Decides weights, batches, draws and the half; initialisations share all of them.

    Attributes
    ----------
    augmentation_ : dict of str to float
        The hyper-parameters learned: size, ratio and angle, or angle.
    history_ : list of dict
        For each iteration of the initialisation taken: ``training_loss``, ``validation_loss`` and
        the hyper-parameters.
    inits_ : list of dict
        For each initialisation: ``initial``, ``learned`` (hyper-parameters), ``spread`` (S),
        ``history``, ``best`` (the iteration taken).
    measures_ : dict of str to float
        The hyper-parameters learned, ``chosen_init``, what each initialisation learned
        (``size_0``, ...), its S (``spread_0``, ...), and the last losses.
    tuned_on_ : ndarray of int
        Indices of the unlabelled images that tuning has seen.
    """

    def __init__(
        self,
        augmentation: str = "cutdiff",
        *,
        augmentation_options: Mapping[str, Any] | None = None,
        initial: Sequence[float] | None = None,
        network: str = "resnet18",
        small_stem: bool = False,
        epochs: int = 20,
        iterations: int = 500,
        updates: int = 1,
        patience: int = 100,
        batch_size: int = 32,
        learning_rate: float = 0.03,
        momentum: float = 0.9,
        weight_decay: float = 3e-5,
        tuning_rate: float | None = None,
        order: str = "second",
        objective: str = "mean-distance",
        mmd_kernel: str = "poly",
        normalise_score: bool = True,
        transductive: bool = True,
        contamination: float = 0.1,
        device: str = "auto",
        random_state: int = 0,
    ) -> None:
        self.augmentation = augmentation
        self.augmentation_options = augmentation_options
        self.initial = initial
        self.network = network
        self.small_stem = small_stem
        self.epochs = epochs
        self.iterations = iterations
        self.updates = updates
        self.patience = patience
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.tuning_rate = tuning_rate
        self.order = order
        self.objective = objective
        self.mmd_kernel = mmd_kernel
        self.normalise_score = normalise_score
        self.transductive = transductive
        self.contamination = contamination
        self.device = device
        self.random_state = random_state

    def fit(self, X: ArrayLike | Tensor, y: object = None) -> STSSAD:
        """Tune and train on normal images `X` and unlabelled images `y`, each ``(N, C, H, W)``.

        Raises
        ------
        SsadError
            If there are no unlabelled images, or a parameter cannot be used with these images.
        NonFiniteError
            If a loss, a hyper-parameter or a score became NaN or infinite.
        """
        images = as_images(X)
        if y is None:
            raise SsadError("ST-SSAD tunes on unlabelled images: call fit(X_train, X_unlabelled)")
        unlabelled = as_images(cast(ArrayLike, y))
        operation = self._checked(images, unlabelled)
        self.tuned_on_ = self._chosen(len(unlabelled))
        seen = unlabelled[torch.from_numpy(self.tuned_on_)]
        starts = [self._initial(operation, value) for value in self._initial_values(operation)]
        found = [self._tuned(operation, start, images, seen) for start in starts]
        spreads = [self._spread(one, images, seen) for one in found]
        self._take(operation, starts, found, spreads, images)
        return self

    @property
    def other_scores(self) -> tuple[str, ...]:  # type: ignore[override]
        """The scores of each initialisation, by its place: ``"init_0"``, ..."""
        return tuple(f"init_{place}" for place in range(len(self._each)))

    def score_kinds(self, X: ArrayLike | Tensor) -> dict[str, np.ndarray]:
        """Return ``"score"``, of the initialisation taken, and the scores of each, ``(N,)``."""
        images = self._images_like_fitted(X)
        kinds = {"score": self._scores(images)}
        for name, (network, gaussian) in zip(self.other_scores, self._each, strict=True):
            kinds[name] = gaussian.score(embedded(network, images)).astype(np.float32)
        return kinds

    def _checked(self, images: Tensor, unlabelled: Tensor) -> Tunable:
        self._check_settings(images)
        if images.shape[1:] != unlabelled.shape[1:]:
            raise SsadError(
                f"training images are {tuple(images.shape[1:])}, unlabelled ones "
                f"{tuple(unlabelled.shape[1:])}: load both at one size"
            )
        if len(unlabelled) < 4:
            raise SsadError(f"ST-SSAD needs four unlabelled images or more, not {len(unlabelled)}")
        if self.iterations < 0 or self.updates < 1 or self.patience < 1:
            raise SsadError(
                f"iterations {self.iterations} must be ≥ 0, updates {self.updates} and patience "
                f"{self.patience} ≥ 1"
            )
        if self.tuning_rate is not None and not self.tuning_rate > 0:
            raise SsadError(f"tuning_rate {self.tuning_rate} must be positive")
        for name, valid in (("order", ORDERS), ("objective", OBJECTIVES), ("mmd_kernel", KERNELS)):
            if getattr(self, name) not in valid:
                raise unknown(name, getattr(self, name), valid)
        if str(self.augmentation).lower() not in augment.tunable():
            raise unknown("tunable augmentation", self.augmentation, augment.tunable())
        made = augment.get(self.augmentation, **(self.augmentation_options or {}))
        return cast(Tunable, made.operation)

    def _initial_values(self, operation: Tunable) -> Sequence[float]:
        paper = INITIAL_SIZES if isinstance(operation, CutDiff) else INITIAL_ANGLES
        values = paper if self.initial is None else self.initial
        numbers = as_numbers(values)
        if numbers.ndim != 1 or len(numbers) == 0 or not np.isfinite(numbers).all():
            raise SsadError(f"initial must list finite sizes or angles, at least one: {values!r}")
        return values

    def _initial(self, operation: Tunable, value: float) -> Tensor:
        if isinstance(operation, CutDiff):
            if not value > 0:
                raise SsadError(f"an initial size must be positive, not {value}")
            return operation.initial(size=value)
        return operation.initial(angle=value)

    def _chosen(self, count: int) -> np.ndarray:
        if self.transductive:
            return np.arange(count)
        half = torch.randperm(count, generator=rng.generator(self.seed_, "half"))
        return np.sort(half[: count // 2].numpy())

    def _loss(self) -> Loss:
        if self.objective == "mean-distance":
            return validation_loss
        return partial(mmd_loss, kernel=self.mmd_kernel, normalise=self.objective == "mmd")

    def _tuned(
        self, operation: Tunable, start: Tensor, images: Tensor, unlabelled: Tensor
    ) -> Tuned:
        device = resolve_device(self.device)
        rate = 0.02 if isinstance(operation, CutDiff) else 0.05
        return tune(
            self._new_network(rng.generator(self.seed_, "weights"), device),
            operation,
            start.to(device),
            images.to(device),
            unlabelled.to(device),
            self._loss(),
            Descent(self.learning_rate, self.momentum, self.weight_decay),
            Schedule(
                epochs=self.epochs,
                iterations=self.iterations,
                updates=self.updates,
                patience=self.patience,
                batch_size=self.batch_size,
                tuning_rate=rate if self.tuning_rate is None else self.tuning_rate,
                second_order=self.order == "second",
            ),
            self.seed_,
        )

    def _spread(self, tuned: Tuned, images: Tensor, unlabelled: Tensor) -> float:
        """Return S: the variance of the unlabelled images' scores (paper 001, equation 6)."""
        gaussian = self._gaussian(tuned, images)
        spread = float(gaussian.score(embedded(tuned.network, unlabelled)).var(ddof=1))
        if not np.isfinite(spread):
            raise NonFiniteError("the scores of the unlabelled images are not finite")
        return spread

    def _gaussian(self, tuned: Tuned, images: Tensor) -> Gaussian:
        return Gaussian.fit(embedded(tuned.network, images), on_sphere=self.normalise_score)

    def _take(
        self,
        operation: Tunable,
        starts: list[Tensor],
        found: list[Tuned],
        spreads: list[float],
        images: Tensor,
    ) -> None:
        learned = [operation.hyperparameters(one.values) for one in found]
        best = int(np.argmax(spreads))
        self.inits_: list[dict[str, Any]] = [
            {"initial": operation.hyperparameters(start), "learned": after, "spread": spread}
            | {"history": one.history, "best": one.best}
            for start, after, spread, one in zip(starts, learned, spreads, found, strict=True)
        ]
        self.augmentation_ = learned[best]
        self.history_ = found[best].history
        self._each = [(one.network, self._gaussian(one, images)) for one in found]
        self.network_, self.gaussian_ = self._each[best]
        self.measures_ = {**self.augmentation_, "chosen_init": float(best)}
        for place, (after, spread) in enumerate(zip(learned, spreads, strict=True)):
            self.measures_ |= {f"{name}_{place}": value for name, value in after.items()}
            self.measures_[f"spread_{place}"] = spread
        if self.history_:
            taken = self.history_[found[best].best]
            self.measures_ |= {name: taken[name] for name in ("training_loss", "validation_loss")}
        curve = found[best].warm_losses + [row["training_loss"] for row in self.history_]
        self.finish(images, Outcome(curve, 0.0))
