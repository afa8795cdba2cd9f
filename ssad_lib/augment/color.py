"""Color augmentations: Invert and Color, and the jitter that other categories borrow from Color.

METHODS section 2; paper 000, Section 3. Brightness, contrast, saturation and hue follow
torchvision's definitions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

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

    in_chunks: ClassVar[bool] = False
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
        inverted = per_image(parameters["inverted"].to(images.dtype))
        return (images * (1 - 2 * inverted)).add_(inverted)  # x * 1 + 0 or x * -1 + 1, exact


@dataclass(frozen=True)
class Color:
    """Brightness, contrast, saturation U(0.2, 1.8), hue shift U(-0.2, 0.2), in random order."""

    in_chunks: ClassVar[bool] = True

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
        ``(N, 1, H, W)`` weights, the same number for all pixels that belong to the image when it
        is a patch on a larger canvas, 0 for the others, with sum 1: for its mean grey.
    """
    order = parameters["order"]
    if images.shape[1] == 1:
        blends = _blends(order.masked_fill(order == SATURATION, HUE), parameters)
        for weights in blends:
            images = _blend(images, weights, inside)
        return images
    hue_first = (order == HUE).cumsum(1)
    before = order.masked_fill(hue_first == 1, HUE)[:, :3]
    after = order.masked_fill(hue_first == 0, HUE)[:, 1:]
    blends = _blends(torch.cat([before, after], dim=1), parameters)
    for weights in blends[:3]:
        images = _blend(images, weights, inside)
    images = shift_hue(images, parameters["hue"])
    for weights in blends[3:]:
        images = _blend(images, weights, inside)
    return images


def _blends(kinds: Tensor, parameters: Parameters) -> tuple[Tensor, ...]:
    """Return what `_blend` needs, ``(3, n, 1, 1, 1)``, for each column of `kinds` ``(n, steps)``.

    The kind HUE has factor 1 and no target: it leaves the image exactly as it is.
    """
    none = torch.ones_like(parameters["hue"]).unsqueeze(1)
    factor = torch.cat([parameters["factors"], none], dim=1).gather(1, kinds)
    rest = 1 - factor
    weights = torch.stack([factor, rest * (kinds == SATURATION), rest * (kinds == CONTRAST)])
    return weights.view(*weights.shape, 1, 1, 1).unbind(2)


def _blend(images: Tensor, weights: Tensor, inside: Tensor | None) -> Tensor:
    """Mix each image with its own grey and its mean grey, and clip."""
    factor, own_grey, mean_grey = weights
    grey = grayscale(images)
    mean = _mean(grey, inside).mul_(mean_grey)
    return torch.addcmul((grey * own_grey).add_(mean), images, factor).clamp_(0, 1)


def _mean(grey: Tensor, inside: Tensor | None) -> Tensor:
    if inside is None:
        return grey.mean(3, keepdim=True).mean(2, keepdim=True)
    return (grey * inside).sum(3, keepdim=True).sum(2, keepdim=True)


def grayscale(images: Tensor) -> Tensor:
    """Return the luma (ITU-R 601-2) of each pixel, ``(N, 1, H, W)``."""
    if images.shape[1] == 1:
        return images
    red, green, blue = images.split(1, dim=1)
    return (red * LUMA[0]).add_(green, alpha=LUMA[1]).add_(blue, alpha=LUMA[2])


def shift_hue(images: Tensor, shift: Tensor) -> Tensor:
    """Turn the hue of each RGB image by its own `shift`, in turns of the colour circle.

    Closed form of RGB -> HSV -> RGB without a case for each channel. In sixths of the circle, a
    colour lies ``1 + (max(g, b) + max(min(g, b), r) - 2 r) / chroma`` away from red, 0 to 3, on
    the side of green or of blue. At hue h in [-3, 3] the channels rise above the darkest one by the
    chroma times 2 - |h|, |h + 1| - 1 and |h - 1| - 1, each clipped to [0, 1].
    """
    red, green, blue = images.split(1, dim=1)
    high, low = torch.maximum(green, blue), torch.minimum(green, blue)
    darkest = torch.minimum(low, red)
    chroma = torch.maximum(high, red).sub_(darkest)
    smallest = torch.finfo(images.dtype).tiny
    hue = torch.maximum(low, red).add_(high).sub_(red, alpha=2)
    hue.div_(chroma.clamp(min=smallest)).add_(1).copysign_(green - blue)
    hue.add_(per_image(shift * 6))
    hue.sub_((hue * (1 / 6)).round_(), alpha=6)
    share = torch.cat([hue, hue + 1, hue - 1], dim=1).abs_().sub_(1)
    share[:, :1].neg_().add_(1)
    return torch.addcmul(darkest, chroma, share.clamp_(0, 1))
