"""Joint batches of normal images and outliers, and how the outliers are drawn (METHODS 11.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from ssad_lib import rng
from ssad_lib.augment import standard
from ssad_lib.detectors.course import Batch, chunks, cut, resident
from ssad_lib.detectors.training import full_batches

SMALL_MODES = ("cyclic", "replacement")


def epochs(
    images: Tensor,
    outliers: Tensor | None,
    *,
    batch_size: int,
    augmented: bool,
    blur: float,
    small_mode: str,
    seed: int,
    device: torch.device,
) -> Callable[[], Iterator[Batch]]:
    """Return a function that yields the next epoch: what is shown, and 1 for each outlier in it.

    Normal images and outliers have streams of their own, so that neither the outliers nor the
    objective change what is seen of the normal images.

    Parameters
    ----------
    images : Tensor
        Normal ones, ``(n, C, H, W)`` in [0, 1]; an epoch ends with them.
    outliers : Tensor or None
        ``(m, C, H, W)``; without them batches are of normal images alone.
    batch_size : int
        Normal images of a batch, with as many outliers.
    augmented : bool
        Whether both go through `ssad_lib.augment.standard`.
    blur : float
        Of the outliers, in pixels.
    small_mode : {"cyclic", "replacement"}
        Of `sampled`.
    seed : int
    device : torch.device
    """
    order = rng.generator(seed, "order")
    draws = rng.generator(seed, "augmentation")
    other_order = rng.generator(seed, "outliers/order")
    other_draws = rng.generator(seed, "outliers/augmentation")
    take = resident(images, device)

    def seen(clean: Tensor, generator: torch.Generator, sigma: float) -> Tensor:
        if not augmented:
            return standard.blurred(clean, sigma)
        _, channels, height, width = clean.shape
        parameters = standard.draw(len(clean), generator, (channels, height, width))
        return standard.apply(clean, parameters, sigma)

    def alone() -> Iterator[Batch]:
        for parts in chunks(full_batches(len(images), batch_size, order)):
            for normal in cut(seen(take(torch.cat(parts)), draws, 0.0), parts):
                yield normal, torch.zeros(len(normal), device=device)

    if outliers is None:
        return alone
    take_other, count = resident(outliers, device), len(outliers)
    replaced = small_mode == "replacement" and count < len(images)

    def joint() -> Iterator[Batch]:
        batches = full_batches(len(images), batch_size, order)
        chosen = sampled(count, sum(map(len, batches)), other_order, with_replacement=replaced)
        for parts in chunks(batches):
            index = torch.cat(parts)
            other, chosen = chosen[: len(index)], chosen[len(index) :]
            normal = cut(seen(take(index), draws, 0.0), parts)
            strange = cut(seen(take_other(other), other_draws, blur), parts)
            # One forward pass for both: batch statistics of their own would tell them apart.
            for pair in zip(normal, strange, strict=True):
                outlier = torch.zeros(2 * len(pair[0]), device=device)
                outlier[len(pair[0]) :] = 1
                yield torch.cat(pair), outlier

    return joint


def sampled(
    count: int, wanted: int, generator: torch.Generator, *, with_replacement: bool
) -> Tensor:
    """Return the indices ``(wanted,)`` of one epoch's outliers, of `count` there are.

    With replacement each is drawn on its own. Else the list is shuffled and read in a circle from a
    random place, so that no outlier comes up twice more often than another.
    """
    if with_replacement:
        return torch.randint(count, (wanted,), generator=generator)
    shuffled = torch.randperm(count, generator=generator)
    start = torch.randint(count, (), generator=generator)
    return shuffled[(start + torch.arange(wanted)) % count]
