"""The wide residual network of AP (METHODS section 5.3): pre-activation, depth 10."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from ssad_lib.errors import SsadError
from ssad_lib.models.pointwise import PointwiseConvolution

REDUCTION = 4  # two of the three groups have stride 2


class WideResNet(nn.Module):
    """Three residual blocks of ``base·widen·(1, 2, 4)`` channels, then the mean of each channel.

    The paper's WRN-10-4 is ``base=16, widen=4``: 1,196,754 parameters with 3 channels and 2
    classes; with 1 channel the first convolution has 288 weights less.

    Parameters
    ----------
    channels : int
        Image channels C.
    size : int
        Image height and width, a multiple of 4.
    classes : int
        Number of logits.
    base, widen : int
        Channels of the first convolution, and the factor of the blocks.

    Raises
    ------
    SsadError
        If `size` is not a multiple of 4.
    """

    def __init__(
        self, channels: int, size: int, classes: int, base: int = 16, widen: int = 4
    ) -> None:
        super().__init__()
        if size % REDUCTION:
            raise SsadError(
                f"image size {size} does not fit the wide residual network: load the image set "
                f"with a size that is a multiple of {REDUCTION}"
            )
        planes = [base, base * widen, 2 * base * widen, 4 * base * widen]
        self.features = nn.Sequential(
            nn.Conv2d(channels, planes[0], 3, padding=1, bias=False),
            _Block(planes[0], planes[1], stride=1),
            _Block(planes[1], planes[2], stride=2),
            _Block(planes[2], planes[3], stride=2),
            nn.BatchNorm2d(planes[3]),
            nn.ReLU(inplace=True),
        )
        self.classifier = nn.Linear(planes[3], classes)

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits ``(B, K)`` of `images` ``(B, C, H, W)`` in [-1, 1]."""
        logits: Tensor = self.classifier(self.features(images).mean((2, 3)))
        return logits


class _Block(nn.Module):
    """BN-ReLU-conv-BN-ReLU-conv; a strided 1 x 1 shortcut where the channels change."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.shortcut = None if inputs == outputs else PointwiseConvolution(inputs, outputs, stride)

    def forward(self, images: Tensor) -> Tensor:
        active = F.relu(self.norm1(images), inplace=True)
        output: Tensor = self.conv2(F.relu(self.norm2(self.conv1(active)), inplace=True))
        # The shortcut sees the activated input only where it is a convolution.
        return output + (images if self.shortcut is None else self.shortcut(active))
