"""ResNet-50 is torchvision's up to its last layer; another file is refused."""

import hashlib

import pytest
import torch
from torchvision import models
from torchvision.transforms import functional as transforms

from ssad_lib.encoders import resnet50
from ssad_lib.errors import SsadError


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A file with ResNet-50's keys and shapes that stores one number per output channel."""
    generator = torch.Generator().manual_seed(0)
    small = {}
    for name, value in models.resnet50(weights=None).state_dict().items():
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
    network = resnet50.load(weights, digest_of(weights))
    with torch.inference_mode():
        found = resnet50.features(network, digits[:2], 64, normalise=True)
    reference = models.resnet50(weights=None)
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
        resnet50.load(weights, "00000000")
    broken = tmp_path / "broken.pth"
    broken.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(SsadError, match="cannot be read as weights of ResNet-50"):
        resnet50.load(broken, digest_of(broken))
