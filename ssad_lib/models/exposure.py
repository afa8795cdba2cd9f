"""The networks of paper 003: LeNets, ResNet-18 with attention, a net for points (METHODS 11.3).

Unlike the networks of DeepSVDD they have biases and affine batch normalisation: outliers, not the
architecture, keep them from mapping everything onto one point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ssad_lib import rng
from ssad_lib.errors import SsadError, unknown
from ssad_lib.models.attention_resnet import AttentionResNet, he_normal_of_outputs, settle
from ssad_lib.models.initialise import LEAK, build

EPSILON = 1e-4  # of the LeNets' batch normalisation
SMALL = (1, 28)  # channels and size of MNIST's images, for which there is a network of its own
CIFAR10_SCALE = ((0.491373, 0.482353, 0.446667), (0.247059, 0.243529, 0.261569))
IMAGENET_SCALE = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
POINT_WIDTH, POINT_OUTPUTS = 256, 128
OUT_ACTIVATIONS = ("sigmoid", "linear")


@dataclass(frozen=True)
class Kind:
    """What is known of one of the networks for images.

    Attributes
    ----------
    width : int
        First channel count in the paper.
    outputs : int
        Length r of the representation, in units of the width.
    reduction : int
        Max-pools of the LeNets halve the image; its size must be a multiple of this.
    milestones : tuple of float
        Shares of the epochs after which the learning rate drops to a tenth (METHODS 11.5).
    """

    width: int
    outputs: int
    reduction: int
    milestones: tuple[float, ...]


KINDS = {
    "mnist": Kind(width=16, outputs=2, reduction=4, milestones=(1 / 3, 2 / 3)),
    "cifar": Kind(width=32, outputs=8, reduction=8, milestones=(1 / 2, 3 / 4)),
    "resnet18": Kind(width=64, outputs=4, reduction=1, milestones=(2 / 3, 5 / 6)),
}


class Standardised(nn.Module):
    """Subtracts the mean and divides by the deviation of each channel of ``(B, C, H, W)``."""

    def __init__(self, mean: Sequence[float], deviation: Sequence[float]) -> None:
        super().__init__()
        self.mean, self.deviation = tuple(mean), tuple(deviation)

    def forward(self, images: Tensor) -> Tensor:
        """Return images of the same shape, about centred and of unit spread."""
        mean, deviation = (
            images.new_tensor(values).view(-1, 1, 1) for values in (self.mean, self.deviation)
        )
        return (images - mean) / deviation


def choose(network: str, channels: int, size: int) -> str:
    """Return the network for images of this form: its name, or the one ``"auto"`` stands for.

    Raises
    ------
    SsadError
        If the name does not exist, or the network cannot take such images.
    """
    if network not in ("auto", *KINDS):
        raise unknown("network", network, ("auto", *KINDS))
    if network == "auto":
        network = "mnist" if (channels, size) == SMALL else "cifar"
    reduction = KINDS[network].reduction
    if size % reduction:
        raise SsadError(
            f"image size {size} does not fit the {network} network: load the image set with a "
            f"size that is a multiple of {reduction}"
        )
    return network


def make(
    network: str,
    channels: int,
    size: int,
    width: int,
    *,
    classifies: bool,
    seed: int,
    bias: bool = True,
) -> nn.Module:
    """Return an untrained network ``(B, C, H, W) -> (B, r)``, or ``-> (B, 1)`` if it `classifies`.

    Its representation is the same for both: the head of a classifier has a stream of its own, so
    that detectors of one seed start from the same weights.

    Parameters
    ----------
    network : {"mnist", "cifar", "resnet18"}
        Of `choose`.
    channels, size : int
        Of the images. Those of three channels are standardised, as CIFAR-10 for the LeNet and as
        ImageNet for the ResNet.
    width : int
        First channel count; 0 is the paper's.
    classifies : bool
        Whether a linear layer turns the representation into one logit.
    seed : int
    bias : bool
        Whether the LeNets have biases and affine batch normalisation.
    """
    kind = KINDS[network]
    chosen = width or kind.width
    weights = rng.generator(seed, "weights")
    if network == "resnet18":
        encoder = build(
            lambda: AttentionResNet(channels, chosen, kind.outputs * chosen),
            weights,
            he_normal_of_outputs,
        )
        settle(encoder, weights)
        scale = IMAGENET_SCALE
    else:
        encoder = build(
            lambda: _lenet(network, channels, size, chosen, bias=bias), weights, _xavier_leaky
        )
        _with_gain_one(encoder[-1])  # type: ignore[index]
        scale = CIFAR10_SCALE
    parts = [Standardised(*scale)] if channels == len(scale[0]) else []
    parts.append(encoder)  # type: ignore[arg-type]
    if classifies:
        parts.append(head(kind.outputs * chosen, seed))  # type: ignore[arg-type]
    return nn.Sequential(*parts)


def head(inputs: int, seed: int) -> nn.Module:
    """Return the linear layer that turns a representation into the logit of a classifier."""
    made = build(lambda: nn.Linear(inputs, 1), rng.generator(seed, "weights/head"), _xavier_leaky)
    _with_gain_one(made)
    return made


def point_net(*, classifies: bool, out_activation: str, seed: int) -> nn.Module:
    """Return the network of figure 1: points ``(B, 2) -> (B, 128)``, or ``-> (B, 1)``.

    Its representation ends in a sigmoid, as in the code, so that no point reaches the origin; or in
    nothing (``out_activation="linear"``).
    """
    if out_activation not in OUT_ACTIVATIONS:
        raise unknown("out_activation", out_activation, OUT_ACTIVATIONS)
    last: list[nn.Module] = [nn.Sigmoid()] if out_activation == "sigmoid" else []
    parts: list[nn.Module] = [
        build(
            lambda: nn.Sequential(
                nn.Linear(2, POINT_WIDTH),
                nn.BatchNorm1d(POINT_WIDTH),
                nn.ELU(),
                nn.Linear(POINT_WIDTH, POINT_OUTPUTS),
                *last,
            ),
            rng.generator(seed, "weights"),
        )
    ]
    if classifies:
        parts.append(
            build(lambda: nn.Linear(POINT_OUTPUTS, 1), rng.generator(seed, "weights/head"))
        )
    return nn.Sequential(*parts)


def _lenet(network: str, channels: int, size: int, width: int, *, bias: bool) -> nn.Module:
    corner = (size // KINDS[network].reduction) ** 2
    if network == "mnist":
        convolutions = [
            *_down(channels, width, bias=bias),
            *_down(width, 2 * width, bias=bias),
        ]
        inputs, hidden, outputs = 2 * width * corner, 4 * width, 2 * width
    else:
        convolutions = [
            *_down(channels, width, bias=bias),
            *_down(width, 2 * width, bias=bias),
            *_down(2 * width, 4 * width, bias=bias),
        ]
        inputs, hidden, outputs = 4 * width * corner, 16 * width, 8 * width
    return nn.Sequential(
        *convolutions,
        nn.Flatten(),
        nn.Linear(inputs, hidden, bias=bias),
        nn.BatchNorm1d(hidden, eps=EPSILON, affine=bias),
        nn.LeakyReLU(LEAK),
        nn.Linear(hidden, outputs, bias=bias),
    )


def _down(inputs: int, outputs: int, *, bias: bool) -> list[nn.Module]:
    return [
        nn.Conv2d(inputs, outputs, 5, padding=2, bias=bias),
        nn.BatchNorm2d(outputs, eps=EPSILON, affine=bias),
        nn.LeakyReLU(LEAK),
        nn.MaxPool2d(2),
    ]


def _xavier_leaky(weight: Tensor, generator: torch.Generator) -> None:
    """Fill Xavier-normal with the gain of leaky ReLU."""
    gain = nn.init.calculate_gain("leaky_relu", LEAK)
    nn.init.xavier_normal_(weight, gain, generator=generator)


@torch.no_grad()
def _with_gain_one(layer: nn.Module) -> None:
    """Undo the gain in a layer that no ReLU follows."""
    assert isinstance(layer, nn.Linear)
    layer.weight /= nn.init.calculate_gain("leaky_relu", LEAK)
