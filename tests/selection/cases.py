"""Small folders of which it is known what should be recommended."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ssad_lib.data import load


def texture(name: str, seed: int = 0, normal: int = 160, each: int = 40) -> tuple[Tensor, Tensor]:
    """Return normal images and unlabelled ones, half of them with the defect ``surface/kind``."""
    surface, kind = name.split("/")
    train = load(f"textures:{surface}", images_per_class=normal, size=32, seed=seed)
    test = load(f"textures:{surface}", None, "test", images_per_class=each, size=32, seed=seed)
    good, bad = test.of_class(0), test.of_class(test.classes.index(kind))
    return floats(train.images), floats(np.concatenate([good, bad]))


def turned_digits(seed: int = 0) -> tuple[Tensor, Tensor]:
    """Return sixes, and as many more sixes and nines; scikit-learn's, so few."""
    digits = load("digits", images_per_class=180, size=32)
    six, nine = floats(digits.of_class(6)), floats(digits.of_class(9))
    order = torch.randperm(len(six), generator=torch.Generator().manual_seed(seed))
    return six[order[40:]], torch.cat([six[order[:40]], nine[:40]])


def noise(seed: int = 0, normal: int = 80, mixed: int = 40) -> tuple[Tensor, Tensor]:
    """Return images of pure noise, in which there is nothing to find."""
    images = torch.rand(normal + mixed, 3, 32, 32, generator=torch.Generator().manual_seed(seed))
    return images[:normal], images[normal:]


def floats(images: np.ndarray) -> Tensor:
    """Return uint8 images as float32 in [0, 1]."""
    return torch.from_numpy(np.array(images)).float() / 255
