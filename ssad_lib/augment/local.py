"""Local augmentations: CutOut, CutPaste, CP-scar (METHODS section 2; paper 000, Section 3).

All three are known by rectangles in whole pixels; a patch is cut from an image, coloured, and
pasted into the same image.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from ssad_lib.augment import draws
from ssad_lib.augment.augmentation import Parameters
from ssad_lib.augment.color import draw_jitter, jitter
from ssad_lib.augment.geometric import take_pixels
from ssad_lib.augment.options import choice, flag, interval, number, option, pixel_range
from ssad_lib.errors import SsadError

CUTOUT_AREA = (0.02, 0.33)
CUTPASTE_AREA = (0.02, 0.15)
CUTPASTE_ASPECT = (0.3, 3.3)
SCAR_ANGLE = 45.0  # degrees
SCAR_JITTER = 0.1
SCAR_REFERENCE = 256  # image side in pixels for which CutPaste's authors gave the scar's size


@dataclass(frozen=True)
class CutOut:
    """Random erasing with probability 1 and value 0.

    Attributes
    ----------
    cutout_aspect : tuple of float
        Bounds of height over width, log-uniform. The paper does not say; the code has (0.3, 3.3).
    cutout_area : tuple of float
        Bounds of the area in parts of the image, uniform; equal ones fix it.
    """

    in_chunks: ClassVar[bool] = False
    cutout_aspect: tuple[float, float] = option((0.3, 3.3), interval(0.01, 100))
    cutout_area: tuple[float, float] = option(CUTOUT_AREA, interval(0, 1))

    def draw(
        self, n: int, generator: torch.Generator, image_shape: tuple[int, int, int]
    ) -> Parameters:
        """Draw ``top``, ``left``, ``height``, ``width`` (n,) in pixels; size 0 erases nothing."""
        _, H, W = image_shape
        tries = (n, draws.TRIES)
        area = draws.uniform(tries, self.cutout_area, generator) * (H * W)
        aspect = draws.log_uniform(tries, self.cutout_aspect, generator)
        height = (area * aspect).sqrt().round().long()
        width = (area / aspect).sqrt().round().long()
        found, height, width = draws.first_valid((height < H) & (width < W), height, width)
        height, width = height * found, width * found
        top, left = draws.place(H - height, generator), draws.place(W - width, generator)
        return {"top": top, "left": left, "height": height, "width": width}

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Set the rectangle to zero."""
        rows = within(parameters["top"], parameters["height"], images.shape[2])
        columns = within(parameters["left"], parameters["width"], images.shape[3])
        hole = rows.to(images.dtype).unsqueeze(2) * columns.to(images.dtype).unsqueeze(1)
        return images * (1 - hole).unsqueeze(1)


