"""Elementwise augmentations: Blur, Noise, Mask (METHODS section 2; paper 000, Section 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from ssad_lib.augment import counter, draws
from ssad_lib.augment.augmentation import Parameters, per_image
from ssad_lib.augment.options import flag, number, option

BLUR_SIGMA = (0.1, 2.0)
NOISE_STD = 0.1


def kernel_size(side: int) -> int:
    """Return the blur's odd kernel width: a tenth of the side, made odd (3 at 28 and 32 px)."""
    return 2 * (side // 10 // 2) + 1


@dataclass(frozen=True)
class Blur:
    """Gaussian blur, sigma U(0.1, 2) px per image, kernel a tenth of the image, reflect padding."""

    in_chunks: ClassVar[bool] = True

    def draw(
        self,
        n: int,
        generator: torch.Generator,
        image_shape: tuple[int, int, int],  # noqa: ARG002
    ) -> Parameters:
        """Draw ``sigma`` (n,) in pixels."""
        return {"sigma": draws.uniform((n,), BLUR_SIGMA, generator)}

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Blur rows, then columns; the kernel belongs to the smaller side."""
        half = kernel_size(min(images.shape[2:])) // 2
        distance = torch.arange(-half, half + 1, device=images.device, dtype=images.dtype)
        kernel = (-0.5 * (distance / parameters["sigma"].unsqueeze(1)) ** 2).exp()
        padded = F.pad(images, (half,) * 4, mode="reflect")
        blurred = _slide(_slide(padded, kernel, axis=2), kernel, axis=3)
        return blurred * per_image(kernel.sum(1) ** -2)


def _slide(padded: Tensor, kernel: Tensor, axis: int) -> Tensor:
    """Correlate each image with its own symmetric kernel (n, k), of centre 1, along one axis."""
    taps = kernel.shape[1]
    size = padded.shape[axis] - taps + 1
    views = [padded.narrow(axis, tap, size) for tap in range(taps)]
    result = views[taps // 2]
    for tap in range(taps // 2):
        result = torch.addcmul(result, views[tap] + views[-1 - tap], per_image(kernel[:, tap]))
    return result


@dataclass(frozen=True)
class Noise:
    """x + 0.1 N(0, 1) per element, not clipped, as in the released code."""

    in_chunks: ClassVar[bool] = True

    def draw(
        self,
        n: int,
        generator: torch.Generator,
        image_shape: tuple[int, int, int],  # noqa: ARG002
    ) -> Parameters:
        """Draw one ``seed`` per image; `counter` turns it into the image's noise."""
        return {"seed": counter.draw_seeds(n, generator)}

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Add the noise."""
        noise = counter.normals(parameters["seed"], images.shape[1:].numel())
        return torch.add(images, noise.reshape(images.shape).to(images.dtype), alpha=NOISE_STD)


@dataclass(frozen=True)
class Mask:
    """Set elements to 0 with probability `mask_p`.

    Attributes
    ----------
    mask_p : float
        Paper 000 prints 0.2; its code is called with 0.1.
    mask_shared_channels : bool
        Mask whole pixels (the paper's words) instead of each channel on its own (the code).
    """

    in_chunks: ClassVar[bool] = True
    mask_p: float = option(0.2, number(0, 1))
    mask_shared_channels: bool = option(False, flag)

    def draw(
        self,
        n: int,
        generator: torch.Generator,
        image_shape: tuple[int, int, int],  # noqa: ARG002
    ) -> Parameters:
        """Draw one ``seed`` per image; `counter` turns it into the image's mask."""
        return {"seed": counter.draw_seeds(n, generator)}

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Set the elements to zero."""
        n, C, H, W = images.shape
        layers = 1 if self.mask_shared_channels else C
        numbers = counter.integers(parameters["seed"], layers * H * W).reshape(n, layers, H, W)
        # Compared as real numbers: 0 or 1 in their own type, and 2**15 fits.
        masked = round(self.mask_p * 2**counter.BITS) - 2 ** (counter.BITS - 1)
        return images * numbers.to(images.dtype).ge_(masked)
