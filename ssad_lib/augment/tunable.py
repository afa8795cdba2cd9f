"""CutDiff and Rotation: differentiable in their hyper-parameters (paper 001, Section 3.2).

As ordinary augmentations they take their hyper-parameters as options. A tuner takes `initial`
values, a tensor with gradient, and hands it to `apply`; `hyperparameters` says what it holds.
METHODS 9.4 and 9.7 give the formulas and the readings of the paper between which options choose.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from ssad_lib.augment import draws
from ssad_lib.augment.augmentation import Parameters
from ssad_lib.augment.options import choice, number, option

Number = float | Tensor
SMALLEST_SIZE = 1e-8
LARGEST_RATIO = 1e6  # on real parts a slanting stripe of nearly a thousand was learned


@dataclass(frozen=True)
class CutDiff:
    """Darken a smooth round patch: ``clip(x - P, 0, 1)``, P a Gaussian bump of height 1.

    ``P = exp(-d' (L L')⁻¹ d)``, d the offset of a pixel from the patch's centre in parts of the
    image's height and width, L lower triangular with ``L L' = R S² R'``: R turns by `angle`, S
    holds the half axes. The values to tune are ``(log l11, log l22, l21)``.

    Attributes
    ----------
    size : float
        The product of the half axes, in parts of the image's area (``"area"``); or their geometric
        mean, in parts of its side (``"length"``).
    ratio : float
        At angle 0 the half axes down and across are ``√(size / ratio), √(size · ratio)``
        (``"area"``) or ``size / ratio, size · ratio`` (``"length"``).
    angle : float
        Degrees, from down towards right.
    cutdiff_center : {"image", "batch"}
        A centre for every image, or one for a whole batch (as in DSV's code).
    size_semantics : {"area", "length"}
        Which of the two readings `size` has. The paper prints the second; only with the first do
        its initial and its learned sizes make visible patches.
    cutdiff_width_factor : float
        Factor of both half axes; the square root of 0.2 in DSV's code.
    """

    in_chunks: ClassVar[bool] = False
    size: float = option(0.01, number(SMALLEST_SIZE, 4))
    ratio: float = option(1.0, number(1 / LARGEST_RATIO, LARGEST_RATIO))
    angle: float = option(0.0, number(-360, 360))
    cutdiff_center: str = option("image", choice("image", "batch"))
    size_semantics: str = option("area", choice("area", "length"))
    cutdiff_width_factor: float = option(1.0, number(0.01, 10))

    def draw(
        self,
        n: int,
        generator: torch.Generator,
        image_shape: tuple[int, int, int],  # noqa: ARG002
    ) -> Parameters:
        """Draw the centre: ``row`` and ``column`` (n,) in parts of the image."""
        count = n if self.cutdiff_center == "image" else 1
        row, column = (draws.uniform((count,), (0.0, 1.0), generator).expand(n) for _ in "ij")
        return {"row": row.clone(), "column": column.clone()}

    def apply(self, images: Tensor, parameters: Parameters, values: Tensor | None = None) -> Tensor:
        """Subtract the patch of the options, or of `values` ``(3,)`` or, per image, ``(n, 3)``."""
        chosen = self.initial() if values is None else values
        first, second, slant = chosen.to(images).view(-1, 3).T.view(3, -1, 1, 1)
        down = _offsets(images.shape[2], parameters["row"], images).unsqueeze(2)
        right = _offsets(images.shape[3], parameters["column"], images).unsqueeze(1)
        # Forward substitution of L u = d: the distance is |u|².
        along = down * (-first).exp()
        across = (right - slant * along) * (-second).exp()
        patch = (-(along**2) - across**2).exp()
        return (images - patch.unsqueeze(1)).clamp(0, 1)

    def initial(
        self, size: Number | None = None, ratio: Number | None = None, angle: Number | None = None
    ) -> Tensor:
        """Return ``(log l11, log l22, l21)`` in float64 of hyper-parameters.

        Parameters
        ----------
        size, ratio, angle : float or Tensor, shape (k,)
            Those of the options where not given.

        Returns
        -------
        Tensor
            ``(3,)``, or ``(k, 3)`` for tensors.
        """
        size = _number(self.size if size is None else size)
        ratio = _number(self.ratio if ratio is None else ratio)
        turn = _number(self.angle if angle is None else angle).deg2rad()
        if self.size_semantics == "area":
            size, ratio = size.sqrt(), ratio.sqrt()
        down, across = (self.cutdiff_width_factor * axis for axis in (size / ratio, size * ratio))
        rows = (down * turn.cos()) ** 2 + (across * turn.sin()) ** 2
        mixed = (down**2 - across**2) * turn.sin() * turn.cos()
        first = rows.sqrt()
        return torch.stack([first.log(), (down * across / first).log(), mixed / first], dim=-1)

    def hyperparameters(self, values: Tensor) -> dict[str, float]:
        """Return size, ratio and angle of `values` ``(3,)``: the inverse of `initial`.

        A patch at (ratio, angle) is that at (1 / ratio, angle + 90); of the two the one with an
        angle from -45 (included) to 45 degrees is returned. A round patch has angle 0.
        """
        first, second, slant = values.detach().double().cpu()
        lower = torch.stack(
            [
                torch.stack([first.exp(), torch.zeros_like(slant)]),
                torch.stack([slant, second.exp()]),
            ]
        )
        rows, mixed, _, columns = (lower @ lower.T).flatten().tolist()
        if math.hypot(rows - columns, 2 * mixed) < 1e-9 * (rows + columns):
            turn = 0.0
        else:
            turn = 0.5 * math.atan2(2 * mixed, rows - columns)
        turn = (turn + math.pi / 4) % (math.pi / 2) - math.pi / 4
        cosine, sine = math.cos(turn), math.sin(turn)
        down = rows * cosine**2 + columns * sine**2 + 2 * mixed * sine * cosine
        across = rows * sine**2 + columns * cosine**2 - 2 * mixed * sine * cosine
        power = 0.5 if self.size_semantics == "area" else 0.25
        factor = self.cutdiff_width_factor ** (4 * power)
        return {
            "size": (down * across) ** power / factor,
            "ratio": (across / down) ** power,
            "angle": math.degrees(turn),
        }

    def bounded(self, values: Tensor, image_shape: tuple[int, int, int]) -> Tensor:
        """Return `values` with the diagonal of L from one pixel to the image's side.

        Below a pixel the patch falls between the pixels and has no gradient to come back by; beyond
        the image it darkens everything alike.
        """
        _, H, W = image_shape
        smallest = torch.tensor([-math.log(H), -math.log(W), -1.0]).to(values)
        largest = torch.tensor([0.0, 0.0, 1.0]).to(values)
        return values.clamp(smallest, largest)


@dataclass(frozen=True)
class Rotation:
    """Turn about the centre by any angle, bilinearly; the value to tune is the angle in radians.

    Attributes
    ----------
    angle : float
        Degrees, counter-clockwise.
    rot_padding : {"zeros", "border", "reflection"}
        What enters at the corners. Zeros tell turned images from others except at right angles.
    """

    in_chunks: ClassVar[bool] = False
    angle: float = option(90.0, number(-360, 360))
    rot_padding: str = option("zeros", choice("zeros", "border", "reflection"))

    def draw(
        self,
        n: int,  # noqa: ARG002
        generator: torch.Generator,  # noqa: ARG002
        image_shape: tuple[int, int, int],  # noqa: ARG002
    ) -> Parameters:
        """Draw nothing: all images turn alike."""
        return {}

    def apply(
        self,
        images: Tensor,
        parameters: Parameters,  # noqa: ARG002
        values: Tensor | None = None,
    ) -> Tensor:
        """Turn by the option, or by `values` ``(1,)`` or, for each image, ``(n, 1)`` in radians."""
        n, _, H, W = images.shape
        angle = (self.initial() if values is None else values).to(images).view(-1)
        cosine, sine, none = angle.cos(), angle.sin(), torch.zeros_like(angle)
        # The grid spans ±1 in both directions, whatever the sides.
        rows = (cosine, -sine * (H / W), none, sine * (W / H), cosine, none)
        affine = torch.stack(rows, dim=1).view(-1, 2, 3)
        grid = F.affine_grid(affine, [len(affine), 1, H, W], align_corners=False)
        grid = grid.expand(n, H, W, 2)
        return F.grid_sample(images, grid, padding_mode=self.rot_padding, align_corners=False)

    def initial(self, angle: Number | None = None) -> Tensor:
        """Return the angle(s), in degrees (those of the options if not given), in radians.

        The result is float64, ``(1,)``, or ``(k, 1)`` for a tensor of k angles.
        """
        return _number(self.angle if angle is None else angle).deg2rad().unsqueeze(-1)

    def hyperparameters(self, values: Tensor) -> dict[str, float]:
        """Return the angle of `values` ``(1,)`` in degrees, in [0, 360): inverse of `initial`."""
        return {"angle": math.degrees(float(values.detach())) % 360}

    def bounded(
        self,
        values: Tensor,
        image_shape: tuple[int, int, int],  # noqa: ARG002
    ) -> Tensor:
        """Return `values`: every angle is one."""
        return values


Tunable = CutDiff | Rotation


def _number(value: Number) -> Tensor:
    return torch.as_tensor(value, dtype=torch.float64)


def _offsets(side: int, centre: Tensor, images: Tensor) -> Tensor:
    """Return ``(n, side)``: pixel centres minus the patch's centre, in parts of the side."""
    pixels = (torch.arange(side, device=images.device, dtype=images.dtype) + 0.5) / side
    return pixels - centre.to(images).unsqueeze(1)
