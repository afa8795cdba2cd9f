"""The loop of the released design of paper 003, written plainly: what our runs are held against.

As METHODS 11.5 describes it: a loader for the normal images and one for the outliers, in whose
worker processes each image goes through the transforms of torchvision as a PIL image; half a batch
of each; one network at a time, in float32; all test images through a loader of their own at the
end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from ssad_lib import rng
from ssad_lib.augment.standard import JITTER, NOISE
from ssad_lib.bench import released
from ssad_lib.detectors import objectives
from ssad_lib.models.exposure import CIFAR10_SCALE, make

RATE, DECAY = 1e-3, 5e-7

Pixels = NDArray[np.uint8]


class Pictures(Dataset[Tensor]):
    """Images that are transformed one by one, when they are asked for.

    Parameters
    ----------
    images : ndarray of uint8, shape (N, 3, S, S)
    augmented : bool
        Colour jitter, mirror, shifted crop and noise before the standardisation.
    """

    def __init__(self, images: Pixels, *, augmented: bool) -> None:
        self.images = np.ascontiguousarray(images.transpose(0, 2, 3, 1))
        self.augmented = augmented
        self._transform: Callable[[Image.Image], Tensor] | None = None

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> Tensor:
        if self._transform is None:  # made in the worker process, which could not be sent closures
            self._transform = _transform(self.images.shape[1], augmented=self.augmented)
        return self._transform(Image.fromarray(self.images[index]))


def _transform(side: int, *, augmented: bool) -> Callable[[Image.Image], Tensor]:
    from torchvision import transforms

    steps: list[Any] = []
    if augmented:
        steps += [
            transforms.ColorJitter(JITTER, JITTER, JITTER, JITTER),
            transforms.RandomHorizontalFlip(),
            transforms.RandomCrop(side, padding=side // 8),
        ]
    steps.append(transforms.ToTensor())
    if augmented:
        steps.append(lambda image: image + NOISE * torch.randn_like(image))
    chain = transforms.Compose([*steps, transforms.Normalize(*CIFAR10_SCALE)])
    return chain


class ReleasedExposure:
    """HSC or BCE of the released design.

    Parameters
    ----------
    normals, outliers, test : ndarray of uint8, shape (N, 3, S, S)
    method : {"HSC", "BCE"}
    width, batch_size : int
        32 and 128 in the paper; a batch has as many outliers beside the normal images.
    """

    def __init__(
        self,
        normals: Pixels,
        outliers: Pixels,
        test: Pixels,
        method: str,
        *,
        width: int = 32,
        batch_size: int = 128,
    ) -> None:
        import torchvision.transforms  # noqa: F401 - here, or each worker imports it every epoch

        side = normals.shape[2]
        made = make("cifar", 3, side, width, classifies=method == "BCE", seed=0)
        self.network = made[1:]  # type: ignore[index]  # the loaders standardise
        self.method = method
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=RATE, weight_decay=DECAY)
        loading: Any = {
            "num_workers": released.WORKERS,
            "multiprocessing_context": released.START if released.WORKERS else None,
            "generator": rng.generator("bench", "released", method),
        }
        shuffled: Any = {"shuffle": True, "drop_last": True, **loading}
        self.normals = DataLoader(Pictures(normals, augmented=True), batch_size, **shuffled)
        self.outliers = DataLoader(Pictures(outliers, augmented=True), batch_size, **shuffled)
        self.test = DataLoader(Pictures(test, augmented=False), batch_size, **loading)

    def train_epoch(self) -> float:
        """Show the normal images once, each batch beside one of outliers; return the mean loss.

        The epoch ends with the shorter loader.
        """
        self.network.train()
        losses = []
        for normal, other in zip(self.normals, self.outliers, strict=False):
            outlier = torch.cat([torch.zeros(len(normal)), torch.ones(len(other))])
            loss = self._loss(self.network(torch.cat([normal, other])), outlier)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            losses.append(loss.item())
        return float(np.mean(losses))

    def evaluate(self) -> Tensor:
        """Return the scores ``(N,)`` of the test images, in order."""
        self.network.eval()
        with torch.no_grad():
            outputs = torch.cat([self.network(images) for images in self.test])
        return outputs[:, 0] if self.method == "BCE" else objectives.pseudo_huber(outputs)

    def _loss(self, outputs: Tensor, outlier: Tensor) -> Tensor:
        if self.method == "BCE":
            return objectives.cross_entropy(outputs[:, 0], outlier)
        return objectives.hypersphere(objectives.pseudo_huber(outputs), outlier)
