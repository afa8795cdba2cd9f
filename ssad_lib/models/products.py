"""The autoencoder with its strided convolutions as matrix products, for the CPU (METHODS 3.3).

A processor multiplies matrices in bfloat16 many times faster than it runs the ready-made kernels
of 3 × 3 convolutions of stride 2, and of their transposes, on 2 × 2 to 16 × 16 pixels. Here both
are one product each. With x an image of 2h × 2w pixels, y one of h × w pixels and V the weight:

- windows: the nine pixels of x that a pixel of y sees, side by side; y = windows(x) · Vᵀ;
- fold: its transpose, nine values per pixel of y summed where they overlap in x; x = fold(y · V);
- the gradient of the weight is yᵀ · windows(x), whichever of x and y was the input.

A batch is worked through in parts, whose windows are still in the cache when the product needs
them. Inside this module the channels are the last axis, as they lie in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from ssad_lib.models.autoencoder import ConvolutionalAutoencoder

ROWS = 4096  # of a product; fewer pack the weights too often, more leave the cache


class ProductAutoencoder(ConvolutionalAutoencoder):
    """`ConvolutionalAutoencoder` computed another way: the same function of the same parameters.

    It computes in the type of the images, or in that of ``torch.autocast`` where it is on; weights,
    batch statistics and output keep the type of the weights. Weights and images should be
    channels-last. In training the biases before a batch normalisation get no gradient: the
    normalisation takes them out again.
    """

    def forward(self, images: Tensor) -> Tensor:
        """Reconstruct `images` ``(B, C, H, W)``; the output lies in (0, 1)."""
        layers: Any = self.decoder
        linear, norm, relu, unflatten, *ups, last, sigmoid = layers
        values = unflatten(relu(norm(linear(self.embed(images)))))
        for up in ups:
            values = _normalised(TransposedProduct.apply(values, up[0].weight), *up)
        values = TransposedProduct.apply(values, last.weight).to(last.bias.dtype)
        output: Tensor = sigmoid(values + last.bias[:, None, None])
        return output

    def embed(self, images: Tensor) -> Tensor:
        """Return the embedding ``(B, 4·width)`` of `images` ``(B, C, H, W)`` in (-1, 1)."""
        layers: Any = self.encoder
        first, *downs, flatten, linear, tanh = layers
        # Its windows are too short to be copied fast, and nobody asks for its input's gradient.
        values = _normalised(F.conv2d(images, first[0].weight, stride=2, padding=1), *first)
        for down in downs:
            values = _normalised(StridedProduct.apply(values, down[0].weight), *down)
        output: Tensor = tanh(linear(flatten(values)))
        return output


def _normalised(products: Tensor, convolution: Any, norm: Any, relu: Any) -> Tensor:
    """Return `products` plus the bias of `convolution`, after the norm and the ReLU."""
    if not norm.training:
        products = products + convolution.bias.to(products)[:, None, None]
    else:
        # The batch's own mean takes the bias out again. So only the running mean must know of it;
        # it gets its share before the normalisation moves it.
        share = norm.momentum / (1 - norm.momentum)
        norm.running_mean.add_(convolution.bias.detach(), alpha=share)
    output: Tensor = relu(norm(products))
    return output


class StridedProduct(torch.autograd.Function):
    """3 × 3 convolution of stride 2 and padding 1, as ``F.conv2d(images, weight, None, 2, 1)``.

    ``(B, I, 2h, 2w)`` images and an ``(O, I, 3, 3)`` weight give ``(B, O, h, w)``.
    """

    @staticmethod
    def forward(ctx: Any, images: Tensor, weight: Tensor) -> Tensor:
        """Return windows(x) · Vᵀ."""
        fine, matrix = _channels_last(images), _matrix(weight, images.dtype)
        ctx.save_for_backward(fine, weight, matrix)
        batch, height, width, _ = fine.shape
        coarse = fine.new_empty(batch, height // 2, width // 2, len(matrix))
        for part, windows in _windows(fine):
            torch.mm(windows, matrix.T, out=_rows(coarse[part]))
        return _channels_first(coarse)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor]:
        """Return fold(g · V) and gᵀ · windows(x)."""
        fine, weight, matrix = ctx.saved_tensors
        coarse = _channels_last(gradient)
        total = None
        for part, windows in _windows(fine):
            total = _added(torch.mm(_rows(coarse[part]).T, windows), total, weight.dtype)
        return _channels_first(_folded(coarse, matrix)), _as_weight(total, weight)


class TransposedProduct(torch.autograd.Function):
    """The transpose, ``F.conv_transpose2d(images, weight, None, 2, 1, output_padding=1)``.

    ``(B, I, h, w)`` images and an ``(I, O, 3, 3)`` weight give ``(B, O, 2h, 2w)``.
    """

    @staticmethod
    def forward(ctx: Any, images: Tensor, weight: Tensor) -> Tensor:
        """Return fold(y · V)."""
        coarse, matrix = _channels_last(images), _matrix(weight, images.dtype)
        ctx.save_for_backward(coarse, weight, matrix)
        return _channels_first(_folded(coarse, matrix))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor]:
        """Return windows(g) · Vᵀ and yᵀ · windows(g)."""
        coarse, weight, matrix = ctx.saved_tensors
        images_gradient = torch.empty_like(coarse)
        total = None
        for part, windows in _windows(_channels_last(gradient)):
            torch.mm(windows, matrix.T, out=_rows(images_gradient[part]))
            total = _added(torch.mm(_rows(coarse[part]).T, windows), total, weight.dtype)
        return _channels_first(images_gradient), _as_weight(total, weight)


def _windows(fine: Tensor) -> Iterator[tuple[slice, Tensor]]:
    """Yield parts of the batch ``(B, 2h, 2w, C)`` with their windows ``(part · h · w, 9 · C)``.

    The windows are overwritten by those of the next part.
    """
    batch, height, width, channels = fine.shape
    parts = _parts(batch, height * width // 4)
    count = parts[0].stop
    padded = fine.new_empty(count, height + 1, width + 1, channels)
    padded[:, 0] = padded[:, :, 0] = 0
    image, row, pixel, _ = padded.stride()
    # Three neighbouring pixels are one run in memory, so that nine are copied as three runs.
    seen = padded.as_strided(
        (count, height // 2, width // 2, 3, 3 * channels), (image, 2 * row, 2 * pixel, row, 1)
    )
    windows = fine.new_empty(seen.shape)
    for part in parts:
        filled = slice(part.stop - part.start)
        padded[filled, 1:, 1:] = fine[part]
        windows[filled] = seen[filled]
        yield part, windows[filled].flatten(3).flatten(0, 2)


def _folded(coarse: Tensor, matrix: Tensor) -> Tensor:
    """Return fold(y · V) ``(B, 2h, 2w, C)`` of y ``(B, h, w, I)`` and V ``(I, 9 · C)``."""
    batch, height, width, _ = coarse.shape
    channels = matrix.shape[1] // 9
    fine = coarse.new_empty(batch, height, 2, width, 2, channels)
    parts = _parts(batch, height * width)
    products = coarse.new_empty(parts[0].stop, height, width, 3, 3, channels)
    for part in parts:
        taps = products[: part.stop - part.start]
        torch.mm(_rows(coarse[part]), matrix, out=taps.flatten(3).flatten(0, 2))
        # Tap 1 falls on an even pixel; tap 2 on the odd one after it, and so does the next tap 0.
        taps[:, :-1, :, 2] += taps[:, 1:, :, 0]
        taps[:, :, :-1, 1:, 2] += taps[:, :, 1:, 1:, 0]
        fine[part] = taps[:, :, :, 1:, 1:].transpose(2, 3)
    return fine.view(batch, 2 * height, 2 * width, channels)


def _parts(batch: int, pixels: int) -> list[slice]:
    """Cut a batch of images into parts of about `ROWS` pixels, the first the largest."""
    size = max(1, ROWS // pixels)
    return [slice(start, min(start + size, batch)) for start in range(0, batch, size)]


def _rows(values: Tensor) -> Tensor:
    """Return ``(B, h, w, C)`` as a matrix ``(B · h · w, C)`` of the same memory."""
    return values.view(-1, values.shape[-1])


def _channels_last(images: Tensor) -> Tensor:
    return images.permute(0, 2, 3, 1).contiguous()


def _channels_first(values: Tensor) -> Tensor:
    return values.permute(0, 3, 1, 2)


def _matrix(weight: Tensor, dtype: torch.dtype) -> Tensor:
    """Return a weight ``(A, C, 3, 3)`` as V ``(A, 9 · C)``; a view where it is channels-last."""
    return weight.permute(0, 2, 3, 1).reshape(len(weight), -1).to(dtype)


def _added(part: Tensor, total: Tensor | None, dtype: torch.dtype) -> Tensor:
    """Return `total`, in `dtype`, with the gradient of one more part of the batch."""
    return part.to(dtype) if total is None else total.add_(part)


def _as_weight(matrix: Tensor | None, weight: Tensor) -> Tensor:
    """Return V ``(A, 9 · C)`` in the shape ``(A, C, 3, 3)`` of `weight`."""
    assert matrix is not None, "a batch has at least one part"
    return matrix.view(len(weight), 3, 3, weight.shape[1]).permute(0, 3, 1, 2)
