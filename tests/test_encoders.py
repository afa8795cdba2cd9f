"""Encoders: the stand-in never passes for ResNet-50, and ResNet-50 is torchvision's."""

import hashlib

import numpy as np
import pytest
import torch
from torchvision.models import resnet50
from torchvision.transforms import functional as transforms

from ssad_lib import data, encoders
from ssad_lib.alignment import kernel
from ssad_lib.encoders import encoder, load_resnet50, resnet50_features
from ssad_lib.errors import SsadError

PINNED = [1.37797, 0.94777, 0.91720, 0.95042]  # kernels of the first test image with the next


@pytest.fixture(scope="module")
def digits():
    images = data.load("street-digits", split="test", images_per_class=2).images
    return torch.from_numpy(images).float() / 255


def test_stand_in_says_what_it_is():
    chosen = encoder("stand-in")
    assert chosen.name == "stand-in"
    assert not chosen.comparable
    assert "stand-in" in chosen.note


def test_features_of_the_stand_in_are_pinned(digits):
    """If this fails, raise STAND_IN_VERSION: cached and committed values no longer hold."""
    features = encoder("stand-in")(digits)
    assert features.shape == (20, 256)
    assert features.dtype == torch.float32
    pairs = kernel(features.double().numpy(), features.double().numpy())
    assert np.diag(pairs) == pytest.approx(8, abs=1e-4)  # (1 + 1)^3: features have length √h
    assert pairs[0, 1:5] == pytest.approx(PINNED, abs=2e-3)


def test_stand_in_is_the_same_in_every_process(digits):
    first = encoder("stand-in")(digits)
    encoders._filters.cache_clear()
    encoders._whitening.cache_clear()
    assert torch.equal(encoder("stand-in")(digits), first)


def test_features_of_an_image_do_not_depend_on_its_batch(digits):
    chosen = encoder("stand-in")
    whole = chosen(digits.repeat(20, 1, 1, 1))  # more than one batch
    torch.testing.assert_close(whole[:20], chosen(digits), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(whole[-3:], chosen(digits[-3:]), atol=1e-4, rtol=1e-4)


def test_grey_images_are_colour_images_of_three_equal_channels(digits):
    grey = digits[:, :1]
    chosen = encoder("stand-in")
    torch.testing.assert_close(chosen(grey), chosen(grey.repeat(1, 3, 1, 1)))


def test_other_sizes_are_resized_to_the_native_one(digits):
    chosen = encoder("stand-in")
    large = torch.nn.functional.interpolate(digits, scale_factor=2, mode="nearest")
    similarity = torch.cosine_similarity(chosen(large), chosen(digits))
    assert similarity.min() > 0.8


def test_features_are_decorrelated_on_the_reference():
    mean, projection = encoders._whitening()
    reference = data.load("street-digits", images_per_class=encoders.REFERENCE_IMAGES)
    images = torch.from_numpy(reference.images).float() / 255
    raw = torch.cat([encoders._random_features(batch) for batch in images.split(256)])
    covariance = torch.cov(((raw - mean) @ projection).T)
    variances = covariance.diagonal()
    assert (covariance - torch.diag(variances)).abs().max() < 1e-2
    assert 0 < variances.min() < variances.max() < 1.01


def test_names_are_kept_apart(tmp_path, monkeypatch):
    with pytest.raises(SsadError, match="data root"):
        encoder("resnet50")
    with pytest.raises(SsadError, match=r"no ResNet-50 below .*resnet50-0676ba61\.pth"):
        encoder("resnet50", tmp_path)
    with pytest.raises(SsadError, match="did you mean 'resnet50'"):
        encoder("resnet18")
    assert encoder("auto").name == "stand-in"
    assert encoder("auto", tmp_path).name == "stand-in"


@pytest.mark.parametrize("name", encoders.WEIGHTS)
def test_auto_takes_resnet50_where_its_weights_are(tmp_path, monkeypatch, name):
    (tmp_path / name).write_bytes(b"not read before it is used")
    monkeypatch.setenv("SSAD_DATA", str(tmp_path))
    chosen = encoder("auto")
    assert (chosen.name, chosen.comparable) == ("resnet50", True)
    assert chosen.version == f"{name[9:17]}/224/normalised"
    assert encoder("resnet50", size=32, normalise=False).version == f"{name[9:17]}/32/raw"
    with pytest.raises(SsadError, match="SHA-256"):
        chosen(torch.zeros(1, 3, 32, 32))


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A file with ResNet-50's keys and shapes that stores one number per output channel."""
    generator = torch.Generator().manual_seed(0)
    small = {}
    for name, value in resnet50(weights=None).state_dict().items():
        if value.ndim == 0:
            small[name] = value
            continue
        leading = (len(value), *[1] * (value.ndim - 1))
        draw = torch.rand(leading, generator=generator) + 0.5
        fan_in = value[0].numel()  # else the activations of 50 layers overflow
        small[name] = (draw / fan_in).expand(value.shape)
    path = tmp_path_factory.mktemp("weights") / "tiny.pth"
    torch.save(small, path)
    assert path.stat().st_size < 2**20
    return path


def digest_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]


def test_resnet50_is_torchvisions_up_to_its_last_layer(weights, digits):
    network = load_resnet50(weights, digest_of(weights))
    with torch.inference_mode():
        found = resnet50_features(network, digits[:2], 64, normalise=True)
    reference = resnet50(weights=None)
    reference.load_state_dict(torch.load(weights, weights_only=True))
    pooled = []
    reference.eval().avgpool.register_forward_hook(lambda *call: pooled.append(call[2].flatten(1)))
    resized = transforms.resize(digits[:2], [64, 64], antialias=False)
    with torch.inference_mode():
        reference(transforms.normalize(resized, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    assert found.shape == (2, 2048)
    assert found[0].std() > 1e-3
    assert (found[0] - found[1]).abs().max() > 1e-3
    torch.testing.assert_close(found, pooled[0], rtol=1e-3, atol=1e-4)


def test_another_file_of_weights_is_refused(weights, tmp_path):
    with pytest.raises(SsadError, match="SHA-256 begins with .*, not 00000000"):
        load_resnet50(weights, "00000000")
    broken = tmp_path / "broken.pth"
    broken.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(SsadError, match="cannot be read as weights of ResNet-50"):
        load_resnet50(broken, digest_of(broken))
