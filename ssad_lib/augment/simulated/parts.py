"""What simulated anomalies share: their form, turning, and parameters in parts.

A simulation has the two functions of an augmentation, and ``apply`` returns a mask, too. Whatever
is drawn is drawn on the CPU by one generator; every random thing lies in the parameters, so that
the result of an image depends on its own pixels and its own row of parameters alone.
"""

from __future__ import annotations

import math
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from ssad_lib.augment.augmentation import Parameters

REFERENCE = 256  # side in pixels for which the papers give lengths; others are scaled to it


class Simulation(Protocol):
    """Makes anomalies in normal images and says where they are."""

    def draw(
        self, n: int, generator: torch.Generator, image_shape: tuple[int, int, int]
    ) -> Parameters:
        """Draw the parameters of `n` images of shape ``(C, H, W)``: CPU tensors, first axis n."""

    def apply(self, images: Tensor, parameters: Parameters) -> tuple[Tensor, Tensor]:
        """Return the images ``(N, C, H, W)`` with anomalies, and masks, bool ``(N, H, W)``."""


def simulate(
    simulation: Simulation, images: Tensor, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Draw and apply: ``(N, C, H, W)`` images in, the same shape and masks ``(N, H, W)`` out."""
    _, channels, height, width = images.shape
    parameters = simulation.draw(len(images), generator, (channels, height, width))
    return simulation.apply(images, parameters)


def under(name: str, parameters: Parameters) -> Parameters:
    """Return `parameters` as the part `name` of larger ones."""
    return {f"{name}/{key}": value for key, value in parameters.items()}


def part(name: str, parameters: Parameters) -> Parameters:
    """Return the part `name` of `parameters`: what `under` was given."""
    start = f"{name}/"
    return {
        key.removeprefix(start): value for key, value in parameters.items() if key.startswith(start)
    }


def rows(parameters: Parameters, chosen: Tensor) -> Parameters:
    """Return the parameters of the images whose places are `chosen`."""
    return {key: value[chosen] for key, value in parameters.items()}


def pixels(length: float, height: int, width: int) -> float:
    """Return a length given in pixels of a 256 × 256 image in those of this one."""
    return length * min(height, width) / REFERENCE


def turn(images: Tensor, degrees: Tensor) -> Tensor:
    """Return images ``(N, C, H, W)`` turned by `degrees` ``(N,)``; bilinear, black corners.

    An angle of 0 gives the image itself, to the last bit.
    """
    height, width = images.shape[2:]
    angle = degrees.to(images.device, torch.float64).view(-1, 1, 1) * (math.pi / 180)
    down = torch.arange(height, device=images.device) - (height - 1) / 2
    right = torch.arange(width, device=images.device) - (width - 1) / 2
    cosine, sine = angle.cos().to(images.dtype), angle.sin().to(images.dtype)
    x = cosine * right - sine * down[:, None]
    y = sine * right + cosine * down[:, None]
    grid = torch.stack([2 * x / width, 2 * y / height], dim=3).to(images.dtype)
    turned = F.grid_sample(images, grid, padding_mode="zeros", align_corners=False)
    return torch.where(degrees.to(images.device).view(-1, 1, 1, 1) == 0, images, turned)
