"""Mixed augmentations: SimCLR's chain (METHODS section 2; paper 000, Section 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from ssad_lib.augment import draws
from ssad_lib.augment.augmentation import Parameters, select
from ssad_lib.augment.color import Color, grayscale
from ssad_lib.augment.elementwise import Blur
from ssad_lib.augment.geometric import Crop
from ssad_lib.augment.options import number, option

MIRROR_P, COLOR_P, GRAY_P = 0.5, 0.8, 0.2


@dataclass(frozen=True)
class SimCLR:
    """Crop, mirror (0.5), Color (0.8), grayscale (0.2; three channels only), Blur.

    Attributes
    ----------
    simclr_blur_p : float
        Probability of the blur: 1 in the code of paper 000, 0.5 in SimCLR itself.
    """

    in_chunks: ClassVar[bool] = True
    simclr_blur_p: float = option(1.0, number(0, 1))

    def draw(
        self, n: int, generator: torch.Generator, image_shape: tuple[int, int, int]
    ) -> Parameters:
        """Draw the parameters of the five steps, of which the last four may be skipped."""
        return {
            **Crop().draw(n, generator, image_shape),
            **Color().draw(n, generator, image_shape),
            **Blur().draw(n, generator, image_shape),
            "mirrored": draws.chance(n, MIRROR_P, generator),
            "coloured": draws.chance(n, COLOR_P, generator),
            "gray": draws.chance(n, GRAY_P, generator),
            "blurred": draws.chance(n, self.simclr_blur_p, generator),
        }

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Run the steps in order; each takes its own parameters by name."""
        images = Crop().apply(images, parameters)
        images = select(parameters["mirrored"], images.flip(3), images)
        images = select(parameters["coloured"], Color().apply(images, parameters), images)
        if images.shape[1] == 3:
            images = select(parameters["gray"], grayscale(images), images)
        return select(parameters["blurred"], Blur().apply(images, parameters), images)
