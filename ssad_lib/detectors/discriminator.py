"""Discriminator: tells normal images from augmented ones, at hyper-parameters nobody tuned.

It is the baselines RS-X and RD-X of paper 001 (METHODS 9.6) and the detector among whose settings
DSV chooses (METHODS 10.3).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from numpy.typing import ArrayLike
from torch import Tensor

from ssad_lib import augment, rng
from ssad_lib.augment import Augmentation
from ssad_lib.augment.ranges import draw_hyperparameters, with_hyperparameters
from ssad_lib.detectors.bilevel import Descent, Student
from ssad_lib.detectors.course import Outcome
from ssad_lib.detectors.gaussian import Gaussian, GaussianDetector, embedded
from ssad_lib.detectors.inputs import as_images, resolve_device
from ssad_lib.detectors.training import full_batches
from ssad_lib.errors import NonFiniteError, unknown

REDRAWS = ("once", "epoch", "image")
DECAYS = ("none", "cosine")


class Discriminator(GaussianDetector):
    """Learns to tell normal images from augmented ones; scores the embedding by a Gaussian.

    Network, loss and score are those of `STSSAD`; the augmentation stays as it is.

    Parameters
    ----------
    augmentation : str
        For ``redraw="once"`` and ``"epoch"`` one of `ssad_lib.augment.ranges.ranged`, else any.
    augmentation_options : mapping, optional
        Its options; a hyper-parameter among them is not drawn.
    redraw : {"once", "epoch", "image"}
        Draw hyper-parameters before training (RS-X) or at every epoch (RD-X), for all images
        alike; or take the augmentation as it is, which draws for every image what it draws (DSV).
    network : {"resnet18", "small"}
    small_stem : bool
        ResNet-18 without its first reductions, for small images.
    epochs, batch_size : int
        Budget; a partial batch is dropped, unless there is no other. As many images are augmented.
    learning_rate, momentum, weight_decay : float
        Of gradient descent.
    decay : {"none", "cosine"}
        Of the learning rate, stepped per epoch; DSV's code has the cosine.
    normalise_score : bool
        Divide embeddings by their length before they are scored.
    contamination : float
        Share of training images above ``threshold_``, in (0, 0.5].
    device : str
        ``"auto"`` (or None), ``"cpu"`` or ``"cuda"``.
    random_state : int, random generator or None
        Decides weights, batch order, hyper-parameters and augmentation draws.

    Attributes
    ----------
    augmentation_ : dict of str to float
        The hyper-parameters drawn last; empty for ``redraw="image"``.
    loss_curve_ : list of float
        Mean training loss of each epoch.
    measures_ : dict of str to float
        The last ``training_loss`` and, for ``redraw="once"``, the hyper-parameters.
    """

    def __init__(
        self,
        augmentation: str = "cutout",
        *,
        augmentation_options: Mapping[str, Any] | None = None,
        redraw: str = "epoch",
        network: str = "resnet18",
        small_stem: bool = False,
        epochs: int = 80,
        batch_size: int = 32,
        learning_rate: float = 0.03,
        momentum: float = 0.9,
        weight_decay: float = 3e-5,
        decay: str = "none",
        normalise_score: bool = True,
        contamination: float = 0.1,
        device: str = "auto",
        random_state: int = 0,
    ) -> None:
        self.augmentation = augmentation
        self.augmentation_options = augmentation_options
        self.redraw = redraw
        self.network = network
        self.small_stem = small_stem
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.decay = decay
        self.normalise_score = normalise_score
        self.contamination = contamination
        self.device = device
        self.random_state = random_state

    def fit(self, X: ArrayLike | Tensor, y: object = None) -> Discriminator:  # noqa: ARG002
        """Train on the normal images `X` ``(N, C, H, W)`` in [0, 1]; `y` is ignored.

        Raises
        ------
        SsadError
            If a parameter cannot be used with these images.
        NonFiniteError
            If a loss or a score became NaN or infinite.
        """
        images = as_images(X)
        self._check_settings(images)
        for name, valid in (("redraw", REDRAWS), ("decay", DECAYS)):
            if getattr(self, name) not in valid:
                raise unknown(name, getattr(self, name), valid)
        device = resolve_device(self.device)
        network = self._new_network(rng.generator(self.seed_, "weights"), device)
        student = Student(network, self._descent(0))
        shown = images.to(device)
        order = rng.generator(self.seed_, "order")
        draws = rng.generator(self.seed_, "augmentation")
        curve = []
        for epoch, augmentation in enumerate(self._augmentations()):
            student.descent = self._descent(epoch)
            steps = []
            for index in full_batches(len(shown), self.batch_size, order):
                normal = shown[index.to(device)]
                steps.append(student.learn(normal, augmentation(normal, draws)))
            curve.append(float(torch.stack(steps).mean()))
            if not math.isfinite(curve[-1]):
                raise NonFiniteError(
                    f"the training loss became {curve[-1]} in epoch {epoch + 1} of {self.epochs}: "
                    f"lower learning_rate ({self.learning_rate:g})"
                )
        self.network_ = student.settle()
        self.gaussian_ = Gaussian.fit(
            embedded(self.network_, images), on_sphere=self.normalise_score
        )
        self.measures_ = dict(self.augmentation_) if self.redraw == "once" else {}
        if curve:
            self.measures_["training_loss"] = curve[-1]
        self.finish(images, Outcome(curve, 0.0))
        return self

    def _augmentations(self) -> Iterator[Augmentation]:
        """Yield the augmentation of every epoch; notes its hyper-parameters."""
        given = dict(self.augmentation_options or {})
        self.augmentation_: dict[str, float] = {}
        generator = rng.generator(self.seed_, "hyper-parameters")
        made = augment.get(self.augmentation, **given)
        for epoch in range(self.epochs):
            if self.redraw == "epoch" or (self.redraw == "once" and epoch == 0):
                drawn = draw_hyperparameters(self.augmentation, given, generator)
                self.augmentation_ = drawn
                made = with_hyperparameters(self.augmentation, given, drawn)
            yield made

    def _descent(self, epoch: int) -> Descent:
        share = 1.0
        if self.decay == "cosine":
            share = 0.5 * (1 + math.cos(math.pi * epoch / self.epochs)) if self.epochs else 1.0
        return Descent(self.learning_rate * share, self.momentum, self.weight_decay)
