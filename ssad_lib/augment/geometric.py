"""Geometric augmentations: Rotate, Crop, Flip, GEOM (METHODS section 2; paper 000, Section 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from ssad_lib.augment import draws
from ssad_lib.augment.augmentation import Parameters, require_square
from ssad_lib.augment.options import choice, number, option

CROP_AREA = (0.08, 1.0)
CROP_ASPECT = (3 / 4, 4 / 3)
TRANSLATIONS = {
    "xy9": tuple((y, x) for y in (-1, 0, 1) for x in (-1, 0, 1)),
    "axis5": ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)),
}


def quarter_turn_table(pixels: Tensor) -> Tensor:
    """Return ``(4, H * W)``: where each pixel of the turned image comes from, for 0 to 3 turns.

    `pixels` ``(H, W)`` numbers the pixels of a square image; turns are counter-clockwise.
    """
    return torch.stack([pixels.rot90(turns).flatten() for turns in range(4)])


def take_pixels(images: Tensor, index: Tensor) -> Tensor:
    """Return, for each image, the pixels its row of `index` ``(n, P)`` names, ``(n, C, P)``."""
    return images.flatten(2).gather(2, index.unsqueeze(1).expand(-1, images.shape[1], -1))


@dataclass(frozen=True)
class Rotate:
    """Rotation by 0, 90, 180 or 270 degrees, each with probability 1/4, exact."""

    in_chunks: ClassVar[bool] = False

    def draw(
        self, n: int, generator: torch.Generator, image_shape: tuple[int, int, int]
    ) -> Parameters:
        """Draw ``quarter_turns`` (n,), counter-clockwise."""
        require_square("Rotate", *image_shape[1:])
        return {"quarter_turns": torch.randint(4, (n,), generator=generator)}

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Turn."""
        require_square("Rotate", *images.shape[2:])
        pixels = torch.arange(images.shape[2:].numel(), device=images.device).view(images.shape[2:])
        index = quarter_turn_table(pixels).index_select(0, parameters["quarter_turns"])
        return take_pixels(images, index).view(images.shape)


