"""The convolutional autoencoder of AE and DAE (paper 000, Appendix; METHODS section 3.3)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ssad_lib.errors import SsadError

REDUCTION = 16  # four stride-2 convolutions


class ConvolutionalAutoencoder(nn.Module):
    """Four strided convolutions to an embedding and four transposed ones back.

    Channels are ``width·(1, 2, 4, 8)`` and the embedding has ``4·width`` units, so that the paper's
    network is ``width=64`` (4,159,235 parameters for 3 channels, 4,156,929 for 1).

    Parameters
    ----------
    channels : int
        Image channels C.
    size : int
        Image height and width, a multiple of 16.
    width : int
        Channels after the first convolution; 64 in the paper.

    Raises
    ------
    SsadError
        If `size` is not a multiple of 16.
    """

    def __init__(self, channels: int, size: int = 32, width: int = 64) -> None:
        super().__init__()
        if size % REDUCTION:
            raise SsadError(
                f"image size {size} does not fit the autoencoder: load the image set with a size "
                f"that is a multiple of {REDUCTION}"
            )
        planes = [width, 2 * width, 4 * width, 8 * width]
        corner = size // REDUCTION
        flat = planes[3] * corner * corner
        hidden = 4 * width
        self.encoder = nn.Sequential(
            _down(channels, planes[0]),
            _down(planes[0], planes[1]),
            _down(planes[1], planes[2]),
            _down(planes[2], planes[3]),
            nn.Flatten(),
            nn.Linear(flat, hidden),
            nn.Tanh(),
        )
        self.decoder = nn.Sequential(
            nn.Linear(hidden, flat),
            nn.BatchNorm1d(flat),
            nn.ReLU(),
            nn.Unflatten(1, (planes[3], corner, corner)),
            _up(planes[3], planes[2]),
            _up(planes[2], planes[1]),
            _up(planes[1], planes[0]),
            nn.ConvTranspose2d(planes[0], channels, 3, stride=2, padding=1, output_padding=1),
            nn.Sigmoid(),
        )

    def forward(self, images: Tensor) -> Tensor:
        """Reconstruct `images` ``(B, C, H, W)``; the output lies in (0, 1)."""
        output: Tensor = self.decoder(self.encoder(images))
        return output

    def embed(self, images: Tensor) -> Tensor:
        """Return the embedding ``(B, 4·width)`` in (-1, 1) of `images` ``(B, C, H, W)``."""
        output: Tensor = self.encoder(images)
        return output


def _down(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride=2, padding=1), nn.BatchNorm2d(outputs), nn.ReLU()
    )


def _up(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.ConvTranspose2d(inputs, outputs, 3, stride=2, padding=1, output_padding=1),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


def parameter_count(network: nn.Module) -> int:
    """Return the number of trainable parameters."""
    return sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)


def squared_error(output: Tensor, target: Tensor) -> Tensor:
    """Return the mean squared error per image ``(B,)`` over channels and pixels (METHODS 3.4)."""
    return torch.mean((output - target) ** 2, dim=(1, 2, 3))
