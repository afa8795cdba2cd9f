"""NDAA, near-distribution anomalies: a part of the image bent along a sine (METHODS 12.4).

Paper 004 gives the steps (figure 2) and no number. The mask is where bending changed the image,
without the scattered dots that bending leaves on any background.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from ssad_lib.augment import draws
from ssad_lib.augment.augmentation import Parameters
from ssad_lib.augment.options import interval, number, option
from ssad_lib.augment.simulated.parts import REFERENCE, pixels

TRIES = 6  # the first draw, and five more where it changes next to nothing
LEAST = 20  # pixels of a mask, of 256 × 256
BLOCK = 8  # pixels of a block whose changed pixels are counted, of 256 × 256


@dataclass(frozen=True)
class NearDistribution:
    """Bends a rectangle along a sine and keeps what is changed densely.

    Attributes
    ----------
    ndaa_side : tuple of float
        Bounds of the sides of the rectangle, in parts of the image's.
    ndaa_amplitude, ndaa_period : tuple of float
        Of the sine, in pixels of a 256 × 256 image.
    ndaa_threshold : float
        Mean absolute difference of the channels from which a pixel counts as changed.
    ndaa_density : float
        Share of changed pixels around a pixel from which it is kept.
    """

    ndaa_side: tuple[float, float] = option((0.3, 0.8), interval(0.01, 1))
    ndaa_amplitude: tuple[float, float] = option((4.0, 16.0), interval(0, REFERENCE))
    ndaa_period: tuple[float, float] = option((32.0, 128.0), interval(1, 16 * REFERENCE))
    ndaa_threshold: float = option(0.1, number(0, 1))
    ndaa_density: float = option(0.25, number(0, 1))

    def draw(
        self, n: int, generator: torch.Generator, image_shape: tuple[int, int, int]
    ) -> Parameters:
        """Draw six rectangles and sines for each image, each parameter ``(n, 6)``."""
        _, height, width = image_shape
        tries = (n, TRIES)
        scale = pixels(1.0, height, width)
        tall = (draws.uniform(tries, self.ndaa_side, generator) * height).round().clamp(min=2)
        wide = (draws.uniform(tries, self.ndaa_side, generator) * width).round().clamp(min=2)
        return {
            "height": tall.long(),
            "width": wide.long(),
            "top": draws.place(height - tall, generator),
            "left": draws.place(width - wide, generator),
            "amplitude": draws.uniform(tries, self.ndaa_amplitude, generator) * scale,
            "period": draws.uniform(tries, self.ndaa_period, generator) * scale,
            "phase": draws.uniform(tries, (0, 2 * math.pi), generator),
            "sideways": draws.uniform(tries, (0, 1), generator) < 0.5,
        }

    def apply(self, images: Tensor, parameters: Parameters) -> tuple[Tensor, Tensor]:
        """Bend; where six tries change next to nothing the image stays as it is."""
        result = images.clone()
        masks = torch.zeros((len(images), *images.shape[2:]), dtype=torch.bool)
        masks = masks.to(images.device)
        enough = max(1, round(LEAST * pixels(1.0, *images.shape[2:]) ** 2))
        left = torch.arange(len(images), device=images.device)
        for attempt in range(TRIES):
            chosen = {key: value[left.cpu(), attempt] for key, value in parameters.items()}
            bent = self._bent(images[left], {k: v.to(images.device) for k, v in chosen.items()})
            found = self._mask(images[left], bent)
            good = found.flatten(1).sum(1) >= enough
            places = left[good]
            result[places] = torch.where(found[good].unsqueeze(1), bent[good], images[places])
            masks[places] = found[good]
            left = left[~good]
            if len(left) == 0:
                break
        return result, masks

    def _bent(self, images: Tensor, chosen: Parameters) -> Tensor:
        """Return the images, bent within their rectangles."""
        height, width = images.shape[2:]
        row = torch.arange(height, device=images.device, dtype=images.dtype).view(1, -1, 1)
        column = torch.arange(width, device=images.device, dtype=images.dtype).view(1, 1, -1)
        sizes = {key: value.to(images.dtype).view(-1, 1, 1) for key, value in chosen.items()}
        sideways = chosen["sideways"].view(-1, 1, 1)
        along = torch.where(sideways, row, column)
        wave = 2 * math.pi * along / sizes["period"] + sizes["phase"]
        shift = sizes["amplitude"] * wave.sin()
        y = torch.where(sideways, row, _reflected(row + shift, sizes["top"], sizes["height"]))
        x = torch.where(sideways, _reflected(column + shift, sizes["left"], sizes["width"]), column)
        inside = _within(row, sizes["top"], sizes["height"])
        inside = inside & _within(column, sizes["left"], sizes["width"])
        grid = torch.stack([(2 * x + 1) / width - 1, (2 * y + 1) / height - 1], dim=3)
        moved = F.grid_sample(images, grid, padding_mode="border", align_corners=False)
        return torch.where(inside.unsqueeze(1), moved, images)

    def _mask(self, images: Tensor, bent: Tensor) -> Tensor:
        """Return the changed pixels that lie among many others, bool ``(N, H, W)``."""
        changed = ((images - bent).abs().mean(1, keepdim=True) > self.ndaa_threshold).float()
        block = max(1, round(pixels(BLOCK, *images.shape[2:])))
        density = F.avg_pool2d(changed, block, ceil_mode=True, count_include_pad=False)
        wide = F.interpolate(density, images.shape[2:], mode="bilinear", align_corners=False)
        return ((changed > 0) & (wide > self.ndaa_density)).squeeze(1)


def _within(position: Tensor, start: Tensor, length: Tensor) -> Tensor:
    return (position >= start) & (position < start + length)


def _reflected(position: Tensor, start: Tensor, length: Tensor) -> Tensor:
    """Return positions brought back into [start, start + length - 1] by reflection at its ends."""
    period = 2 * (length - 1)
    place = (position - start) % period
    return start + torch.minimum(place, period - place)
