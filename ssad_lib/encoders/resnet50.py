"""The encoder of paper 000: torchvision's ResNet-50 trained on ImageNet, from the data root."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from ssad_lib.encoders import weights
from ssad_lib.encoders.encoder import Encoder, by_batches, device, enlarged
from ssad_lib.encoders.remembered import remembered
from ssad_lib.errors import SsadError
from ssad_lib.models.pointwise import subsample_first

NAME = "resnet50"
SIZE = 224  # METHODS 7.3
BATCH = 256
# torchvision's files, the one that `pretrained=True` meant when the paper was written first; the
# last eight characters begin the file's SHA-256.
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
    for name in WEIGHTS:
        if (root / name).is_file():
            return root / name
    raise SsadError(
        f"no ResNet-50 below {root}: put torchvision's {WEIGHTS[0]} there, or choose the encoder "
        "'efficientnet-lite0', which is always there"
    )


def encoder(path: Path, size: int, normalise: bool) -> Encoder:
    """Return the encoder with the weights in `path`; nothing is read before it is used."""
    digest = path.stem.rpartition("-")[2]
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

    what = "ResNet-50 of torchvision"
    network = subsample_first(resnet50(weights=None))
    try:
        network.load_state_dict(weights.read(path, digest, what))
    except (RuntimeError, TypeError) as error:
        raise SsadError(f"{path} cannot be read as weights of {what}; copy it again") from error
    network.fc = torch.nn.Identity()
    return network.eval().to(device())


def features(network: torch.nn.Module, images: Tensor, size: int, normalise: bool) -> Tensor:
    """Return the pooled features ``(n, 2048)`` of float images ``(n, 3, H, W)`` in [0, 1]."""
    images = images.to(next(network.parameters()).device)
    pooled: Tensor = network(enlarged(images, size, *(IMAGENET if normalise else AS_THEY_ARE)))
    return pooled.cpu()
