"""Every augmentation: ours on batches, torchvision v2 image by image, kornia with own parameters.

Ours and kornia take and return float batches, draws included. torchvision starts where a per-image
data set starts, from byte tensors or PIL images, and ends with the stacked float batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from PIL import Image
from torch import Tensor

from ssad_lib import augment, rng
from ssad_lib.bench import with_kornia, with_torchvision
from ssad_lib.bench.cases import Case, Figure, LeftOut, Variant

SIDE = 32
BATCHES, QUICK_BATCHES = (256, 1024), (8,)
OURS, KORNIA = "ours, batch", "kornia, batch"
BYTES, PIL = "torchvision, per image, bytes", "torchvision, per image, PIL"
NOTES = {
    "identity": "Nothing to do but to make floats of bytes: that is what is timed.",
    "mask": "kornia's pepper noise takes whole pixels, ours each channel on its own.",
    "color": "kornia draws one order of the four operations for the whole batch, we one per image.",
    "simclr": "kornia draws one order of the colour operations for the whole batch.",
}


def cases(quick: bool) -> Iterator[Case | Figure | LeftOut]:
    """Yield the fourteen augmentations at every batch size."""
    theirs = with_torchvision.per_image(SIDE)
    try:
        kornias = with_kornia.per_sample(SIDE)
    except ImportError:
        kornias = {}
        yield LeftOut("kornia", "not installed: pip install 'ssad-lib[bench]'")
    for batch in QUICK_BATCHES if quick else BATCHES:
        shape = (batch, 3, SIDE, SIDE)
        as_bytes = torch.randint(256, shape, generator=rng.generator("bench"), dtype=torch.uint8)
        for name in augment.names():
            variants = _variants(name, as_bytes, theirs[name], kornias.get(name))
            if kornias and name not in kornias and not quick:
                yield LeftOut(f"{name}, batch {batch:,}, kornia", "kornia has no such operation")
            yield Case(
                name=f"{name}, batch {batch:,}",
                unit="images",
                variants=tuple(Variant(key, call, batch) for key, call in variants.items()),
                repetitions=2 if quick else 11,
                warm_up=1,
                shortest=0.0 if quick else 0.01,
                note=NOTES.get(name, ""),
            )


def _variants(
    name: str,
    as_bytes: Tensor,
    theirs: Callable[[object], Tensor],
    kornias: Callable[[Tensor], Tensor] | None,
) -> dict[str, Callable[[], object]]:
    batch = as_bytes.float() / 255
    images = list(as_bytes)
    pictures = [Image.fromarray(image.permute(1, 2, 0).numpy()) for image in images]
    generator, augmentation = rng.generator("bench", name), augment.get(name)
    found: dict[str, Callable[[], object]] = {
        OURS: lambda: augmentation(batch, generator),
        BYTES: lambda: torch.stack([theirs(image) for image in images]),
        PIL: lambda: torch.stack([theirs(picture) for picture in pictures]),
    }
    if name == "identity":
        found[OURS] = lambda: as_bytes.float().div_(255)
    if kornias is not None:
        found[KORNIA] = lambda: kornias(batch)
    return found
