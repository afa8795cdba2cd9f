"""Rotation of normals: no anomaly, but normal images in all positions (METHODS 12.4)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ssad_lib.augment import draws
from ssad_lib.augment.augmentation import Parameters
from ssad_lib.augment.options import number, option
from ssad_lib.augment.simulated.parts import turn

TURN = 90.0  # degrees to either side


@dataclass(frozen=True)
class RotatedNormals:
    """Turns a share of the images by U(-90, 90) degrees, corners black; nothing is anomalous.

    Attributes
    ----------
    rotated_p : float
        Probability that an image is turned; DRAEM's code has 0.3.
    """

    rotated_p: float = option(0.3, number(0, 1))

    def draw(
        self,
        n: int,
        generator: torch.Generator,
        image_shape: tuple[int, int, int],  # noqa: ARG002
    ) -> Parameters:
        """Draw ``degrees`` (n,), 0 for an image that stays as it is."""
        degrees = draws.uniform((n,), (-TURN, TURN), generator)
        return {"degrees": degrees * draws.chance(n, self.rotated_p, generator)}

    def apply(self, images: Tensor, parameters: Parameters) -> tuple[Tensor, Tensor]:
        """Turn; the masks are empty."""
        masks = torch.zeros((len(images), *images.shape[2:]), dtype=torch.bool)
        return turn(images, parameters["degrees"]), masks.to(images.device)
