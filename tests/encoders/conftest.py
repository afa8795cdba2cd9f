"""A few embedded images, as every encoder takes them."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from ssad_lib import data


@pytest.fixture(scope="session")
def digits() -> Tensor:
    """Return 20 colour images of 32 pixels."""
    images = data.load("street-digits", split="test", images_per_class=2).images
    return torch.from_numpy(images).float() / 255