@dataclass(frozen=True)
class CutPaste:
    """Copy a rectangle, jitter its colours and paste it at another place.

    Attributes
    ----------
    cutpaste_aspect_mode : {"mixture", "loguniform"}
        Width over height: a fair coin between U(0.3, 1) and U(1, 3.3), or log-U(0.3, 3.3) (DSV).
    cutpaste_jitter : float
        Strength of brightness, contrast, saturation and hue of the patch.
    cutpaste_area_law : {"uniform", "loguniform"}
        Law of the area.
    cutpaste_area, cutpaste_aspect : tuple of float
        Bounds of the area in parts of the image and of width over height; equal ones fix it. The
        mixture needs 1 between its bounds.
    """

    in_chunks: ClassVar[bool] = True
    cutpaste_aspect_mode: str = option("mixture", choice("mixture", "loguniform"))
    cutpaste_jitter: float = option(0.1, number(0, 0.5))
    cutpaste_area_law: str = option("uniform", choice("uniform", "loguniform"))
    cutpaste_area: tuple[float, float] = option(CUTPASTE_AREA, interval(0.0001, 1))
    cutpaste_aspect: tuple[float, float] = option(CUTPASTE_ASPECT, interval(0.01, 100))

    def __post_init__(self) -> None:
        low, high = self.cutpaste_aspect
        if self.cutpaste_aspect_mode == "mixture" and not low <= 1 <= high:
            raise SsadError(
                f"option cutpaste_aspect={self.cutpaste_aspect} needs 1 between its bounds: give "
                "others, or cutpaste_aspect_mode='loguniform'"
            )

    def draw(
        self, n: int, generator: torch.Generator, image_shape: tuple[int, int, int]
    ) -> Parameters:
        """Draw patch size, its place, ``to_top`` and ``to_left`` (n,) in pixels, and colours."""
        _, H, W = image_shape
        law = draws.uniform if self.cutpaste_area_law == "uniform" else draws.log_uniform
        area = law((n,), self.cutpaste_area, generator) * (H * W)
        aspect = self._draw_aspect(n, generator)
        height = (area / aspect).sqrt().long().clamp(1, H)
        width = (area * aspect).sqrt().long().clamp(1, W)
        return {
            "height": height,
            "width": width,
            "top": draws.place(H - height, generator),
            "left": draws.place(W - width, generator),
            "to_top": draws.place(H - height, generator),
            "to_left": draws.place(W - width, generator),
            **draw_jitter(n, generator, self.cutpaste_jitter, self.cutpaste_jitter),
        }

    def _draw_aspect(self, n: int, generator: torch.Generator) -> Tensor:
        if self.cutpaste_aspect_mode == "loguniform":
            return draws.log_uniform((n,), self.cutpaste_aspect, generator)
        low, high = self.cutpaste_aspect
        flat = draws.uniform((n,), (low, 1.0), generator)
        wide = draws.uniform((n,), (1.0, high), generator)
        return torch.where(draws.chance(n, 0.5, generator), flat, wide)

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Cut, colour, paste."""
        _, _, H, W = images.shape
        largest = math.sqrt(self.cutpaste_area[1] * H * W)
        flat, wide = self.cutpaste_aspect
        canvas_height = min(H, max(1, int(largest / math.sqrt(flat))))
        canvas_width = min(W, max(1, int(largest * math.sqrt(wide))))
        patches = _cut(images, parameters, canvas_height, canvas_width)
        row = _steps(H, images)[:, None] - parameters["to_top"].view(-1, 1, 1)
        column = _steps(W, images)[None, :] - parameters["to_left"].view(-1, 1, 1)
        return _paste(images, patches, row, column, parameters)


@dataclass(frozen=True)
class CPScar:
    """Copy a thin rectangle, jitter its colours, turn it by U(-45, 45) degrees and paste it.

    Attributes
    ----------
    scar_h, scar_w : tuple of int
        Height and width in pixels, the upper bound excluded.
    scar_scale_with_image : bool
        Shrink the scar by side / 256. Off, it keeps its size: huge on 32 pixels, as in the code.
    """

    in_chunks: ClassVar[bool] = True
    scar_h: tuple[int, int] = option((10, 25), pixel_range)
    scar_w: tuple[int, int] = option((2, 16), pixel_range)
    scar_scale_with_image: bool = option(False, flag)

    def draw(
        self, n: int, generator: torch.Generator, image_shape: tuple[int, int, int]
    ) -> Parameters:
        """Draw patch size, its place, ``angle``, and ``row``, ``column`` of the pasted centre.

        A turned scar larger than the image is centred, and what sticks out is lost.
        """
        _, H, W = image_shape
        height = self._sized(torch.randint(*self.scar_h, (n,), generator=generator), H, W, H)
        width = self._sized(torch.randint(*self.scar_w, (n,), generator=generator), H, W, W)
        angle = draws.uniform((n,), (-SCAR_ANGLE, SCAR_ANGLE), generator)
        canvas_height, canvas_width = turned_size(height, width, angle)
        return {
            "height": height,
            "width": width,
            "top": draws.place(H - height, generator),
            "left": draws.place(W - width, generator),
            "angle": angle,
            "row": _draw_centre(H, canvas_height, generator),
            "column": _draw_centre(W, canvas_width, generator),
            **draw_jitter(n, generator, SCAR_JITTER, SCAR_JITTER),
        }

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Cut, colour, turn (nearest pixel), paste the pixels that came from the patch."""
        _, _, H, W = images.shape
        sizes = [torch.tensor(bounds[1] - 1) for bounds in (self.scar_h, self.scar_w)]
        canvas_height = int(self._sized(sizes[0], H, W, H))
        canvas_width = int(self._sized(sizes[1], H, W, W))
        patches = _cut(images, parameters, canvas_height, canvas_width)
        down = _steps(H, images)[:, None] + 0.5 - parameters["row"].view(-1, 1, 1)
        right = _steps(W, images)[None, :] + 0.5 - parameters["column"].view(-1, 1, 1)
        angle = parameters["angle"].view(-1, 1, 1) * (math.pi / 180)
        row = down * angle.cos() + right * angle.sin() + parameters["height"].view(-1, 1, 1) / 2
        column = right * angle.cos() - down * angle.sin() + parameters["width"].view(-1, 1, 1) / 2
        return _paste(images, patches, row.floor().long(), column.floor().long(), parameters)

    def _sized(self, size: Tensor, H: int, W: int, limit: int) -> Tensor:
        if self.scar_scale_with_image:
            size = (size * (min(H, W) / SCAR_REFERENCE)).round().long()
        return size.clamp(1, limit)


