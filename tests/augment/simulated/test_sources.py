import numpy as np
import pytest
import torch
from PIL import Image

from ssad_lib import rng
from ssad_lib.augment.simulated import open_source
from ssad_lib.errors import SsadError


def textures(source, images, key="source"):
    return source.apply(source.draw(len(images), rng.generator(key)), images)


@pytest.mark.parametrize("name", ["noise", "textures:tile", "dtd", "folder"])
def test_every_source_gives_textures_of_the_images_shape(tmp_path, images, name):
    if name in ("dtd", "folder"):
        for kind in ("banded", "dotted"):
            place = tmp_path / "dtd" / "dtd" / "images" / kind
            place.mkdir(parents=True)
            pixels = np.random.default_rng(len(kind)).integers(0, 256, (50, 70, 3), np.uint8)
            Image.fromarray(pixels).save(place / f"{kind}_0001.jpg")
    if name == "folder":
        name = f"folder:{tmp_path / 'dtd' / 'dtd' / 'images'}"
    source = open_source(name, tmp_path)
    assert source.name == name
    found = textures(source, images)
    assert found.shape == images.shape
    assert 0 <= float(found.min()) <= float(found.max()) <= 1
    assert float(found.std()) > 0.02
    assert torch.equal(found, textures(source, images))
    assert not torch.equal(found, textures(source, images, "other"))
    grey = textures(source, images[:, :1, :32])
    assert grey.shape == (8, 1, 32, 64)


def test_what_is_absent_is_said(tmp_path, monkeypatch):
    monkeypatch.delenv("SSAD_DATA", raising=False)
    with pytest.raises(SsadError, match="Describable Textures Dataset is not in"):
        open_source("dtd", tmp_path)
    with pytest.raises(SsadError, match="no data root"):
        open_source("dtd")
    with pytest.raises(SsadError, match="unknown image set 'textur'"):
        open_source("textur")