@dataclass(frozen=True)
class Crop:
    """Random resized crop: area U(0.08, 1), aspect log-U(3/4, 4/3), bilinear back to size."""

    in_chunks: ClassVar[bool] = False

    def draw(
        self, n: int, generator: torch.Generator, image_shape: tuple[int, int, int]
    ) -> Parameters:
        """Draw the box: ``top``, ``left``, ``height``, ``width`` (n,) in pixels."""
        _, H, W = image_shape
        tries = (n, draws.TRIES)
        area = draws.uniform(tries, CROP_AREA, generator) * (H * W)
        aspect = draws.log_uniform(tries, CROP_ASPECT, generator)
        width = (area * aspect).sqrt().round().long()
        height = (area / aspect).sqrt().round().long()
        valid = (width > 0) & (width <= W) & (height > 0) & (height <= H)
        found, height, width = draws.first_valid(valid, height, width)
        # With no valid try: the largest centred box of admissible aspect.
        central_height = min(H, round(W / CROP_ASPECT[0]))
        central_width = min(W, round(H * CROP_ASPECT[1]))
        height = torch.where(found, height, central_height)
        width = torch.where(found, width, central_width)
        top = torch.where(found, draws.place(H - height, generator), (H - central_height) // 2)
        left = torch.where(found, draws.place(W - width, generator), (W - central_width) // 2)
        return {"top": top, "left": left, "height": height, "width": width}

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Cut the box out and stretch it bilinearly; half-pixel centres, edges clamped to it."""
        n, _, H, W = images.shape
        rows = _sampled(parameters["top"], parameters["height"], H, images.dtype)
        columns = _sampled(parameters["left"], parameters["width"], W, images.dtype)
        grid = torch.stack(
            [columns.unsqueeze(1).expand(n, H, W), rows.unsqueeze(2).expand(n, H, W)], dim=3
        )
        return F.grid_sample(images, grid, padding_mode="border", align_corners=False)


def _sampled(start: Tensor, length: Tensor, size: int, dtype: torch.dtype) -> Tensor:
    """Return ``(n, size)`` places in the box, one per output pixel, scaled so the image is ±1."""
    centre = torch.arange(size, device=start.device, dtype=dtype) + 0.5
    start, length = start.to(dtype).unsqueeze(1), length.to(dtype).unsqueeze(1)
    inside = (centre * (length / size) - 0.5).clamp_(min=0).minimum(length - 1)
    return (2 * (start + inside) + 1) / size - 1


@dataclass(frozen=True)
class Flip:
    """Vertical flip with probability `flip_p`: 0.5 in training, 1 as anomaly function.

    With probability 1 in training a DAE would learn to flip normal images (METHODS 2.7).
    """

    in_chunks: ClassVar[bool] = False
    flip_p: float = option(0.5, number(0, 1))

    def draw(
        self,
        n: int,
        generator: torch.Generator,
        image_shape: tuple[int, int, int],  # noqa: ARG002
    ) -> Parameters:
        """Draw ``flipped`` (n,)."""
        return {"flipped": draws.chance(n, self.flip_p, generator)}

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Turn upside down."""
        n, C, H, W = images.shape
        row = torch.arange(H, device=images.device)
        order = torch.stack([row, row.flip(0)]).index_select(0, parameters["flipped"].long())
        first = torch.arange(0, n * C * H, H, device=images.device).view(n, C, 1)
        rows = (first + order.unsqueeze(1)).flatten()
        return images.reshape(-1, W).index_select(0, rows).view(images.shape)


def shift_length(side: int) -> int:
    """Return GEOM's translation in pixels: a quarter of the side."""
    return round(0.25 * side)


@dataclass(frozen=True)
class Geom:
    """Mirror, translate by a quarter of the side, rotate: 72 transforms, all equally likely.

    Paper 000 says rotate, flip vertically, translate; its code mirrors, translates, rotates. Both
    are the same distribution: a uniform rotation times a fair flip is uniform on the symmetries of
    the square, and these map the set of translations onto itself.

    Attributes
    ----------
    geom_fill : {"zero", "reflect"}
        What enters at the border: zeros, or the image mirrored with its edge repeated (AP).
    geom_translate : {"xy9", "axis5"}
        Both axes independent (9 shifts), or none, vertical or horizontal (5 shifts; 40 transforms).
    """

    in_chunks: ClassVar[bool] = True
    geom_fill: str = option("zero", choice("zero", "reflect"))
    geom_translate: str = option("xy9", choice(*TRANSLATIONS))

    def draw(
        self, n: int, generator: torch.Generator, image_shape: tuple[int, int, int]
    ) -> Parameters:
        """Draw ``mirrored`` (n,), ``shift`` (n, 2) in quarters (down, right), ``quarter_turns``."""
        require_square("GEOM", *image_shape[1:])
        shifts = torch.tensor(TRANSLATIONS[self.geom_translate])
        return {
            "mirrored": draws.chance(n, 0.5, generator),
            "shift": shifts[torch.randint(len(shifts), (n,), generator=generator)],
            "quarter_turns": torch.randint(4, (n,), generator=generator),
        }

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Mirror, translate, turn: one look-up in the padded image."""
        side = images.shape[3]
        require_square("GEOM", *images.shape[2:])
        step = shift_length(side)
        stride = side + 2 * step
        row = torch.arange(side, device=images.device).unsqueeze(1)
        column = row.T
        plain = quarter_turn_table(row * stride + column)
        mirror = quarter_turn_table(row * stride + (side - 1 - column))
        mirrored = parameters["mirrored"].long()
        table = torch.cat([plain, mirror])
        index = table.index_select(0, 4 * mirrored + parameters["quarter_turns"])
        # A shift moves all looked-up pixels alike; in a mirrored image left is right.
        down, right = (step * parameters["shift"]).unbind(1)
        start = (step - down) * stride + step - right * (1 - 2 * mirrored)
        index.add_(start.unsqueeze(1))
        return take_pixels(self._padded(images, step), index).view(images.shape)

    def _padded(self, images: Tensor, step: int) -> Tensor:
        if self.geom_fill == "zero":
            return F.pad(images, (step,) * 4)
        side = images.shape[3]
        inside = torch.arange(side, device=images.device)
        mirror = torch.cat([inside[:step].flip(0), inside, inside[side - step :].flip(0)])
        return images.index_select(2, mirror).index_select(3, mirror)
