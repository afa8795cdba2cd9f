"""1 × 1 convolutions of a stride, as shortcuts of residual networks have them (METHODS 5.3).

oneDNN's weight gradient of a strided 1 × 1 convolution on channels-last images writes past its
workspace where the input has fewer than 8 channels and the processor has AVX2 but no AVX-512: the
process dies, or the gradient is wrong without a word. A 1 × 1 convolution sees no neighbours, so
taking every s-th pixel first and convolving with stride 1 gives the same numbers, and no network of
ours hands the other form to the library.
"""

from __future__ import annotations

from torch import Tensor, nn


class PointwiseConvolution(nn.Conv2d):
    """1 × 1 convolution of stride `stride`, computed on every `stride`-th pixel.

    Parameters and their names are those of ``nn.Conv2d(inputs, outputs, 1, stride, bias=False)``.

    Parameters
    ----------
    inputs, outputs : int
        Channels.
    stride : int
    """

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__(inputs, outputs, 1, bias=False)
        self.step = stride

    def forward(self, images: Tensor) -> Tensor:
        """Return ``(B, outputs, ⌈H/stride⌉, ⌈W/stride⌉)`` of `images` ``(B, inputs, H, W)``."""
        return super().forward(images[:, :, :: self.step, :: self.step])


def subsample_first(network: nn.Module) -> nn.Module:
    """Replace every strided 1 × 1 convolution of `network`, in place; its weights stay the same.

    For networks that a library builds; returns `network`.
    """
    for name, layer in network.named_modules():
        if is_strided_pointwise(layer):
            assert isinstance(layer, nn.Conv2d)
            assert layer.bias is None
            assert layer.groups == 1
            made = PointwiseConvolution(layer.in_channels, layer.out_channels, layer.stride[0])
            made.weight = layer.weight
            network.set_submodule(name, made)
    return network


def is_strided_pointwise(layer: nn.Module) -> bool:
    """Whether `layer` is a 1 × 1 convolution that leaves its stride to the library."""
    return (
        isinstance(layer, nn.Conv2d)
        and layer.kernel_size == (1, 1)
        and any(step > 1 for step in layer.stride)
    )
