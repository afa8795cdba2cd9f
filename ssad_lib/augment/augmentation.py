"""What an augmentation is: parameters are drawn on the CPU, then applied by a pure function.

Source: paper 000, Section 3 (the augmentation functions) and Figure 1 (their categories).
"""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar, Protocol

import torch
from torch import Tensor

from ssad_lib.errors import SsadError

Parameters = dict[str, Tensor]
"""Small CPU tensors whose first axis is the image; index them to take, repeat or reorder images."""

SMALLEST_SIDE = 8
BYTES = 16.0  # no image in [0, 1] has such a value, whatever noise was added to it
CHUNK = 64 * 3 * 32 * 32  # values for each thread; intermediates of more leave a core's cache


class Operation(Protocol):
    """The two functions that make an augmentation; a frozen dataclass whose fields are options.

    Attributes
    ----------
    in_chunks : bool
        Whether it makes so many passes over the images that a CPU should take a large batch in
        parts that fit its cache. Writing the parts together costs a pass of its own.
    """

    in_chunks: ClassVar[bool]

    def draw(
        self, n: int, generator: torch.Generator, image_shape: tuple[int, int, int]
    ) -> Parameters:
        """Draw the parameters of `n` images of shape ``(C, H, W)``."""

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Apply parameters that already are on the images' device."""


@dataclasses.dataclass(frozen=True)
class Augmentation:
    """A named, batched image function; made by `ssad_lib.augment.get`.

    Attributes
    ----------
    name : str
        Name in the registry, e.g. ``"cutout"``.
    label : str
        The paper's spelling, e.g. ``"CutOut"``.
    category : str
        geometric, local, elementwise, color, mixed or none.
    colour : str
        Hexadecimal colour of the category, legible on white and on dark pages.
    operation : Operation
        The functions and their options.
    """

    name: str
    label: str
    category: str
    colour: str
    operation: Operation

    @property
    def options(self) -> dict[str, Any]:
        """Every option with its value, defaults included: what a run's key needs to know."""
        return dataclasses.asdict(self.operation)  # type: ignore[call-overload]

    def draw(
        self, n: int, generator: torch.Generator, image_shape: tuple[int, int, int]
    ) -> Parameters:
        """Draw fresh, independent parameters for every image.

        Parameters
        ----------
        n : int
            Number of images.
        generator : torch.Generator
            A CPU generator; the only source of randomness.
        image_shape : tuple of int
            ``(C, H, W)`` of the images, C in {1, 3}, H and W at least 8.

        Returns
        -------
        dict of str to Tensor
            CPU tensors with first axis `n`. Keep them to replay the draw; index all of them alike
            to take a part of the batch.

        Raises
        ------
        SsadError
            If the augmentation cannot take images of this shape.
        """
        _check_shape(self.label, tuple(image_shape))
        return self.operation.draw(n, generator, image_shape)

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Return the augmented images; the input is left as it is.

        The result of an image depends on its own row of `parameters` alone.

        Parameters
        ----------
        images : Tensor
            ``(N, C, H, W)``, floating point, values in [0, 1], on any device.
        parameters : dict of str to Tensor
            From `draw`, first axis N; moved to the images' device here.

        Raises
        ------
        SsadError
            If the images are not of that form or the parameters belong to another batch.
        """
        self._check(images, parameters)
        moved = _moved(parameters, images)
        rows = max(1, CHUNK * torch.get_num_threads() // images.shape[1:].numel())
        if images.device.type != "cpu" or len(images) <= rows or not self.operation.in_chunks:
            return self.operation.apply(images, moved)
        result = torch.empty_like(images)
        for start in range(0, len(images), rows):
            chunk = slice(start, start + rows)
            result[chunk] = self.operation.apply(images[chunk], _rows(moved, chunk))
        return result

    def __call__(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Draw and apply: ``(N, C, H, W)`` images in, the same shape out."""
        _, channels, height, width = self._check(images, {})
        # One image tells bytes, and on the CPU looking at it costs nothing.
        if images.device.type == "cpu" and len(images) and images[0].detach().amax() > BYTES:
            raise SsadError(
                f"{self.label} takes images in [0, 1], these reach {float(images[0].max()):g}: "
                "divide bytes by 255"
            )
        parameters = self.draw(len(images), generator, (channels, height, width))
        return self.apply(images, parameters)

    def _check(self, images: Tensor, parameters: Parameters) -> torch.Size:
        if not isinstance(images, Tensor):
            raise SsadError(
                f"{self.label} takes a float tensor (N, C, H, W) in [0, 1], not "
                f"{type(images).__name__}; convert it with torch.from_numpy"
            )
        if images.ndim != 4 or not images.is_floating_point():
            raise SsadError(
                f"{self.label} takes float images (N, C, H, W) in [0, 1], not {images.dtype} of "
                f"shape {tuple(images.shape)}; convert them first (bytes: divide by 255)"
            )
        _check_shape(self.label, tuple(images.shape[1:]))
        for key, value in parameters.items():
            if len(value) != len(images):
                raise SsadError(
                    f"{self.label} got {len(images)} images but parameters ('{key}') of "
                    f"{len(value)}; draw them for this batch or index both alike"
                )
        return images.shape


def _check_shape(label: str, image_shape: tuple[int, ...]) -> None:
    channels, *sides = image_shape if len(image_shape) == 3 else (0, 0, 0)
    if channels not in (1, 3) or min(sides) < SMALLEST_SIDE:
        raise SsadError(
            f"{label} cannot take images of shape {image_shape}; they must be (C, H, W) with 1 or "
            f"3 channels and sides of at least {SMALLEST_SIDE} pixels"
        )


def require_square(label: str, height: int, width: int) -> None:
    """Raise `SsadError` unless the image is square, as quarter turns need."""
    if height != width:
        raise SsadError(
            f"{label} turns images by 90 degrees and needs square ones, not {height} x {width}; "
            "resize them or choose another augmentation"
        )


def _rows(parameters: Parameters, rows: slice) -> Parameters:
    return {key: value[rows] for key, value in parameters.items()}


def _moved(parameters: Parameters, images: Tensor) -> Parameters:
    """Return the parameters on the images' device, real ones in the images' precision."""
    return {
        key: value.to(images.device, images.dtype if value.is_floating_point() else value.dtype)
        for key, value in parameters.items()
    }


def per_image(value: Tensor) -> Tensor:
    """Return ``(N,)`` values as ``(N, 1, 1, 1)``, to meet images."""
    return value.view(-1, 1, 1, 1)


def select(chosen: Tensor, images: Tensor, others: Tensor) -> Tensor:
    """Return `images` where `chosen` ``(N,)`` is true, else `others`; both finite.

    An interpolation with weight 0 or 1 is exact, and on a CPU several times as fast as
    `torch.where`, which is not vectorised.
    """
    return torch.lerp(others, images, per_image(chosen.to(images.dtype)))
