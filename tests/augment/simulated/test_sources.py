import numpy as np
import pytest
import torch
from PIL import Image

from ssad_lib import rng
from ssad_lib.augment.simulated import open_source
from ssad_lib.augment.simulated.distortions import OPERATIONS
from ssad_lib.augment.simulated.distortions import draw as draw_distortions
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


def test_three_operations_are_done_and_no_two_alike():
    operations = draw_distortions(500, rng.generator("three"))["operations"]
    assert operations.shape == (500, 3)
    assert all(len(set(row.tolist())) == 3 for row in operations)
    assert set(operations.flatten().tolist()) == set(range(len(OPERATIONS)))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.__name__)
def test_operations_treat_each_image_by_itself(operation, images):
    strengths = torch.rand(8, 3, generator=rng.generator("strengths"))
    whole = operation(images, strengths)
    assert whole.shape == images.shape
    assert not torch.equal(whole, images)
    alone = torch.cat([operation(images[i : i + 1], strengths[i : i + 1]) for i in range(8)])
    assert torch.allclose(whole, alone, atol=1e-6)


def test_known_values_of_operations():
    named = {one.__name__: one for one in OPERATIONS}
    image = torch.tensor([0.2, 0.4, 0.8]).view(1, 3, 1, 1).expand(1, 3, 8, 8)
    half = torch.full((1, 3), 0.5)

    def value(name, strengths=half):
        return named[name](image, strengths)[0, :, 0, 0].tolist()

    assert value("_gamma") == pytest.approx([v**1.25 for v in (0.2, 0.4, 0.8)])
    assert value("_brightness") == pytest.approx([0.2, 0.4, 0.8])
    assert value("_hue_and_saturation") == pytest.approx([0.2, 0.4, 0.8], abs=1e-5)
    assert value("_invert") == pytest.approx([0.8, 0.6, 0.2])
    solarised = torch.tensor([[0.0, 0.5, 0.0]])  # threshold 80 grey levels
    assert value("_solarise", solarised) == pytest.approx([0.2, 0.6, 0.2])
    assert value("_posterise", torch.zeros(1, 3)) == pytest.approx([0, 0, 128 / 255])
