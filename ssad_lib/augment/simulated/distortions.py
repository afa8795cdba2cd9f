"""What is done to an anomaly source before it is blended in, three of ten (METHODS 12.4).

The operations are DRAEM's, in a random order, no two alike; each takes its strengths from numbers
in [0, 1). Where a library's default decides a range, it is imgaug's.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ssad_lib.augment import draws
from ssad_lib.augment.augmentation import Parameters, per_image
from ssad_lib.augment.color import shift_hue
from ssad_lib.augment.simulated.parts import turn

STEPS = 3
NUMBERS = 3  # the most that an operation takes
BYTE = 255.0


def draw(n: int, generator: torch.Generator) -> Parameters:
    """Draw ``operations`` (n, 3), numbers of distinct ones, and ``strengths`` (n, 3, 3)."""
    return {
        "operations": draws.permutations(n, len(OPERATIONS), generator)[:, :STEPS],
        "strengths": draws.uniform((n, STEPS, NUMBERS), (0, 1), generator).float(),
    }


def apply(images: Tensor, parameters: Parameters) -> Tensor:
    """Return RGB images ``(n, 3, H, W)`` in [0, 1], distorted, in [0, 1]."""
    result = images.clone()
    operations = parameters["operations"].cpu()
    for step in range(STEPS):
        for number, operation in enumerate(OPERATIONS):
            chosen = (operations[:, step] == number).nonzero().squeeze(1)
            if len(chosen):
                places = chosen.to(images.device)
                strengths = parameters["strengths"].to(images.device)[places, step]
                result[places] = operation(result[places], strengths).clamp(0, 1)
    return result


def _gamma(images: Tensor, strengths: Tensor) -> Tensor:
    """Raise each channel to a power of its own, U(0.5, 2)."""
    return images ** (0.5 + 1.5 * strengths)[:, :, None, None]


def _brightness(images: Tensor, strengths: Tensor) -> Tensor:
    """Multiply by U(0.8, 1.2) and add U(-30, 30) grey levels."""
    factor, shift = 0.8 + 0.4 * strengths[:, 0], (60 * strengths[:, 1] - 30) / BYTE
    return images * per_image(factor) + per_image(shift)


def _sharpness(images: Tensor, strengths: Tensor) -> Tensor:
    """Move away from the smoothed image by U(0, 3)."""
    from torchvision.transforms.v2 import functional  # slow to import

    smooth = functional.adjust_sharpness(images, 0.0)
    return torch.lerp(smooth, images, per_image(3 * strengths[:, 0]))


def _hue_and_saturation(images: Tensor, strengths: Tensor) -> Tensor:
    """Shift hue and saturation by U(-50, 50) of 255 each; grey stays grey."""
    shift = (100 * strengths - 50) / BYTE
    images = shift_hue(images, shift[:, 0])
    brightest = images.amax(1, keepdim=True)
    chroma = brightest - images.amin(1, keepdim=True)
    saturation = chroma / brightest.clamp(min=1 / BYTE)
    wanted = (saturation + per_image(shift[:, 1])).clamp(0, 1)
    return brightest - (brightest - images) * wanted / saturation.clamp(min=1 / BYTE)


def _solarise(images: Tensor, strengths: Tensor) -> Tensor:
    """Invert, in every second image, what is brighter than U(32, 128) grey levels."""
    threshold = (32 + 96 * strengths[:, 1]) / BYTE
    changed = (images >= per_image(threshold)) & per_image(strengths[:, 0] < 0.5)
    return torch.where(changed, 1 - images, images)


def _posterise(images: Tensor, strengths: Tensor) -> Tensor:
    """Keep 1 to 8 bits of a channel."""
    bits = (8 * strengths[:, 0]).floor() + 1
    step = per_image(2 ** (8 - bits)) / BYTE
    return (images / step).floor() * step


def _invert(images: Tensor, strengths: Tensor) -> Tensor:  # noqa: ARG001
    return 1 - images


def _autocontrast(images: Tensor, strengths: Tensor) -> Tensor:  # noqa: ARG001
    """Stretch each channel to [0, 1]."""
    low, high = images.amin((2, 3), keepdim=True), images.amax((2, 3), keepdim=True)
    return torch.where(high > low, (images - low) / (high - low).clamp(min=1 / BYTE), images)


def _equalise(images: Tensor, strengths: Tensor) -> Tensor:  # noqa: ARG001
    """Give each channel a flat histogram."""
    from torchvision.transforms.v2 import functional  # slow to import

    as_bytes = (images * BYTE).round().to(torch.uint8)
    return functional.equalize(as_bytes).to(images.dtype) / BYTE


def _turn(images: Tensor, strengths: Tensor) -> Tensor:
    """Turn by U(-45, 45) degrees."""
    return turn(images, 90 * strengths[:, 0] - 45)


OPERATIONS: tuple[Callable[[Tensor, Tensor], Tensor], ...] = (
    _gamma,
    _brightness,
    _sharpness,
    _hue_and_saturation,
    _solarise,
    _posterise,
    _invert,
    _autocontrast,
    _equalise,
    _turn,
)
