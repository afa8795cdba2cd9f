"""What several detectors share when they train: checks, batches, evaluation in batches."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ssad_lib.errors import SsadError

SCORING_BATCH = 256
LARGEST_RATE = 1e37  # the first step of Adam multiplies it by ten, and float32 ends at 3e38


def check_budget(
    images: Tensor, *, width: int, learning_rate: float, epochs: int, batch_size: int
) -> None:
    """Raise `SsadError` unless these settings can train a network on `images`."""
    if width < 1 or not 0 < learning_rate <= LARGEST_RATE:
        raise SsadError(
            f"width {width} must be ≥ 1 and learning_rate {learning_rate} positive, "
            f"at most {LARGEST_RATE:g}"
        )
    if epochs < 0 or batch_size < 2:
        raise SsadError(f"epochs {epochs} must be ≥ 0 and batch_size {batch_size} ≥ 2")
    if len(images) < 2:
        raise SsadError("training needs at least two images: batch statistics of one are void")


def check_square(images: Tensor) -> None:
    """Raise `SsadError` unless images ``(N, C, H, W)`` are as high as they are wide."""
    if images.shape[2] != images.shape[3]:
        raise SsadError(f"images must be square, not {images.shape[2]} x {images.shape[3]}")


def batches(n: int, batch_size: int, generator: torch.Generator) -> list[Tensor]:
    """Return the indices 0..n-1 in a fresh random order, cut into batches; the last may be short.

    A last batch of a single image joins the one before it: batch normalisation of the embedding
    is undefined for one image.
    """
    order = torch.randperm(n, generator=generator)
    parts = list(order.split(batch_size))
    if len(parts) > 1 and len(parts[-1]) == 1:
        parts[-2:] = [torch.cat(parts[-2:])]
    return parts


def full_batches(n: int, batch_size: int, generator: torch.Generator) -> list[Tensor]:
    """Return the indices 0..n-1 in a fresh random order, cut into batches without a short one.

    Fewer indices than `batch_size` make one batch of all.
    """
    parts = list(torch.randperm(n, generator=generator).split(batch_size))
    return parts[:-1] if len(parts) > 1 and len(parts[-1]) < batch_size else parts


def evaluate(
    network: nn.Module,
    function: Callable[[Tensor], Tensor],
    images: Tensor,
    batch_size: int = SCORING_BATCH,
) -> NDArray[np.float32]:
    """Return `function` of all `images`, computed in batches on the device of `network`."""
    device = next(network.parameters()).device
    with torch.inference_mode():
        outputs = [
            function(batch.to(device, memory_format=torch.channels_last)).float().cpu()
            for batch in images.split(batch_size)
        ]
    return torch.cat(outputs).numpy()
