"""Pre-training of an encoder inside an autoencoder (METHODS section 4, the disputed step)."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from ssad_lib.detectors.course import Batch, Course, chunks, cut, resident
from ssad_lib.detectors.training import full_batches
from ssad_lib.models.autoencoder import squared_error

DECAY = 0.5e-3


def course(
    encoder: nn.Module,
    decoder: nn.Module,
    images: Tensor,
    *,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    precision: str,
    order: torch.Generator,
) -> Course:
    """Return the training of `encoder` and `decoder` to reconstruct `images` ``(n, C, H, W)``.

    Constant rate, weight decay 0.0005; a partial batch is dropped, unless there is no other.
    """
    take = resident(images, next(encoder.parameters()).device)

    def epoch() -> Iterator[Batch]:
        for parts in chunks(full_batches(len(images), batch_size, order)):
            yield from ((clean, clean) for clean in cut(take(torch.cat(parts)), parts))

    return Course(
        nn.Sequential(encoder, decoder),
        loss=lambda output, clean: squared_error(output, clean).mean(),
        epoch=epoch,
        epochs=epochs,
        batch_size=batch_size,
        rate=lambda _: learning_rate,
        weight_decay=DECAY,
        precision=precision,
        minimised="pre-training loss",
    )
