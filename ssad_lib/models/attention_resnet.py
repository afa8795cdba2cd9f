"""ResNet-18 with a convolutional block attention module in every block (CBAM; METHODS 11.3).

The network that paper 003 calls a WideResNet. Attention scales the residual branch before the
addition: first each channel, then each pixel.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ssad_lib.models.initialise import framework_default
from ssad_lib.models.pointwise import PointwiseConvolution

BLOCKS = 2  # in each of the four stages
SQUEEZE = 16  # the channel gate has so many times fewer hidden units than channels
SPATIAL = 7  # side of the spatial gate's kernel
GATE_MOMENTUM = 0.01  # of its batch normalisation


class ChannelGate(nn.Module):
    """Scales each channel of ``(B, C, H, W)`` by a number in (0, 1)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        hidden = max(1, channels // SQUEEZE)
        self.judge = nn.Sequential(
            nn.Flatten(), nn.Linear(channels, hidden), nn.ReLU(), nn.Linear(hidden, channels)
        )

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps of the same shape."""
        average = maps.mean((2, 3))
        largest = maps.amax((2, 3))
        gate = (self.judge(average) + self.judge(largest)).sigmoid()
        return maps * gate[:, :, None, None]


class SpatialGate(nn.Module):
    """Scales each pixel of ``(B, C, H, W)`` by a number in (0, 1)."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(2, 1, SPATIAL, padding=SPATIAL // 2, bias=False)
        self.normalisation = nn.BatchNorm2d(1, momentum=GATE_MOMENTUM)

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps of the same shape."""
        seen = torch.cat([maps.amax(1, keepdim=True), maps.mean(1, keepdim=True)], dim=1)
        return maps * self.normalisation(self.convolution(seen)).sigmoid()


class Block(nn.Module):
    """Two 3 × 3 convolutions, both gates, and the shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.residual = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            ChannelGate(outputs),
            SpatialGate(),
        )
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                PointwiseConvolution(inputs, outputs, stride), nn.BatchNorm2d(outputs)
            )

    def forward(self, maps: Tensor) -> Tensor:
        """Return ``(B, outputs, ⌈H/stride⌉, ⌈W/stride⌉)``."""
        return F.relu(self.residual(maps) + self.shortcut(maps))


class AttentionResNet(nn.Module):
    """ResNet-18 with attention: ``(B, C, H, W) -> (B, outputs)``.

    Parameters
    ----------
    channels : int
        Of the images.
    width : int
        Channels of the first stage, 64 in the paper; each later stage has twice as many.
    outputs : int
        Length of the representation.
    """

    def __init__(self, channels: int, width: int, outputs: int) -> None:
        super().__init__()
        layers: list[nn.Module] = [
            nn.Conv2d(channels, width, 7, 2, padding=3, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.MaxPool2d(3, 2, padding=1),
        ]
        inputs = width
        for stage in range(4):
            for block in range(BLOCKS):
                stride = 2 if stage > 0 and block == 0 else 1
                layers.append(Block(inputs, width << stage, stride))
                inputs = width << stage
        self.features = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.linear = nn.Linear(inputs, outputs)

    def forward(self, images: Tensor) -> Tensor:
        """Return the representation ``(B, outputs)``."""
        representation: Tensor = self.linear(self.features(images))
        return representation


def he_normal_of_outputs(weight: Tensor, generator: torch.Generator) -> None:
    """Fill spatial convolutions from N(0, 2/fan-out), all others as the framework.

    The released code finds its convolutions by name, and those of the shortcuts have another.
    """
    if weight.ndim == 4 and weight.shape[2] > 1:
        nn.init.kaiming_normal_(weight, mode="fan_out", nonlinearity="relu", generator=generator)
    else:
        framework_default(weight, generator)


@torch.no_grad()
def settle(network: nn.Module, generator: torch.Generator) -> None:
    """Set what the released code sets after the weights: no bias, gates open by one half."""
    assert isinstance(network, AttentionResNet)
    nn.init.kaiming_normal_(network.linear.weight, generator=generator)
    for layer in network.modules():
        if isinstance(layer, SpatialGate):
            layer.normalisation.weight.zero_()
        if isinstance(layer, nn.Linear):
            layer.bias.zero_()
