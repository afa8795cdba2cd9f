"""A small plan, and an encoder that needs no reference images."""

from __future__ import annotations

import pytest
import torch

from ssad_lib.encoders import Encoder
from ssad_lib.studies.alignment import measuring

SETTINGS = {
    "image_set": "street-digits",
    "size": 0,
    "images_per_class": 30,
    "test_images_per_class": 20,
    "normal_classes": [3, 6],
    "samples": 16,
    "draws": 2,
    "encoder": "stand-in",
    "width": 8,
}


@pytest.fixture
def settings():
    return dict(SETTINGS)


@pytest.fixture
def thumbnails(monkeypatch):
    """An encoder of 12 features that takes no time: the mean colours of the four quarters."""

    def embed(images):
        return torch.nn.functional.adaptive_avg_pool2d(images, 2).flatten(1)

    chosen = Encoder("thumbnails", "1", comparable=False, note="For tests.", embed=embed)
    monkeypatch.setattr(measuring, "encoder", lambda name, size=0: chosen)
    return chosen
