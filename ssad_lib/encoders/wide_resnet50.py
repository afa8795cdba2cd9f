"""The network of PatchCore: torchvision's Wide ResNet-50-2 on ImageNet, from the data root."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from ssad_lib.encoders import weights
from ssad_lib.encoders.encoder import device, normalised
from ssad_lib.encoders.resnet50 import IMAGENET

# torchvision's files, that of the publication first.
WEIGHTS = ("wide_resnet50_2-95faca4d.pth", "wide_resnet50_2-9ba9bcbe.pth")
LAYERS = ("layer2", "layer3")


def find(root: Path) -> Path:
    """Return the file of weights below the data root.

    Raises
    ------
    SsadError
        If there is none.
    """
    return weights.find(root, WEIGHTS, "Wide ResNet-50-2")


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
    network = weights.into(wide_resnet50_2(weights=None), path, weights.digest(path), what)
    parts = dict(network.named_children())
    used = list(parts)[: list(parts).index(LAYERS[-1]) + 1]
    kept = torch.nn.Sequential()
    for name in used:
        kept.add_module(name, parts[name])
    return kept.eval().to(device()).to(memory_format=torch.channels_last)
