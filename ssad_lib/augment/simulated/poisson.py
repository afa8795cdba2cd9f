"""NSA, natural synthetic anomalies: patches of other images without a seam (METHODS 13.2).

Poisson blending is OpenCV's, the extra ``simulation`` of this library. The method's masks of the
object before its background are left out: a patch may lie anywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ssad_lib.augment import draws
from ssad_lib.augment.augmentation import Parameters
from ssad_lib.augment.options import choice, interval, number, option
from ssad_lib.augment.simulated.parts import pixels
from ssad_lib.errors import SsadError

HALF_WIDTH = (0.03, 0.4)  # bounds of half a side, in parts of the image's
GAMMA_SCALE = 0.05  # of the gamma law with shape 2 above the lower bound
RESIZED_SPREAD = 0.5
LEAST = 50  # pixels of a patch below which blending fails, of 256 × 256
CHANGED = 1.0  # grey levels beyond which a pixel counts as changed
SMALL_MEDIAN, LARGE_MEDIAN = 2, 5  # radius in pixels of 256 × 256: of the mask, of the label
MISSING = (
    "natural synthetic anomalies are blended by OpenCV, which is not installed: "
    "pip install 'ssad-lib[simulation]'"
)

Image = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Natural:
    """Poisson-blends one to `nsa_patches` patches of other normal images.

    Attributes
    ----------
    pool : Tensor
        ``(m, C, H, W)`` in [0, 1], of the shape of the images: where patches come from.
    nsa_mode : {"mixed", "normal"}
        Which gradients are kept: the stronger ones (textures) or the patch's (objects).
    nsa_patches : int
        The most; the first is always there, each other with a fair coin. 4 for textures.
    nsa_resized : tuple of float
        Bounds of the factor of the patch's size, N(1, 0.5); (0.7, 1.3) for objects.
    nsa_slope, nsa_middle : float
        Of the logistic label: k, and x0 in grey levels.
    """

    pool: Tensor
    nsa_mode: str = option("mixed", choice("mixed", "normal"))
    nsa_patches: int = 4
    nsa_resized: tuple[float, float] = option((0.5, 2.0), interval(0.1, 10))
    nsa_slope: float = option(1 / 3, number(0, 100))
    nsa_middle: float = option(7.0, number(0, 255))

    def draw(
        self, n: int, generator: torch.Generator, image_shape: tuple[int, int, int]
    ) -> Parameters:
        """Draw ``picture`` (n,) of the pool and, (n, patches) in pixels, sizes and places."""
        _, height, width = image_shape
        shape = (n, self.nsa_patches)
        used = draws.uniform(shape, (0, 1), generator) < 0.5
        used[:, 0] = True
        tall, wide = (_sides(shape, side, generator) for side in (height, width))
        factor = 1 + RESIZED_SPREAD * torch.randn(shape, generator=generator, dtype=torch.float64)
        factor = factor.clamp(*self.nsa_resized)
        new_tall = (tall * factor).round().clamp(2, height).long()
        new_wide = (wide * factor).round().clamp(2, width).long()
        return {
            "picture": torch.randint(len(self.pool), (n,), generator=generator),
            "used": used,
            "height": tall,
            "width": wide,
            "top": draws.place(height - tall, generator),
            "left": draws.place(width - wide, generator),
            "to_height": new_tall,
            "to_width": new_wide,
            "to_top": draws.place(height - new_tall, generator),
            "to_left": draws.place(width - new_wide, generator),
        }

    def apply(self, images: Tensor, parameters: Parameters) -> tuple[Tensor, Tensor]:
        """Blend; the mask is where a patch changed the image by more than a grey level."""
        blended, masks, _ = self._blended(images, parameters)
        return blended, masks

    def labelled(self, images: Tensor, parameters: Parameters) -> tuple[Tensor, Tensor]:
        """Blend; return images and labels ``(N, H, W)``: 0 outside, nearer to 1 the more changed.

        Inside of the mask the label is the logistic function of the median-filtered change.
        """
        blended, masks, changes = self._blended(images, parameters)
        logistic = torch.sigmoid(self.nsa_slope * (changes - self.nsa_middle))
        return blended, torch.where(masks, logistic, torch.zeros_like(logistic))

    def _blended(self, images: Tensor, parameters: Parameters) -> tuple[Tensor, Tensor, Tensor]:
        """Return images, masks and median-filtered changes in grey levels."""
        kept = _as_bytes(images)
        donors = _as_bytes(self.pool[parameters["picture"].cpu()])
        numbers = {key: value.cpu().numpy() for key, value in parameters.items()}
        parts = [
            self._one(kept[i], donors[i], {key: value[i] for key, value in numbers.items()})
            for i in range(len(kept))
        ]
        blended, masks, changes = (np.stack(part) for part in zip(*parts, strict=True))
        as_float = torch.from_numpy(blended).to(images.device, images.dtype) / 255
        as_float = as_float.permute(0, 3, 1, 2)[:, : images.shape[1]]
        found = torch.from_numpy(masks).to(images.device)
        # What no patch touched stays as it was: to bytes and back it might move by rounding.
        return (
            torch.where(found.unsqueeze(1), as_float, images),
            found,
            torch.from_numpy(changes).to(images.device, images.dtype),
        )

    def _one(
        self, image: Image, donor: Image, numbers: dict[str, Any]
    ) -> tuple[Image, NDArray[np.bool_], NDArray[np.float32]]:
        height, width = image.shape[:2]
        result, touched = image, np.zeros((height, width), np.bool_)
        for patch in np.flatnonzero(numbers["used"]):
            chosen = {key: int(numbers[key][patch]) for key in PLACES}
            pasted, place = _pasted(donor, chosen, image.shape)
            if place.sum() >= LEAST * pixels(1.0, height, width) ** 2:
                result, done = self._clone(result, pasted, place)
                touched |= place & done
        change = np.abs(result.astype(np.float32) - image).mean(2)
        median = _library().medianBlur
        changed = median(
            ((change > CHANGED) & touched).astype(np.uint8), _kernel(SMALL_MEDIAN, height, width)
        )
        smooth = median(change.round().astype(np.uint8), _kernel(LARGE_MEDIAN, height, width))
        return result, changed.astype(np.bool_), smooth.astype(np.float32)

    def _clone(self, image: Image, pasted: Image, place: NDArray[np.bool_]) -> tuple[Image, bool]:
        """Return the image with the patch blended in, and whether that could be done."""
        cv2 = _library()
        mode = cv2.MIXED_CLONE if self.nsa_mode == "mixed" else cv2.NORMAL_CLONE
        rows, columns = np.flatnonzero(place.any(1)), np.flatnonzero(place.any(0))
        # OpenCV moves the middle of the mask's box to the point given; this keeps it in place.
        middle = (
            int(columns[0] + (columns[-1] - columns[0] + 1) // 2),
            int(rows[0] + (rows[-1] - rows[0] + 1) // 2),
        )
        try:
            return cv2.seamlessClone(
                pasted, image, place.astype(np.uint8) * 255, middle, mode
            ), True
        except cv2.error:
            return image, False


PLACES = ("height", "width", "top", "left", "to_height", "to_width", "to_top", "to_left")


def _sides(shape: tuple[int, ...], side: int, generator: torch.Generator) -> Tensor:
    """Return sides in pixels: twice 0.03 + Gamma(2, 0.05) of the image's, within bounds."""
    uniform = 1 - draws.uniform((*shape, 2), (0, 1), generator)
    gamma = -GAMMA_SCALE * uniform.log().sum(-1)
    half = (HALF_WIDTH[0] + gamma).clamp(*HALF_WIDTH)
    return (2 * half * side).round().clamp(2, side).long()


