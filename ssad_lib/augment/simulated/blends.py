"""Transparent and Opaque: a texture blended in under a Perlin mask (METHODS 12.4, paper 004).

The papers disagree in what β weighs; here it is the texture, so that 1 is opaque.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ssad_lib.augment import draws
from ssad_lib.augment.augmentation import Parameters, per_image
from ssad_lib.augment.simulated import perlin
from ssad_lib.augment.simulated.parts import part, under
from ssad_lib.augment.simulated.sources import Source

OPACITY = (0.2, 1.0)  # DRAEM's code in effect; paper 004 does not say


@dataclass(frozen=True, eq=False)
class Blend:
    """(1 - M) I + (1 - β) M I + β M N, with a Perlin mask M, a texture N and an opacity β.

    Attributes
    ----------
    source : Source
        Of the textures.
    opacity : tuple of float
        Bounds of β, uniform; (1, 1) is Opaque.
    """

    source: Source
    opacity: tuple[float, float] = OPACITY

    def draw(
        self,
        n: int,
        generator: torch.Generator,
        image_shape: tuple[int, int, int],  # noqa: ARG002
    ) -> Parameters:
        """Draw ``opacity`` (n,), a mask and a texture."""
        return {
            **under("mask", perlin.draw(n, generator)),
            **under("source", self.source.draw(n, generator)),
            "opacity": draws.uniform((n,), self.opacity, generator),
        }

    def apply(self, images: Tensor, parameters: Parameters) -> tuple[Tensor, Tensor]:
        """Blend."""
        masks = perlin.mask(part("mask", parameters), *images.shape[2:]).to(images.device)
        textures = self.source.apply(part("source", parameters), images)
        opacity = per_image(parameters["opacity"].to(images.device, images.dtype))
        return torch.lerp(images, textures, opacity * masks.unsqueeze(1)), masks


def opaque(source: Source) -> Blend:
    """Return the blend that covers what lies below it."""
    return Blend(source, (1.0, 1.0))
