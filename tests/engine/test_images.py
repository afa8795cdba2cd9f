"""Fingerprints: those of drawn images once a process, those of files as the files are now."""

import numpy as np
import pytest
from PIL import Image

from ssad_lib.engine import images


@pytest.fixture
def loads(monkeypatch):
    """The names of what is loaded; nothing is kept for the next call."""
    asked = []
    true = images.load_images.__wrapped__

    def load(name, *options):
        asked.append(name)
        return true(name, *options)

    monkeypatch.setattr(images, "load_images", load)
    return asked


def test_embedded_images_are_drawn_once_for_their_fingerprint(loads):
    first = images.content("textures:grid", 3, 2, 24)
    assert images.content("textures:grid", 3, 2, 24) == first
    assert loads == ["textures:grid"] * 2  # both splits
    others = {images.content("textures:grid", 4, 2, 24), images.content("textures:weave", 3, 2, 24)}
    assert len(others | {first}) == 3


def test_a_file_that_changes_changes_the_fingerprint(loads, tmp_path):
    for split in ("train", "test"):
        for label in "ab":
            (tmp_path / split / label).mkdir(parents=True)
            for place in range(3):
                colours = np.full((8, 8, 3), 40 * place, np.uint8)
                Image.fromarray(colours).save(tmp_path / split / label / f"{place}.png")
    before = images.content(f"folder:{tmp_path}", 0, 0, 8)
    assert images.content(f"folder:{tmp_path}", 0, 0, 8) == before
    Image.fromarray(np.full((8, 8, 3), 255, np.uint8)).save(tmp_path / "train" / "a" / "1.png")
    assert images.content(f"folder:{tmp_path}", 0, 0, 8) != before
