"""The networks of DRAEM and paper 004: R undoes anomalies, S says where they were (METHODS 12.3).

All convolutions are 3 × 3 with a bias, each followed by batch normalisation and a ReLU but for the
last one. R has no skips, so that nothing passes it by; S is a U-Net.
"""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ssad_lib.errors import SsadError
from ssad_lib.models.initialise import build

REDUCTION = 32  # the five poolings of S; R has four
DEVIATION = 0.02  # of initial weights: convolutions around 0, normalisations around 1


class Reconstructor(nn.Module):
    """R: an image with anomalies in, one without them out; 69,048,579 parameters in the paper.

    Parameters
    ----------
    channels : int
        Image channels C.
    width : int
        Channels of the first block; 128 in the paper.
    """

    def __init__(self, channels: int = 3, width: int = 128) -> None:
        super().__init__()
        planes = [width, 2 * width, 4 * width, 8 * width, 8 * width]
        down = [_block(channels, width, width)]
        for inputs, outputs in pairwise(planes):
            down.append(nn.Sequential(nn.MaxPool2d(2), _block(inputs, outputs, outputs)))
        self.encoder = nn.Sequential(*down)
        up = [
            nn.Sequential(_up(inputs), _block(inputs, inputs, outputs))
            for inputs, outputs in pairwise([8 * width, 4 * width, 2 * width, width, width])
        ]
        self.decoder = nn.Sequential(*up, nn.Conv2d(width, channels, 3, padding=1))

    def forward(self, images: Tensor) -> Tensor:
        """Reconstruct `images` ``(B, C, H, W)``, sides multiples of 16; the output is unbounded."""
        output: Tensor = self.decoder(self.encoder(images))
        return output


class Segmenter(nn.Module):
    """S: an image and its reconstruction in, two logits a pixel out; 28,374,146 parameters.

    Parameters
    ----------
    channels : int
        Of image and reconstruction together.
    width : int
        Channels of the first block; 64 in the paper.
    """

    def __init__(self, channels: int = 6, width: int = 64) -> None:
        super().__init__()
        planes = [width, 2 * width, 4 * width, 8 * width, 8 * width, 8 * width]
        self.pool = nn.MaxPool2d(2)
        self.encoder = nn.ModuleList(
            _block(inputs, outputs, outputs) for inputs, outputs in pairwise([channels, *planes])
        )
        ups, blocks = [], []
        inputs = planes[-1]
        for outputs, skipped in zip(
            (8 * width, 4 * width, 2 * width, width, width), planes[-2::-1], strict=True
        ):
            ups.append(_up(inputs, outputs))
            blocks.append(_block(outputs + skipped, outputs, outputs))
            inputs = outputs
        self.ups, self.blocks = nn.ModuleList(ups), nn.ModuleList(blocks)
        self.last = nn.Conv2d(width, 2, 3, padding=1)

    def forward(self, pairs: Tensor) -> Tensor:
        """Return logits ``(B, 2, H, W)``, sound and anomalous, of `pairs` ``(B, 2 C, H, W)``.

        Sides are multiples of 32.
        """
        skipped = []
        features = pairs
        for level, block in enumerate(self.encoder):
            features = block(self.pool(features) if level else features)
            skipped.append(features)
        skipped.pop()
        for up, block in zip(self.ups, self.blocks, strict=True):
            features = block(torch.cat([up(features), skipped.pop()], dim=1))
        logits: Tensor = self.last(features)
        return logits


class Localiser(nn.Module):
    """R and S as they are trained together and, in evaluation, one after the other.

    Parameters
    ----------
    channels, width : int
        Of R; S has half the width.
    separate : bool
        S gets reconstructions of its own images, from a second pass of R through images that R is
        not trained on; else those of the one pass.
    as_in_inference : bool
        In the second pass R normalises by its running statistics, which the pass does not move.
    linked : bool
        Whether the loss of S reaches R.
    """

    def __init__(
        self, channels: int, width: int, *, separate: bool, as_in_inference: bool, linked: bool
    ) -> None:
        super().__init__()
        self.reconstructor = Reconstructor(channels, width)
        self.segmenter = Segmenter(2 * channels, max(1, width // 2))
        self.channels = channels
        self.separate, self.as_in_inference, self.linked = separate, as_in_inference, linked

    def forward(self, images: Tensor) -> Tensor:
        """Return R's reconstruction and S's logits side by side, ``(B, C + 2, H, W)``.

        Parameters
        ----------
        images : Tensor
            ``(B, 2 C, H, W)``: an image for R and one for S; or ``(B, C, H, W)``, one for both.
        """
        shown, judged = images[:, : self.channels], images[:, -self.channels :]
        reconstruction = self.reconstructor(shown)
        seen = self._again(judged) if self.separate and self.training else reconstruction
        if not self.linked:
            seen = seen.detach()
        return torch.cat([reconstruction, self.segmenter(torch.cat([seen, judged], 1))], dim=1)

    def reconstruct(self, images: Tensor) -> Tensor:
        """Return what R makes of `images` ``(B, C, H, W)``."""
        output: Tensor = self.reconstructor(images)
        return output

    def localise(self, images: Tensor) -> Tensor:
        """Return the probability of an anomaly of each pixel, ``(B, H, W)``."""
        return self(images)[:, self.channels :].float().softmax(1)[:, 1]

    def _again(self, images: Tensor) -> Tensor:
        self.reconstructor.train(not self.as_in_inference)
        with torch.set_grad_enabled(self.linked and torch.is_grad_enabled()):
            output: Tensor = self.reconstructor(images)
        self.reconstructor.train()
        return output


def localiser(
    channels: int,
    width: int,
    generator: torch.Generator,
    *,
    separate: bool = False,
    as_in_inference: bool = True,
    linked: bool = False,
) -> Localiser:
    """Return R and S, their weights drawn from `generator` (`Localiser` for the options)."""
    made = build(
        lambda: Localiser(
            channels, width, separate=separate, as_in_inference=as_in_inference, linked=linked
        ),
        generator,
        lambda weight, source: nn.init.normal_(weight, 0.0, DEVIATION, generator=source),
    )
    for layer in made.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.weight, 1.0, DEVIATION, generator=generator)
    assert isinstance(made, Localiser)
    return made


def check_sides(images: Tensor) -> None:
    """Raise `SsadError` unless both networks can take images ``(N, C, H, W)``."""
    height, width = images.shape[2:]
    if height % REDUCTION or width % REDUCTION:
        raise SsadError(
            f"images of {height} × {width} pixels do not fit: load the image set with a size that "
            f"is a multiple of {REDUCTION}"
        )


def _block(inputs: int, between: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(*_convolution(inputs, between), *_convolution(between, outputs))


def _up(inputs: int, outputs: int | None = None) -> nn.Sequential:
    return nn.Sequential(Doubled(on_corners=True), *_convolution(inputs, outputs or inputs))


def _convolution(inputs: int, outputs: int) -> tuple[nn.Module, ...]:
    return nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU()


class Doubled(nn.Module):
    """Twice the height and width, bilinear.

    Parameters
    ----------
    on_corners : bool
        The middles of the corner pixels stay where they are, else the edges of the image do.
    """

    def __init__(self, *, on_corners: bool) -> None:
        super().__init__()
        self.on_corners = on_corners

    def forward(self, images: Tensor) -> Tensor:
        """Return ``(B, C, 2 H, 2 W)``."""
        return F.interpolate(images, scale_factor=2, mode="bilinear", align_corners=self.on_corners)
