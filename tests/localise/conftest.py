from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ssad_lib import data
from ssad_lib.localise import Model, train
from ssad_lib.recommend import read_folder

SIZE = 64
NORMAL, EACH = 28, 3


def _write(folder: Path, images: np.ndarray) -> None:
    folder.mkdir(parents=True)
    for place, image in enumerate(images):
        pixels = image if image.ndim == 2 else image.transpose(1, 2, 0)
        Image.fromarray(pixels).save(folder / f"{place:03}.png")


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with normal pieces of carpet, others of three kinds, and masks of the defects."""
    place = tmp_path_factory.mktemp("parts of a user")
    normal = data.load("textures:carpet", images_per_class=NORMAL, size=SIZE)
    test = data.load("textures:carpet", split="test", images_per_class=EACH, size=SIZE)
    _write(place / "normal", normal.images)
    assert test.masks is not None
    for kind in ("good", "hole", "metal"):
        chosen = test.labels == test.classes.index(kind)
        _write(place / "images" / kind, test.images[chosen])
        if kind != "good":
            _write(place / "masks" / kind, test.masks[chosen].astype(np.uint8) * 255)
    return place


@pytest.fixture(scope="session")
def model(parts: Path, tmp_path_factory: pytest.TempPathFactory) -> Model:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSAD_HOME", str(tmp_path_factory.mktemp("home of a model")))
        return train(read_folder(parts / "normal", SIZE))
