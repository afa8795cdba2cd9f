"""Category none: the identity, the no-augmentation row of every table (METHODS section 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from ssad_lib.augment.augmentation import Parameters


@dataclass(frozen=True)
class Identity:
    """The image itself; DAE with Identity is AE."""

    in_chunks: ClassVar[bool] = False

    def draw(
        self,
        n: int,  # noqa: ARG002
        generator: torch.Generator,  # noqa: ARG002
        image_shape: tuple[int, int, int],  # noqa: ARG002
    ) -> Parameters:
        """Draw nothing: the generator does not move."""
        return {}

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:  # noqa: ARG002
        """Return the very same tensor."""
        return images