def _pasted(
    donor: Image, chosen: dict[str, int], shape: tuple[int, ...]
) -> tuple[Image, NDArray[np.bool_]]:
    """Return the resized patch at its new place on an empty image, and where it is.

    The outer pixels of the image are never part of it: blending needs a border.
    """
    top, left, height, width = (chosen[key] for key in ("top", "left", "height", "width"))
    patch = donor[top : top + height, left : left + width]
    new = (chosen["to_width"], chosen["to_height"])
    resized = _library().resize(patch, new)
    rows = slice(chosen["to_top"], chosen["to_top"] + new[1])
    columns = slice(chosen["to_left"], chosen["to_left"] + new[0])
    canvas, place = np.zeros(shape, np.uint8), np.zeros(shape[:2], np.bool_)
    canvas[rows, columns], place[rows, columns] = resized, True
    place[[0, -1]] = False
    place[:, [0, -1]] = False
    return canvas, place


def _as_bytes(images: Tensor) -> Image:
    """Return images ``(n, C, H, W)`` as contiguous ``(n, H, W, 3)`` bytes."""
    colour = images.expand(-1, 3, -1, -1).permute(0, 2, 3, 1)
    bytes_: Image = (colour * 255).round().clamp(0, 255).to("cpu", torch.uint8).contiguous().numpy()
    return bytes_


def _kernel(radius: int, height: int, width: int) -> int:
    return 2 * max(1, math.floor(pixels(radius, height, width) + 0.5)) + 1


def _library() -> Any:
    """Return OpenCV, which only this generator needs."""
    try:
        import cv2
    except ImportError as error:
        raise SsadError(MISSING) from error
    return cv2
