"""Which encoder a name means, and what it says of itself."""

import subprocess
import sys

import pytest
import torch

from ssad_lib.encoders import encoder, resnet50
from ssad_lib.errors import SsadError


def test_names_are_kept_apart(tmp_path):
    with pytest.raises(SsadError, match="data root"):
        encoder("resnet50")
    with pytest.raises(SsadError, match=r"no ResNet-50 below .*resnet50-0676ba61\.pth"):
        encoder("resnet50", tmp_path)
    with pytest.raises(SsadError, match="did you mean 'resnet50'"):
        encoder("resnet18")


def test_without_resnet50_auto_is_efficientnet(tmp_path):
    for chosen in (encoder(), encoder("auto"), encoder("auto", tmp_path)):
        assert (chosen.name, chosen.comparable) == ("efficientnet-lite0", False)
        assert "EfficientNet-Lite0 trained on ImageNet" in chosen.note
        assert "128×128" in chosen.note


@pytest.mark.parametrize("name", resnet50.WEIGHTS)
def test_auto_takes_resnet50_where_its_weights_are(tmp_path, monkeypatch, name):
    (tmp_path / name).write_bytes(b"not read before it is used")
    monkeypatch.setenv("SSAD_DATA", str(tmp_path))
    chosen = encoder("auto")
    assert (chosen.name, chosen.comparable) == ("resnet50", True)
    assert chosen.version == f"{name[9:17]}/224/normalised"
    assert encoder("resnet50", size=32, normalise=False).version == f"{name[9:17]}/32/raw"
    assert encoder("efficientnet-lite0").name == "efficientnet-lite0"
    with pytest.raises(SsadError, match="SHA-256"):
        chosen(torch.zeros(1, 3, 32, 32))


def test_the_size_is_part_of_the_version():
    versions = [encoder(size=size).version for size in (0, 128, 96)]
    assert versions[0] == versions[1] != versions[2]
    assert encoder("stand-in", size=96).version == encoder("stand-in").version


@pytest.mark.parametrize("size", [-1, 31, 513])
def test_sizes_have_bounds(size):
    with pytest.raises(SsadError, match=f"encoder's size is {size}: give 32 to 512 pixels"):
        encoder(size=size)


def test_choosing_an_encoder_loads_no_library_of_networks():
    code = (
        "import sys; from ssad_lib.encoders import encoder; encoder(); encoder('stand-in'); "
        "print(*[m for m in ('timm', 'torchvision', 'huggingface_hub') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
