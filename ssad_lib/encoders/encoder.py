"""What an encoder is: a function from images to features, and what a page has to say about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

Embed = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Encoder:
    """A function from images to features, and what a page has to say about it.

    Attributes
    ----------
    name : str
        ``"resnet50"``, ``"efficientnet-lite0"`` or ``"stand-in"``.
    version : str
        With the name, decides the features: part of every key.
    comparable : bool
        Whether values may be compared with the paper's.
    note : str
        What every page that shows values of this encoder says about it.
    embed : callable
        Takes float images ``(n, 3, H, W)`` in [0, 1], returns float32 features ``(n, h)``.
    """

    name: str
    version: str
    comparable: bool
    note: str
    embed: Embed

    def __call__(self, images: Tensor) -> Tensor:
        """Return the features of float images ``(N, C, H, W)``, float32 ``(N, h)`` on the CPU.

        One channel is repeated three times. Values may leave [0, 1], as Noise makes them.
        """
        with torch.inference_mode():
            return self.embed(images.float().expand(-1, 3, -1, -1))


def by_batches(embed: Embed, size: int) -> Embed:
    """Return `embed` taken over batches of `size` images."""
    return lambda images: torch.cat([embed(batch) for batch in images.split(size)])


def device() -> str:
    """Return where a network of millions of weights runs: on the GPU if there is one."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def enlarged(
    images: Tensor, size: int, mean: tuple[float, ...], spread: tuple[float, ...]
) -> Tensor:
    """Return images ``(n, 3, H, W)`` brought to `size` bilinearly, then normalised by channel."""
    return normalised(
        F.interpolate(images, (size, size), mode="bilinear", align_corners=False), mean, spread
    )


def normalised(images: Tensor, mean: tuple[float, ...], spread: tuple[float, ...]) -> Tensor:
    """Return images ``(n, 3, H, W)`` less `mean`, divided by `spread`, by channel."""
    centre, scale = (
        torch.tensor(values, device=images.device).view(1, 3, 1, 1) for values in (mean, spread)
    )
    return (images - centre) / scale
