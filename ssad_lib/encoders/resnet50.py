"""The encoder of paper 000: torchvision's ResNet-50 trained on ImageNet, from the data root."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from ssad_lib.encoders import weights
from ssad_lib.encoders.encoder import Encoder, by_batches, device, enlarged
from ssad_lib.encoders.remembered import remembered

NAME = "resnet50"
SIZE = 224  # METHODS 7.3
BATCH = 256
# torchvision's files, the one that `pretrained=True` meant when the paper was written first.
WEIGHTS = ("resnet50-0676ba61.pth", "resnet50-11ad3fa6.pth")
# Mean and deviation of each channel.
IMAGENET = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
AS_THEY_ARE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)


def find(root: Path) -> Path:
    """Return the file of weights below the data root.

    Raises
    ------
    SsadError
        If there is none.
    """
    return weights.find(root, WEIGHTS, "ResNet-50")


def encoder(path: Path, size: int, normalise: bool) -> Encoder:
    """Return the encoder with the weights in `path`; nothing is read before it is used."""
    digest = weights.digest(path)
    version = f"{digest}/{size}/{'normalised' if normalise else 'raw'}"
    embed = by_batches(lambda images: features(load(path, digest), images, size, normalise), BATCH)
    return Encoder(
        name=NAME,
        version=version,
        comparable=True,
        note=(
            f"Encoder: ResNet-50 trained on ImageNet (torchvision's {path.name}), as the paper's, "
            f"on images brought to {size}×{size} pixels."
        ),
        embed=remembered(NAME, version, embed),
    )


@lru_cache(maxsize=1)
def load(path: Path, digest: str) -> torch.nn.Module:
    """Return torchvision's ResNet-50 without its last layer, in evaluation mode, on the GPU if any.

    Parameters
    ----------
    path : pathlib.Path
        A file of weights as torchvision publishes them.
    digest : str
        What the file's SHA-256 must begin with.

    Raises
    ------
    SsadError
        If the file is another one, or damaged.
    """
    from torchvision.models import resnet50

    network = weights.into(resnet50(weights=None), path, digest, "ResNet-50 of torchvision")
    network.fc = torch.nn.Identity()
    return network.eval().to(device())


def features(network: torch.nn.Module, images: Tensor, size: int, normalise: bool) -> Tensor:
    """Return the pooled features ``(n, 2048)`` of float images ``(n, 3, H, W)`` in [0, 1]."""
    images = images.to(next(network.parameters()).device)
    pooled: Tensor = network(enlarged(images, size, *(IMAGENET if normalise else AS_THEY_ARE)))
    return pooled.cpu()
