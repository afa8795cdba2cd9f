"""Networks that embed an image and tell normal from augmented ones (METHODS sections 9.3, 10.3).

ResNet-18 is torchvision's, untrained; `small` is for images of 32 pixels on a CPU. Both have an MLP
head that gives one logit, positive for augmented images.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from ssad_lib.errors import unknown
from ssad_lib.models.initialise import build, framework_default
from ssad_lib.models.pointwise import subsample_first

NETWORKS = ("resnet18", "small")
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
SMALL_CHANNELS = (16, 32, 64, 64)


class Discriminator(nn.Module):
    """Embeds an image and judges the embedding.

    Parameters
    ----------
    features : torch.nn.Module
        ``(B, 3, H, W)``, of ImageNet's mean and deviation, to ``(B, h)``.
    widths : sequence of int
        h and the hidden widths of the head: a linear layer, batch normalisation and a ReLU for
        each, then one logit.
    """

    def __init__(self, features: nn.Module, widths: Sequence[int]) -> None:
        super().__init__()
        self.features = features
        hidden: list[nn.Module] = []
        for inputs, outputs in pairwise(widths):
            hidden += [nn.Linear(inputs, outputs), nn.BatchNorm1d(outputs), nn.ReLU()]
        self.head = nn.Sequential(*hidden, nn.Linear(widths[-1], 1))

    def embed(self, images: Tensor) -> Tensor:
        """Return embeddings ``(B, h)`` of `images` ``(B, C, H, W)`` in [0, 1], C 1 or 3."""
        mean, std = (
            images.new_tensor(values).view(3, 1, 1) for values in (IMAGENET_MEAN, IMAGENET_STD)
        )
        embeddings: Tensor = self.features((images - mean) / std)  # one channel becomes three
        return embeddings

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return embeddings ``(B, h)`` and logits ``(B,)``; positive logits mean augmented."""
        embeddings = self.embed(images)
        return embeddings, self.head(embeddings).squeeze(1)


def make(network: str, generator: torch.Generator, *, small_stem: bool = False) -> Discriminator:
    """Return an untrained network whose weights come from `generator`.

    Parameters
    ----------
    network : {"resnet18", "small"}
        h is 512 or 64.
    generator : torch.Generator
    small_stem : bool
        ResNet-18 for small images: a 3 x 3 first convolution of stride 1 and no max-pooling.

    Raises
    ------
    SsadError
        If the network does not exist.
    """
    if network not in NETWORKS:
        raise unknown("network", network, NETWORKS)
    if network == "small":
        made = build(lambda: Discriminator(_small_features(), (64, 64)), generator)
    else:
        made = build(
            lambda: Discriminator(_resnet_features(small_stem), (512, 512, 128)),
            generator,
            _he_normal_of_outputs,
        )
    assert isinstance(made, Discriminator)
    return made


def _small_features() -> nn.Module:
    layers: list[nn.Module] = []
    inputs = 3
    for outputs in SMALL_CHANNELS:
        layers += [
            nn.Conv2d(inputs, outputs, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
        ]
        inputs = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())


def _resnet_features(small_stem: bool) -> nn.Module:
    from torchvision.models import resnet18  # not needed by every process, and slow to import

    network: nn.Module = resnet18(weights=None)
    network.fc = nn.Identity()
    if small_stem:
        network.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
        network.maxpool = nn.Identity()
    for layer in network.modules():
        if isinstance(layer, nn.ReLU):
            layer.inplace = False  # what is overwritten cannot be differentiated twice
    return subsample_first(network)


def _he_normal_of_outputs(weight: Tensor, generator: torch.Generator) -> None:
    """Fill as torchvision's ResNets: convolutions from N(0, 2/fan-out)."""
    if weight.ndim == 4:
        nn.init.kaiming_normal_(weight, mode="fan_out", nonlinearity="relu", generator=generator)
    else:
        framework_default(weight, generator)
