"""The network of NSA: a residual encoder and decoder that give one logit a pixel (METHODS 13.2)."""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ssad_lib.models.initialise import build, he_normal
from ssad_lib.models.inpainting import Doubled
from ssad_lib.models.pointwise import PointwiseConvolution
from ssad_lib.models.resnet import IMAGENET_MEAN, IMAGENET_STD


class PatchLabeller(nn.Module):
    """ResNet-18 down to 1/32 of the side, three residual steps up, then to the full size.

    Parameters
    ----------
    width : int
        Channels of the first stage; 64 in the method's paper.
    """

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        w = width
        self.encoder = nn.Sequential(
            nn.Conv2d(3, w, 7, stride=2, padding=3, bias=False),
            nn.BatchNorm2d(w),
            nn.ReLU(),
            nn.MaxPool2d(3, 2, 1),
            *(
                nn.Sequential(Residual(inputs, outputs, step), Residual(outputs, outputs, 1))
                for (inputs, outputs), step in zip(
                    pairwise([w, w, 2 * w, 4 * w, 8 * w]), (1, 2, 2, 2), strict=True
                )
            ),
        )
        ends = [2 * w, w, max(1, w // 2), max(1, w // 4)]
        self.decoder = nn.Sequential(
            nn.Conv2d(8 * w, 4 * w, 1),
            nn.ReLU(),
            nn.Conv2d(4 * w, 2 * w, 1),
            nn.ReLU(),
            *(Rise(inputs, outputs) for inputs, outputs in pairwise(ends)),
            Doubled(on_corners=False),
            nn.ConvTranspose2d(ends[-1], 1, 7, stride=2, padding=3, output_padding=1),
        )

    def forward(self, images: Tensor) -> Tensor:
        """Return logits ``(B, H, W)`` of `images` ``(B, C, H, W)`` in [0, 1], C 1 or 3.

        Sides are multiples of 32.
        """
        mean, std = (
            images.new_tensor(values).view(3, 1, 1) for values in (IMAGENET_MEAN, IMAGENET_STD)
        )
        logits: Tensor = self.decoder(self.encoder((images - mean) / std))
        return logits.squeeze(1)


def patch_labeller(width: int, generator: torch.Generator) -> PatchLabeller:
    """Return the network, its weights drawn from `generator`."""
    made = build(lambda: PatchLabeller(width), generator, he_normal)
    assert isinstance(made, PatchLabeller)
    return made


class Residual(nn.Module):
    """Two 3 × 3 convolutions beside a shortcut."""

    def __init__(self, inputs: int, outputs: int, step: int) -> None:
        super().__init__()
        self.way = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, step, 1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.shortcut: nn.Module = nn.Identity()
        if step > 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                PointwiseConvolution(inputs, outputs, step), nn.BatchNorm2d(outputs)
            )

    def forward(self, features: Tensor) -> Tensor:
        """Return ``(B, outputs, H / step, W / step)``."""
        return F.relu(self.way(features) + self.shortcut(features))


class Rise(nn.Module):
    """Twice the height and width: a residual step whose convolutions follow the enlargement."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.doubled = Doubled(on_corners=False)
        self.residual = Residual(inputs, outputs, 1)

    def forward(self, features: Tensor) -> Tensor:
        """Return ``(B, outputs, 2 H, 2 W)``."""
        output: Tensor = self.residual(self.doubled(features))
        return output
