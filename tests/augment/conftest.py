"""Random images and seeded draws shared by the tests of augmentations."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from ssad_lib import augment, rng
from ssad_lib.augment import Parameters

from .oracles import Draw, Images


@pytest.fixture
def draw() -> Draw:
    """Return a function that draws `n` parameters of a named augmentation."""

    def draw(
        name: str, n: int, shape: tuple[int, int, int] = (3, 32, 32), **options: object
    ) -> Parameters:
        return augment.get(name, **options).draw(n, rng.generator("test", name), shape)

    return draw


@pytest.fixture
def noise_images() -> Images:
    """Return a function that makes float64 images of independent uniform pixels."""

    def make(*shape: int) -> Tensor:
        return torch.rand(shape, generator=rng.generator("images"), dtype=torch.float64)

    return make
