from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from torch import Tensor

from tests.selection.cases import noise, texture


def write(folder: Path, images: Tensor) -> Path:
    """Write images as PNG files ``000.png``, ``001.png`` and so on."""
    folder.mkdir(parents=True)
    pixels = (images * 255).round().byte().permute(0, 2, 3, 1).numpy()
    for place, image in enumerate(pixels):
        Image.fromarray(image).save(folder / f"{place:03}.png")
    return folder


@pytest.fixture(scope="session")
def spotted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return folders of a carpet, the second with 40 good and 40 dented pieces in this order."""
    place = tmp_path_factory.mktemp("spotted")
    normal, mixed = texture("carpet/hole")
    return write(place / "normal", normal), write(place / "mixed images", mixed)


@pytest.fixture(scope="session")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return folders of pure noise."""
    place = tmp_path_factory.mktemp("noisy")
    normal, mixed = noise()
    return write(place / "normal", normal), write(place / "mixed", mixed)
