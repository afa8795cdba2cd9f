"""The network of PatchCore: torchvision's Wide ResNet-50-2 on ImageNet, from the data root."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from ssad_lib.encoders import weights
from ssad_lib.encoders.encoder import device, normalised
from ssad_lib.encoders.resnet50 import IMAGENET
from ssad_lib.errors import SsadError

# torchvision's files, that of the publication first; the last eight characters begin the SHA-256.
WEIGHTS = ("wide_resnet50_2-95faca4d.pth", "wide_resnet50_2-9ba9bcbe.pth")
LAYERS = ("layer2", "layer3")


def find(root: Path) -> Path:
    """Return the file of weights below the data root.

    Raises
    ------
    SsadError
        If there is none.
    """
    for name in WEIGHTS:
        if (root / name).is_file():
            return root / name
    raise SsadError(
        f"no Wide ResNet-50-2 below {root}: put torchvision's {WEIGHTS[0]} there, or choose the "
        "encoder 'efficientnet-lite0', which is always there"
    )


def digest(path: Path) -> str:
    """Return what the SHA-256 of a file of weights must begin with, as its name promises."""
    return path.stem.rpartition("-")[2]


def maps(path: Path, images: Tensor) -> tuple[Tensor, ...]:
    """Return the outputs ``(n, 512, H/8, W/8)`` and ``(n, 1024, H/16, W/16)`` of two layers."""
    network = load(path)
    values = normalised(images.to(next(network.parameters()).device), *IMAGENET)
    found = []
    for name, layer in network.named_children():
        values = layer(values)
        if name in LAYERS:
            found.append(values)
    return tuple(found)


@lru_cache(maxsize=1)
def load(path: Path) -> torch.nn.Module:
    """Return torchvision's network up to its third layer, in evaluation mode, on the GPU if any.

    Raises
    ------
    SsadError
        If the file is another one, or damaged.
    """
    from torchvision.models import wide_resnet50_2

    what = "Wide ResNet-50-2 of torchvision"
    network = wide_resnet50_2(weights=None)
    try:
        network.load_state_dict(weights.read(path, digest(path), what))
    except (RuntimeError, TypeError) as error:
        raise SsadError(f"{path} cannot be read as weights of {what}; copy it again") from error
    parts = dict(network.named_children())
    used = list(parts)[: list(parts).index(LAYERS[-1]) + 1]
    kept = torch.nn.Sequential()
    for name in used:
        kept.add_module(name, parts[name])
    return kept.eval().to(device()).to(memory_format=torch.channels_last)
