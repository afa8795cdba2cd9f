"""Color augmentations: Invert and Color, and the jitter that other categories borrow from Color.

METHODS section 2; paper 000, Section 3. Brightness, contrast, saturation and hue follow
torchvision's definitions.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ssad_lib.augment import draws
from ssad_lib.augment.augmentation import Parameters, per_image
from ssad_lib.augment.options import number, option

BRIGHTNESS, CONTRAST, SATURATION, HUE = range(4)
LUMA = (0.2989, 0.587, 0.114)
COLOR_STRENGTH, COLOR_HUE = 0.8, 0.2


@dataclass(frozen=True)
class Invert:
    """1 - x with probability `invert_p`: 0.5 in training, 1 as anomaly function."""

    invert_p: float = option(0.5, number(0, 1))

    def draw(
        self,
        n: int,
        generator: torch.Generator,
        image_shape: tuple[int, int, int],  # noqa: ARG002
    ) -> Parameters:
        """Draw ``inverted`` (n,)."""
        return {"inverted": draws.chance(n, self.invert_p, generator)}

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Take the negative."""
        return torch.where(per_image(parameters["inverted"]), 1 - images, images)


@dataclass(frozen=True)
class Color:
    """Brightness, contrast, saturation U(0.2, 1.8), hue shift U(-0.2, 0.2), in random order."""

    def draw(
        self,
        n: int,
        generator: torch.Generator,
        image_shape: tuple[int, int, int],  # noqa: ARG002
    ) -> Parameters:
        """Draw what `jitter` needs."""
        return draw_jitter(n, generator, COLOR_STRENGTH, COLOR_HUE)

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Jitter the whole image."""
        return jitter(images, parameters)


def draw_jitter(n: int, generator: torch.Generator, strength: float, hue: float) -> Parameters:
    """Draw ``factors`` (n, 3), ``hue`` (n,) in turns of the colour circle, ``order`` (n, 4).

    Factors of brightness, contrast and saturation are U(1 - strength, 1 + strength), the shift is
    U(-hue, hue). The order holds the numbers of the four operations, first to last.
    """
    return {
        "factors": draws.uniform((n, 3), (1 - strength, 1 + strength), generator),
        "hue": draws.uniform((n,), (-hue, hue), generator),
        "order": draws.permutations(n, 4, generator),
    }


def jitter(images: Tensor, parameters: Parameters, inside: Tensor | None = None) -> Tensor:
    """Apply the four operations in each image's own order.

    Only the hue needs a colour model, so it is computed once: first the blends that come before
    it, then the hue, then the blends that come after. On one channel saturation and hue do nothing.

    Parameters
    ----------
    images : Tensor
        ``(N, C, H, W)`` in [0, 1].
    parameters : dict
        From `draw_jitter`.
    inside : Tensor, optional
        ``(N, 1, H, W)`` truth values: the pixels that belong to the image when it is a patch on a
        larger canvas. Contrast refers to the mean grey of these.
    """
    order = parameters["order"]
    factors = torch.cat([parameters["factors"], torch.ones_like(parameters["hue"])[:, None]], dim=1)
    if images.shape[1] == 1:
        for kind in order.masked_fill(order == SATURATION, HUE).unbind(1):
            images = _blend(images, kind, factors, inside)
        return images
    hue_first = (order == HUE).cumsum(1)
    before = order.masked_fill(hue_first == 1, HUE)
    after = order.masked_fill(hue_first == 0, HUE)
    for kind in before[:, :3].unbind(1):
        images = _blend(images, kind, factors, inside)
    images = shift_hue(images, parameters["hue"])
    for kind in after[:, 1:].unbind(1):
        images = _blend(images, kind, factors, inside)
    return images


def _blend(images: Tensor, kind: Tensor, factors: Tensor, inside: Tensor | None) -> Tensor:
    """Move each image away from black, its mean grey or its own grey, by the kind's factor.

    The kind HUE has factor 1 and target black: it leaves the image exactly as it is.
    """
    factor = per_image(factors.gather(1, kind.unsqueeze(1)))
    grey = grayscale(images)
    target = grey * per_image(kind == SATURATION)
    target = target + _mean(grey, inside) * per_image(kind == CONTRAST)
    return (images * factor).add_(target.mul_(1 - factor)).clamp_(0, 1)


def _mean(grey: Tensor, inside: Tensor | None) -> Tensor:
    if inside is None:
        return grey.mean(3, keepdim=True).mean(2, keepdim=True)
    total = (grey * inside).sum(3, keepdim=True).sum(2, keepdim=True)
    return total / inside.sum((2, 3), keepdim=True)


def grayscale(images: Tensor) -> Tensor:
    """Return the luma (ITU-R 601-2) of each pixel, ``(N, 1, H, W)``."""
    if images.shape[1] == 1:
        return images
    red, green, blue = images.split(1, dim=1)
    return (red * LUMA[0]).add_(green * LUMA[1]).add_(blue * LUMA[2])


def shift_hue(images: Tensor, shift: Tensor) -> Tensor:
    """Turn the hue of each RGB image by its own `shift`, in turns of the colour circle.

    Closed form of RGB -> HSV -> RGB: with value v, chroma c and hue h in sixths of the circle, a
    channel whose hue is d away from h has the value v - c * clamp(|d| - 1, 0, 1).
    """
    red, green, blue = images.split(1, dim=1)
    value = images.amax(1, keepdim=True)
    chroma = value - images.amin(1, keepdim=True)
    is_red, is_green = red == value, green == value
    side = torch.where(is_red, green - blue, torch.where(is_green, blue - red, red - green))
    start = torch.where(is_red, 0.0, torch.where(is_green, 2.0, 4.0))
    hue = start + side / torch.where(chroma == 0, 1.0, chroma) + per_image(shift * 6)
    channels = torch.arange(0, 6, 2, device=images.device, dtype=images.dtype).view(1, 3, 1, 1)
    away = hue - channels
    away.sub_((away * (1 / 6)).round_().mul_(6)).abs_().sub_(1).clamp_(0, 1)
    return value - away.mul_(chroma)
