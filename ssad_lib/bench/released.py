"""The loop of the released design, written plainly: what our training is held against.

As METHODS 2 and 3.5 describe the code of paper 000: one network at a time, in float32; each image
is augmented on its own, as a PIL image, in the two worker processes of a DataLoader; all test
images are scored after every epoch.
"""

from __future__ import annotations

import sys
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from ssad_lib import rng
from ssad_lib.bench import with_torchvision
from ssad_lib.models import ConvolutionalAutoencoder, build
from ssad_lib.models.autoencoder import squared_error

WORKERS = 2
START = "fork" if sys.platform == "linux" else "spawn"  # the loaders', as PyTorch's default
RATE = 1e-3


class Pictures(Dataset[tuple[Tensor, ...]]):
    """Images that are transformed one by one, when they are asked for.

    Parameters
    ----------
    images : ndarray of uint8, shape (N, C, H, W)
        C = 3.
    augmentations : tuple of str
        An item is the image under each of them, as float tensors ``(C, H, W)``.
    """

    def __init__(self, images: NDArray[np.uint8], augmentations: tuple[str, ...]) -> None:
        self.images = np.ascontiguousarray(images.transpose(0, 2, 3, 1))
        self.augmentations = augmentations

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Tensor, ...]:
        picture = Image.fromarray(self.images[index])
        return tuple(transform(picture) for transform in self._transforms)

    @cached_property
    def _transforms(self) -> list[with_torchvision.Transform]:
        # Made in the worker process, which could not be sent closures.
        made = with_torchvision.per_image(self.images.shape[1])
        return [made[name] for name in self.augmentations]


class ReleasedLoop:
    """A DAE of the released design.

    Parameters
    ----------
    train, test : ndarray of uint8, shape (N, 3, S, S)
        Normal images of the training part; all images that are scored.
    augmentation : str
        Name of an augmentation.
    width, batch_size : int
        64 and 1,024 in the paper.
    """

    def __init__(
        self,
        train: NDArray[np.uint8],
        test: NDArray[np.uint8],
        augmentation: str,
        *,
        width: int = 64,
        batch_size: int = 1024,
    ) -> None:
        import torchvision.transforms.v2  # noqa: F401 - here, or each worker imports it every epoch

        channels, side = train.shape[1:3]
        generator = rng.generator("bench", "released", augmentation)
        self.network = build(lambda: ConvolutionalAutoencoder(channels, side, width), generator)
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=RATE)
        loading: Any = {
            "num_workers": WORKERS,
            "multiprocessing_context": START if WORKERS else None,
            "generator": generator,
        }
        shown = Pictures(train, (augmentation, "identity"))
        self.train_loader = DataLoader(shown, batch_size, shuffle=True, **loading)
        self.test_loader = DataLoader(Pictures(test, ("identity",)), batch_size, **loading)

    def train_epoch(self) -> float:
        """Show every training image once; return the mean loss of a batch."""
        self.network.train()
        losses = []
        for shown, clean in self.train_loader:
            loss = squared_error(self.network(shown), clean).mean()
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            losses.append(loss.item())
        return float(np.mean(losses))

    def evaluate(self) -> Tensor:
        """Return the scores ``(N,)`` of the test images, in order."""
        self.network.eval()
        with torch.no_grad():
            scores = [squared_error(self.network(images), images) for (images,) in self.test_loader]
        return torch.cat(scores)
