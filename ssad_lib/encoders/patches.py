"""Encoders of places: what a network sees at each place of an image (METHODS 13.3).

Two of its middle layers, each averaged over 3 × 3 places, the deeper one brought to the finer one's
grid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from ssad_lib import paths
from ssad_lib.encoders import efficientnet, weights, wide_resnet50
from ssad_lib.encoders.encoder import Embed
from ssad_lib.errors import SsadError, unknown

NAMES = ("efficientnet-lite0", "wide-resnet50", "auto")
VERSION = "1"  # raise it when a feature changes
SMALLEST = 32  # pixels of a side: below it the deeper layer sees its own borders only


@dataclass(frozen=True)
class PatchEncoder:
    """A function from images to features of their places, and what a page has to say about it.

    Attributes
    ----------
    name, version : str
        Decide the features.
    note : str
        What a page says about it.
    maps : callable
        Takes float images ``(n, 3, H, W)`` in [0, 1], returns the output of each layer, the finest
        one first: the features have its grid.
    """

    name: str
    version: str
    note: str
    maps: Callable[[Tensor], tuple[Tensor, ...]]

    def __call__(self, images: Tensor) -> Tensor:
        """Return float32 features ``(n, h, w, d)`` of images ``(n, C, H, W)`` in [0, 1].

        One channel is repeated three times.

        Raises
        ------
        SsadError
            If a side is shorter than 32 pixels.
        """
        if min(images.shape[2:]) < SMALLEST:
            raise SsadError(
                f"images of {images.shape[2]} x {images.shape[3]} pixels are too small to look at "
                f"places: give {SMALLEST} or more"
            )
        with torch.inference_mode():
            return _joined(self.maps(images.float().expand(-1, 3, -1, -1)))


def patch_encoder(name: str = NAMES[0], root: str | Path | None = None) -> PatchEncoder:
    """Return an encoder of places by name; nothing is read before it is used.

    Parameters
    ----------
    name : {"efficientnet-lite0", "wide-resnet50", "auto"}
        ``"auto"`` is the paper's Wide ResNet-50-2 where its weights are in the data root.
    root : str or pathlib.Path, optional
        The data root, default ``SSAD_DATA``; only Wide ResNet-50-2 needs one.

    Raises
    ------
    SsadError
        For an unknown name, or Wide ResNet-50-2 without its weights.
    """
    if name not in NAMES:
        raise unknown("encoder of places", name, NAMES)
    if name == "wide-resnet50" or (name == "auto" and has_wide_resnet50(root)):
        path = wide_resnet50.find(paths.data_root(root))
        return PatchEncoder(
            name="wide-resnet50",
            version=f"{VERSION}/{weights.digest(path)}",
            note=f"Wide ResNet-50-2 trained on ImageNet ({path.name}), as the paper's.",
            maps=lambda images: wide_resnet50.maps(path, images),
        )
    return PatchEncoder(
        name=NAMES[0],
        version=f"{VERSION}/{efficientnet.DIGEST}",
        note="EfficientNet-Lite0 trained on ImageNet; the paper takes a Wide ResNet-50-2.",
        maps=efficientnet.maps,
    )


def has_wide_resnet50(root: str | Path | None = None) -> bool:
    """Whether the data root holds weights of Wide ResNet-50-2; False without a data root."""
    try:
        wide_resnet50.find(paths.data_root(root))
    except SsadError:
        return False
    return True


def cached_as(encoder: PatchEncoder) -> Embed:
    """Return the encoder as a function whose results are kept by the content of the images."""
    from ssad_lib.encoders.remembered import remembered

    return remembered(f"places/{encoder.name}", encoder.version, encoder)


def on_grid(maps: Tensor, shape: tuple[int, int]) -> Tensor:
    """Return maps ``(n, c, h, w)`` brought bilinearly to another grid, ``(n, c, *shape)``."""
    return F.interpolate(maps, shape, mode="bilinear", align_corners=False)


def _joined(maps: tuple[Tensor, ...]) -> Tensor:
    """Return all layers on the grid of the first, averaged over 3 × 3 places, channels last."""
    averaged = [F.avg_pool2d(one.float(), 3, stride=1, padding=1).cpu() for one in maps]
    height, width = averaged[0].shape[2:]
    others = [on_grid(one, (height, width)) for one in averaged[1:]]
    return torch.cat([averaged[0], *others], dim=1).permute(0, 2, 3, 1).contiguous()
