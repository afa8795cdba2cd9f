"""The transforms that AP tells apart: the K classes of an augmentation (METHODS section 5.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from ssad_lib import augment
from ssad_lib.augment.augmentation import Augmentation
from ssad_lib.augment.geometric import TRANSLATIONS, Geom, shift_length

TURNS = 4
CERTAIN = {"flip": {"flip_p": 1.0}, "invert": {"invert_p": 1.0}}  # or half of a class is identity


class Transforms(Protocol):
    """The K transforms of an augmentation; 0 is the identity where the set has one."""

    @property
    def count(self) -> int:
        """K."""

    @property
    def stochastic(self) -> bool:
        """Whether a transform draws afresh each time."""

    def mixed(self, images: Tensor, classes: Tensor, generator: torch.Generator) -> Tensor:
        """Apply to each image the transform its row of `classes` ``(N,)`` names."""

    def whole(self, images: Tensor, transform: int, generator: torch.Generator) -> Tensor:
        """Apply one transform to all images."""


@dataclass(frozen=True)
class Turns:
    """Rotations by 0, 90, 180 and 270 degrees, counter-clockwise."""

    augmentation: Augmentation
    count: int = TURNS
    stochastic: bool = False

    def mixed(self, images: Tensor, classes: Tensor, generator: torch.Generator) -> Tensor:  # noqa: ARG002
        """Turn each image by its class."""
        return self.augmentation.apply(images, {"quarter_turns": classes})

    def whole(self, images: Tensor, transform: int, generator: torch.Generator) -> Tensor:  # noqa: ARG002
        """Turn all images alike."""
        return images.rot90(transform, (2, 3))


@dataclass(frozen=True)
class Geometric:
    """GEOM's transforms: mirrored or not, times the shifts, times four turns; 72 in all.

    Class ``(mirrored·S + shift)·4 + turns``, S shifts in the order of `TRANSLATIONS`.
    """

    augmentation: Augmentation
    count: int
    stochastic: bool = False

    def mixed(self, images: Tensor, classes: Tensor, generator: torch.Generator) -> Tensor:  # noqa: ARG002
        """Mirror, shift and turn each image by its class."""
        shifts = torch.tensor(TRANSLATIONS[self._operation.geom_translate])
        parameters = {
            "mirrored": classes >= self.count // 2,
            "shift": shifts[classes // TURNS % len(shifts)],
            "quarter_turns": classes % TURNS,
        }
        return self.augmentation.apply(images, parameters)

    def whole(self, images: Tensor, transform: int, generator: torch.Generator) -> Tensor:  # noqa: ARG002
        """Mirror, shift and turn all images alike: slices, no look-ups."""
        step = shift_length(images.shape[3])
        shifts = TRANSLATIONS[self._operation.geom_translate]
        down, right = shifts[transform // TURNS % len(shifts)]
        fill = self._operation.geom_fill
        moved = images.flip(3) if transform >= self.count // 2 else images
        moved = shifted(shifted(moved, down * step, 2, fill), right * step, 3, fill)
        return moved.rot90(transform % TURNS, (2, 3))

    @property
    def _operation(self) -> Geom:
        assert isinstance(self.augmentation.operation, Geom)
        return self.augmentation.operation


def shifted(images: Tensor, pixels: int, axis: int, fill: str) -> Tensor:
    """Return the images moved by `pixels` along `axis`; zeros or their mirror image enter."""
    if pixels == 0:
        return images
    length = images.shape[axis]
    if pixels < 0:
        return shifted(images.flip(axis), -pixels, axis, fill).flip(axis)
    entering = images.narrow(axis, 0, pixels).flip(axis)
    if fill == "zero":
        entering = torch.zeros_like(entering)
    return torch.cat([entering, images.narrow(axis, 0, length - pixels)], dim=axis)


@dataclass(frozen=True)
class WithAndWithout:
    """The identity and the augmentation, drawn afresh every time it is random."""

    augmentation: Augmentation
    stochastic: bool
    count: int = 2

    def mixed(self, images: Tensor, classes: Tensor, generator: torch.Generator) -> Tensor:
        """Augment the images of class 1."""
        chosen = classes.to(images.device) == 1
        output = images.clone()
        if chosen.any():
            output[chosen] = self.augmentation(images[chosen], generator)
        return output

    def whole(self, images: Tensor, transform: int, generator: torch.Generator) -> Tensor:
        """Augment all images, or none."""
        return self.augmentation(images, generator) if transform else images


def transforms(name: str, options: Mapping[str, Any]) -> Transforms:
    """Return the transforms of an augmentation: 4 for Rotate, 72 for GEOM, 2 for all others.

    Flip and Invert are certain in their class, and GEOM fills by reflection unless told otherwise.

    Raises
    ------
    SsadError
        If the augmentation or an option does not exist.
    """
    key = str(name).lower()
    if key == "rotate":
        return Turns(augment.get(key, **options))
    if key == "geom":
        made = augment.get(key, **{"geom_fill": "reflect", **options})
        assert isinstance(made.operation, Geom)
        return Geometric(made, 2 * TURNS * len(TRANSLATIONS[made.operation.geom_translate]))
    made = augment.get(key, **{**options, **CERTAIN.get(key, {})})
    return WithAndWithout(made, stochastic=key not in CERTAIN)
