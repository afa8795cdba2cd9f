"""The training augmentation of paper 003, and the blur of its outliers (METHODS 11.5).

Colour jitter, mirror, shifted crop, then noise: for normal images and outliers alike. An outlier is
blurred between crop and noise. Nothing is rounded to bytes on the way, as the released code does.
"""

from __future__ import annotations

import math
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from ssad_lib.augment import counter, draws
from ssad_lib.augment.augmentation import Parameters
from ssad_lib.augment.color import draw_jitter, jitter
from ssad_lib.augment.geometric import take_pixels

JITTER = 0.01  # of brightness, contrast, saturation and hue
MIRROR = 0.5  # probability
PAD = 8  # the crop is shifted by up to one of so many parts of the side: 4 of 32 pixels
NOISE = 0.001  # standard deviation
PASSES = 3  # box filters that make a Gaussian


def draw(n: int, generator: torch.Generator, image_shape: tuple[int, int, int]) -> Parameters:
    """Draw the parameters of `n` images ``(C, H, W)``: jitter, ``mirrored``, ``shift``, ``seed``.

    ``shift`` ``(n, 2)`` counts pixels down and right from the corner of the padded image.
    """
    room = torch.tensor([2 * (side // PAD) for side in image_shape[1:]]).expand(n, 2)
    return {
        **draw_jitter(n, generator, JITTER, JITTER),
        "mirrored": draws.chance(n, MIRROR, generator),
        "shift": draws.place(room, generator),
        "seed": counter.draw_seeds(n, generator),
    }


def apply(images: Tensor, parameters: Parameters, blur: float = 0.0) -> Tensor:
    """Return the augmented images ``(n, C, H, W)``; the noise may leave [0, 1].

    Parameters
    ----------
    images : Tensor
        ``(n, C, H, W)`` in [0, 1].
    parameters : dict of str to Tensor
        From `draw`.
    blur : float
        Standard deviation in pixels; 0 for none.
    """
    moved = {
        name: value.to(images.device, images.dtype if value.is_floating_point() else value.dtype)
        for name, value in parameters.items()
    }
    cropped = _cropped(jitter(images, moved), moved["mirrored"], moved["shift"])
    noise = counter.normals(moved["seed"], images.shape[1:].numel())
    return torch.add(blurred(cropped, blur), noise.view(images.shape).to(images.dtype), alpha=NOISE)


def _cropped(images: Tensor, mirrored: Tensor, shift: Tensor) -> Tensor:
    """Mirror, then cut each image out of itself in a frame of zeros: one look-up."""
    height, width = images.shape[2:]
    frame_y, frame_x = height // PAD, width // PAD
    padded = F.pad(images, (frame_x, frame_x, frame_y, frame_y))
    down, right = shift.unbind(1)
    rows = torch.arange(height, device=images.device) + down[:, None]
    columns = torch.arange(width, device=images.device) + right[:, None]
    # The frame is as wide on both sides, so a mirrored image lies in a mirrored frame.
    columns = torch.where(mirrored[:, None], padded.shape[3] - 1 - columns, columns)
    index = rows[:, :, None] * padded.shape[3] + columns[:, None, :]
    return take_pixels(padded, index.flatten(1)).view(images.shape)


def blurred(images: Tensor, sigma: float) -> Tensor:
    """Return images ``(n, C, H, W)`` blurred as Pillow does, without its rounding to bytes.

    Pillow's Gaussian of `sigma` pixels is three box filters, each of which continues what it finds
    at the edges; on small images that is not the same as a Gaussian.
    """
    if sigma == 0:
        return images
    down, right = (_weights(side, sigma).to(images) for side in images.shape[2:])
    return down @ images @ right.T


@lru_cache(maxsize=32)
def _weights(side: int, sigma: float) -> Tensor:
    """Return how much each pixel of a row counts for each, ``(side, side)``; rows sum to 1."""
    radius = _box_radius(sigma)
    whole = math.floor(radius)
    reach = torch.arange(-whole - 1, whole + 2)
    box = torch.full((len(reach),), 1 / (2 * radius + 1), dtype=torch.float64)
    box[0] = box[-1] = (1 - (2 * whole + 1) / (2 * radius + 1)) / 2
    seen = (torch.arange(side)[:, None] + reach).clamp(0, side - 1)
    once = torch.zeros(side, side, dtype=torch.float64).scatter_add(1, seen, box.expand(side, -1))
    return torch.linalg.matrix_power(once, PASSES)


def _box_radius(sigma: float) -> float:
    """Return the radius of the box that has, after `PASSES`, the variance of the Gaussian.

    Its ends count for a part (Gwosdek et al. 2011).
    """
    variance = sigma**2 / PASSES
    whole = math.floor((math.sqrt(12 * variance + 1) - 1) / 2)
    part = (2 * whole + 1) * (whole * (whole + 1) - 3 * variance)
    return whole + part / (6 * (variance - (whole + 1) ** 2))
