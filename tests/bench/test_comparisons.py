"""What ours is compared with does the work it is named after."""

from __future__ import annotations

import pytest
import torch
from PIL import Image

from ssad_lib import augment, rng
from ssad_lib.bench import with_kornia, with_torchvision

SIDE = 32
BYTES = torch.randint(256, (40, 3, SIDE, SIDE), generator=rng.generator("b"), dtype=torch.uint8)
PICTURES = [Image.fromarray(image.permute(1, 2, 0).numpy()) for image in BYTES]


@pytest.mark.parametrize("name", augment.names())
@pytest.mark.parametrize("kind", ["bytes", "PIL"])
def test_torchvision_gives_float_images_of_that_kind(name: str, kind: str) -> None:
    transform = with_torchvision.per_image(SIDE)[name]
    source = list(BYTES) if kind == "bytes" else PICTURES
    with torch.random.fork_rng():
        torch.manual_seed(1)  # whatever test ran before
        result = torch.stack([transform(image) for image in source])
    assert result.shape == BYTES.shape
    assert result.dtype == torch.float32
    plain = BYTES.float() / 255
    changed = ((result - plain).abs() > 1e-6).flatten(1).float().mean(1)
    if name == "identity":
        assert not changed.any()
    elif name in ("cutout", "cutpaste"):
        # Pixels of a rectangle, and no others.
        assert 0 < float(changed.mean()) < 0.33
    elif name == "cp-scar":
        assert 0 < float(changed.mean()) < 0.5
    elif name == "mask":
        assert float(changed.mean()) == pytest.approx(0.2, abs=0.01)
    elif name in ("flip", "invert"):
        assert 0.2 < float((changed > 0).float().mean()) < 0.8
    else:
        assert float((changed > 0).float().mean()) > 0.6
    if name != "noise":
        assert result.min() >= 0
        assert result.max() <= 1


def test_the_sources_are_left_as_they_are() -> None:
    before, pictures = BYTES.clone(), [picture.copy() for picture in PICTURES[:5]]
    with torch.random.fork_rng():
        torch.manual_seed(1)  # whatever test ran before
        for transform in with_torchvision.per_image(SIDE).values():
            for image, picture in zip(BYTES[:5], PICTURES[:5], strict=True):
                transform(image)
                transform(picture)
    assert torch.equal(before, BYTES)
    assert all(a.tobytes() == b.tobytes() for a, b in zip(pictures, PICTURES[:5], strict=True))


def test_kornia_draws_for_every_image() -> None:
    pytest.importorskip("kornia")
    same = torch.rand(1, 3, SIDE, SIDE, generator=rng.generator("k")).expand(60, -1, -1, -1)
    least = {"rotate": 4, "flip": 2, "invert": 2}
    for name, operation in with_kornia.per_sample(SIDE).items():
        with torch.random.fork_rng():
            torch.manual_seed(1)  # whatever test ran before
            result = operation(same)
        assert result.shape == same.shape
        assert len(result.unique(dim=0)) >= least.get(name, 50), name
