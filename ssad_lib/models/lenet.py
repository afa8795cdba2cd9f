"""The LeNet encoders of DeepSVDD and DeepSAD, and their decoders (METHODS section 4.3).

Nothing has a bias and batch normalisation has no affine part: with either, the encoder could map
every image onto the centre.
"""

from __future__ import annotations

from torch import nn

from ssad_lib.errors import SsadError, unknown
from ssad_lib.models.initialise import LEAK

REDUCTION = 8  # three max-pools of the CIFAR network
SMALL = (1, 28)  # channels and size that the MNIST networks take
CELLS = 16  # a decoder starts from 4 x 4 pixels
EPSILON = 1e-4  # of batch normalisation


def choose(network: str, channels: int, size: int) -> str:
    """Return the network for images of this form: its name, or the one ``"auto"`` stands for.

    Raises
    ------
    SsadError
        If the name does not exist, or the network cannot take such images.
    """
    if network not in ("auto", "cifar", "mnist", "fashion"):
        raise unknown("network", network, ("auto", "cifar", "mnist", "fashion"))
    if network == "auto":
        network = "mnist" if (channels, size) == SMALL else "cifar"
    if network == "cifar" and size % REDUCTION:
        raise SsadError(
            f"image size {size} does not fit the cifar network: load the image set with a size "
            f"that is a multiple of {REDUCTION}"
        )
    if network != "cifar" and (channels, size) != SMALL:
        raise SsadError(
            f"the {network} network takes 1 x 28 x 28 images, not {channels} x {size} x {size}: "
            "use network=cifar"
        )
    return network


def encoder(network: str, channels: int, size: int, width: int) -> nn.Module:
    """Return the encoder ``(B, C, H, W) -> (B, d)`` that `network` (of `choose`) names.

    Parameters
    ----------
    network : {"cifar", "mnist", "fashion"}
        Their d is ``4·width`` (paper 000: 128), 32 and 64.
    channels, size : int
        Of the images.
    width : int
        First channel count of the CIFAR network, 32 in the paper; the other two are fixed.
    """
    if network == "cifar":
        return _cifar_encoder(channels, size, width)
    return _mnist_encoder() if network == "mnist" else _fashion_encoder()


def decoder(network: str, channels: int, size: int, width: int) -> nn.Module:
    """Return the pre-training decoder ``(B, d) -> (B, C, H, W)`` of the same `encoder`.

    Raises
    ------
    SsadError
        If the representation does not fill a map of 4 x 4 pixels.
    """
    if network == "cifar":
        return _cifar_decoder(channels, size, width)
    return _mnist_decoder() if network == "mnist" else _fashion_decoder()


def _cifar_encoder(channels: int, size: int, width: int) -> nn.Module:
    corner = size // REDUCTION
    return nn.Sequential(
        *_down(channels, width),
        *_down(width, 2 * width),
        *_down(2 * width, 4 * width),
        nn.Flatten(),
        nn.Linear(4 * width * corner * corner, 4 * width, bias=False),
    )


def _cifar_decoder(channels: int, size: int, width: int) -> nn.Module:
    if 4 * width % CELLS:
        raise SsadError(f"pre-training needs a width that is a multiple of 4, not {width}")
    return nn.Sequential(
        nn.Unflatten(1, (4 * width // CELLS, 4, 4)),
        nn.LeakyReLU(LEAK),
        nn.Upsample(size // REDUCTION),  # nothing at the paper's 32 pixels
        *_up(4 * width // CELLS, 4 * width),
        *_up(4 * width, 2 * width),
        *_up(2 * width, width),
        nn.ConvTranspose2d(width, channels, 5, padding=2, bias=False),
        nn.Sigmoid(),
    )


def _mnist_encoder() -> nn.Module:
    return nn.Sequential(
        *_down(1, 8), *_down(8, 4), nn.Flatten(), nn.Linear(4 * 7 * 7, 32, bias=False)
    )


def _mnist_decoder() -> nn.Module:
    return nn.Sequential(nn.Unflatten(1, (2, 4, 4)), *_small_decoder(2, 4, 8))


def _fashion_encoder() -> nn.Module:
    return nn.Sequential(
        *_down(1, 16),
        *_down(16, 32),
        nn.Flatten(),
        nn.Linear(32 * 7 * 7, 128, bias=False),
        nn.BatchNorm1d(128, eps=EPSILON, affine=False),
        nn.LeakyReLU(LEAK),
        nn.Linear(128, 64, bias=False),
    )


def _fashion_decoder() -> nn.Module:
    return nn.Sequential(
        nn.Linear(64, 128, bias=False),
        nn.BatchNorm1d(128, eps=EPSILON, affine=False),
        nn.Unflatten(1, (8, 4, 4)),
        *_small_decoder(8, 32, 16),
    )


def _small_decoder(first: int, second: int, third: int) -> list[nn.Module]:
    """Return the layers from 4 x 4 to 28 x 28 pixels; padding 3 turns 16 pixels into 14."""
    return [
        nn.LeakyReLU(LEAK),
        nn.Upsample(scale_factor=2),
        *_up(first, second),
        *_up(second, third, padding=3),
        nn.ConvTranspose2d(third, 1, 5, padding=2, bias=False),
        nn.Sigmoid(),
    ]


def _down(inputs: int, outputs: int) -> list[nn.Module]:
    return [
        nn.Conv2d(inputs, outputs, 5, padding=2, bias=False),
        nn.BatchNorm2d(outputs, eps=EPSILON, affine=False),
        nn.LeakyReLU(LEAK),
        nn.MaxPool2d(2),
    ]


def _up(inputs: int, outputs: int, padding: int = 2) -> list[nn.Module]:
    return [
        nn.ConvTranspose2d(inputs, outputs, 5, padding=padding, bias=False),
        nn.BatchNorm2d(outputs, eps=EPSILON, affine=False),
        nn.LeakyReLU(LEAK),
        nn.Upsample(scale_factor=2),
    ]