def turned_size(height: Tensor, width: Tensor, angle: Tensor) -> tuple[Tensor, Tensor]:
    """Return height and width in pixels of the canvas that holds a turned rectangle.

    As in PIL and torchvision a side keeps its parity, so that turning by 0 degrees moves no pixel.
    """
    cosine, sine = angle.deg2rad().cos(), angle.deg2rad().sin().abs()
    tolerance = 1e-4  # pixels; an exact fit must not grow by a rounding error
    grown_height = (height * cosine + width * sine - height) / 2 - tolerance
    grown_width = (height * sine + width * cosine - width) / 2 - tolerance
    return height + 2 * grown_height.ceil().long(), width + 2 * grown_width.ceil().long()


def _draw_centre(side: int, canvas: Tensor, generator: torch.Generator) -> Tensor:
    room = side - canvas
    start = draws.place(room.clamp(min=0), generator) + room.clamp(max=0) // 2
    return start + canvas.double() / 2


def _steps(count: int, images: Tensor) -> Tensor:
    return torch.arange(count, device=images.device)


def within(start: Tensor, length: Tensor, size: int) -> Tensor:
    """Return ``(n, size)`` truth values: true from start to start + length."""
    step = torch.arange(size, device=start.device) - start.unsqueeze(1)
    return (step >= 0) & (step < length.unsqueeze(1))


def _cut(images: Tensor, parameters: Parameters, height: int, width: int) -> Tensor:
    """Return the patches, colours jittered, each in the corner of a (height, width) canvas.

    The canvas fits the largest patch the options allow, not the largest of the batch: so the sums
    over a patch, and with them the result, do not depend on the rest of the batch.
    """
    n, C, H, W = images.shape
    rows = (parameters["top"].unsqueeze(1) + _steps(height, images)).clamp_(max=H - 1)
    columns = (parameters["left"].unsqueeze(1) + _steps(width, images)).clamp_(max=W - 1)
    index = (rows.unsqueeze(2) * W + columns.unsqueeze(1)).flatten(1)
    patches = take_pixels(images, index).view(n, C, height, width)
    inside_rows = _steps(height, images) < parameters["height"].unsqueeze(1)
    inside_columns = _steps(width, images) < parameters["width"].unsqueeze(1)
    area = (parameters["height"] * parameters["width"]).unsqueeze(1)
    row_weights = inside_rows.to(images.dtype) / area
    weights = row_weights.unsqueeze(2) * inside_columns.to(images.dtype).unsqueeze(1)
    return jitter(patches, parameters, weights.unsqueeze(1))


def _paste(
    images: Tensor, patches: Tensor, row: Tensor, column: Tensor, parameters: Parameters
) -> Tensor:
    """Replace each pixel by the patch pixel (row, column) it asks for, where the patch has one."""
    H, W = images.shape[2:]
    height, width = (parameters[key].view(-1, 1, 1) for key in ("height", "width"))
    inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    own = torch.arange(H * W, device=images.device).view(H, W)
    # The patch's pixels are numbered after the image's, so that one look-up serves both.
    index = torch.where(inside, row * patches.shape[3] + column + H * W, own)
    both = torch.cat([images.flatten(2), patches.flatten(2)], dim=2)
    return take_pixels(both, index.flatten(1)).view(images.shape)
