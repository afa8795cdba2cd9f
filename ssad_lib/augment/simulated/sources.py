"""What anomalies are made of: textures of a folder or an image set, or procedural noise.

The papers take the 5640 pictures of the Describable Textures Dataset (METHODS 12.4); where it is
not at hand another source does, and its name is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from ssad_lib import data, paths
from ssad_lib.augment import draws
from ssad_lib.augment.augmentation import Parameters
from ssad_lib.augment.simulated import distortions
from ssad_lib.augment.simulated.parts import part, under
from ssad_lib.errors import SsadError

NOISE = "noise"
DTD = "dtd"
DTD_PLACES = ("dtd/dtd/images", "dtd/images")  # torchvision's layout, and the archive's own
OCTAVES = (4, 8, 16, 32)  # cells along a side of procedural noise
LARGEST = 256  # pixels of the side at which pictures are kept


class Source(Protocol):
    """Gives a texture for every image; what is drawn decides it."""

    @property
    def name(self) -> str:
        """What is recorded of it."""

    def draw(self, n: int, generator: torch.Generator) -> Parameters:
        """Draw what decides `n` textures."""

    def apply(self, parameters: Parameters, images: Tensor) -> Tensor:
        """Return textures in [0, 1] of the shape, the device and the type of `images`."""


@dataclass(frozen=True, eq=False)
class Pictures:
    """Textures cut from pictures, distorted (`ssad_lib.augment.simulated.distortions`).

    Attributes
    ----------
    name : str
    pictures : ndarray of uint8, shape (m, C, h, w)
        Resized to the images they are blended into.
    """

    name: str
    pictures: NDArray[Any]

    def draw(self, n: int, generator: torch.Generator) -> Parameters:
        """Draw ``picture`` (n,) and what distorts it."""
        return {
            "picture": torch.randint(len(self.pictures), (n,), generator=generator),
            **under("distortion", distortions.draw(n, generator)),
        }

    def apply(self, parameters: Parameters, images: Tensor) -> Tensor:
        """Take, resize, distort."""
        chosen = np.ascontiguousarray(self.pictures[parameters["picture"].cpu().numpy()])
        taken = torch.from_numpy(chosen).to(images.device).to(images.dtype) / 255
        return _fitted(taken, parameters, images)


@dataclass(frozen=True)
class Noise:
    """Coloured clouds of four octaves, distorted as pictures are; needs no file."""

    name: str = NOISE

    def draw(self, n: int, generator: torch.Generator) -> Parameters:
        """Draw ``octave-4`` (n, 3, 4, 4) and so on, and what distorts their sum."""
        octaves = {
            f"octave-{cells}": draws.uniform((n, 3, cells, cells), (-1, 1), generator).float()
            for cells in OCTAVES
        }
        return {**octaves, **under("distortion", distortions.draw(n, generator))}

    def apply(self, parameters: Parameters, images: Tensor) -> Tensor:
        """Sum the octaves, each half as strong as the one before it, and stretch to [0, 1]."""
        clouds = torch.zeros((len(images), 3, *images.shape[2:]), device=images.device)
        for power, cells in enumerate(OCTAVES):
            corners = parameters[f"octave-{cells}"].to(images.device)
            clouds += _resized(corners, images.shape[2:]) / 2**power
        low, high = clouds.amin((2, 3), keepdim=True), clouds.amax((2, 3), keepdim=True)
        return _fitted(((clouds - low) / (high - low)).to(images.dtype), parameters, images)


def open_source(name: str, root: str | Path | None = None) -> Source:
    """Return the source called `name`.

    Parameters
    ----------
    name : str
        ``"noise"``; ``"dtd"``, which lies below the data root as torchvision stores it; or an image
        set of `ssad_lib.data.load`, such as ``"textures:tile"`` or ``"folder:<path>"``.
    root : str or pathlib.Path, optional
        The data root, default ``SSAD_DATA``.

    Raises
    ------
    SsadError
        If there is no such image set, or DTD is not where it should be.
    """
    return Noise() if name == NOISE else _opened(name, None if root is None else str(root))


@lru_cache(maxsize=4)
def _opened(name: str, root: str | None) -> Pictures:
    found = f"folder:{_dtd(root)}" if name == DTD else name
    size = None if found.startswith("textures:") else LARGEST
    return Pictures(name, data.load(found, root, size=size).images)


def _dtd(root: str | None) -> Path:
    base = paths.data_root(root)
    for place in DTD_PLACES:
        if (base / place).is_dir():
            return base / place
    raise SsadError(
        f"the Describable Textures Dataset is not in {base}: put its pictures into "
        f"{base / DTD_PLACES[0]}/<kind>/, or take another source, such as noise"
    )


def _fitted(textures: Tensor, parameters: Parameters, images: Tensor) -> Tensor:
    """Return textures of the images' size, distorted; grey ones for images of one channel."""
    textures = _resized(textures, images.shape[2:])
    coloured = textures.expand(-1, 3, -1, -1)
    distorted = distortions.apply(coloured, part("distortion", parameters))
    return distorted if images.shape[1] == 3 else distorted.mean(1, keepdim=True)


def _resized(textures: Tensor, size: torch.Size) -> Tensor:
    if textures.shape[2:] == size:
        return textures
    smooth = textures.shape[2] > size[0]
    return F.interpolate(
        textures, tuple(size), mode="bilinear", align_corners=False, antialias=smooth
    )
