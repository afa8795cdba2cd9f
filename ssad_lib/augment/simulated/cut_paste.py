"""CutPaste as an anomaly: the augmentation of paper 000, with the mask of where it pasted."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from ssad_lib.augment.augmentation import Augmentation, Parameters
from ssad_lib.augment.local import within
from ssad_lib.augment.registry import get


@dataclass(frozen=True)
class Pasted:
    """A rectangle of the image itself, colours jittered, at another place.

    Attributes
    ----------
    augmentation : Augmentation
        A CutPaste of `ssad_lib.augment`, whose options may be others.
    """

    augmentation: Augmentation = field(default_factory=lambda: get("cutpaste"))

    def draw(
        self, n: int, generator: torch.Generator, image_shape: tuple[int, int, int]
    ) -> Parameters:
        """Draw what CutPaste draws."""
        return self.augmentation.draw(n, generator, image_shape)

    def apply(self, images: Tensor, parameters: Parameters) -> tuple[Tensor, Tensor]:
        """Cut and paste; the mask is the rectangle pasted, whether or not it changed a pixel."""
        height, width = images.shape[2:]
        rows = within(parameters["to_top"], parameters["height"], height)
        columns = within(parameters["to_left"], parameters["width"], width)
        masks = rows.unsqueeze(2) & columns.unsqueeze(1)
        return self.augmentation.apply(images, parameters), masks.to(images.device)
