"""Layers are torchvision's; another file of weights is refused."""

import hashlib

import pytest
import torch
from torchvision import models
from torchvision.transforms.functional import normalize

from ssad_lib.encoders import wide_resnet50
from ssad_lib.encoders.resnet50 import IMAGENET
from ssad_lib.errors import SsadError
from ssad_lib.models.pointwise import is_strided_pointwise


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A file with the network's keys and shapes that stores one number per output channel."""
    generator = torch.Generator().manual_seed(0)
    small = {}
    for name, value in models.wide_resnet50_2(weights=None).state_dict().items():
        if value.ndim == 0:
            small[name] = value
            continue
        draw = torch.rand((len(value), *[1] * (value.ndim - 1)), generator=generator) + 0.5
        small[name] = (draw / value[0].numel()).expand(value.shape)
    draft = tmp_path_factory.mktemp("weights") / "draft.pth"
    torch.save(small, draft)
    digest = hashlib.sha256(draft.read_bytes()).hexdigest()[:8]
    return draft.rename(draft.with_name(f"wide_resnet50_2-{digest}.pth"))


def test_maps_are_torchvisions_second_and_third_layer(weights, digits):
    with torch.inference_mode():
        found = wide_resnet50.maps(weights, digits[:2])
    reference = models.wide_resnet50_2(weights=None)
    reference.load_state_dict(torch.load(weights, weights_only=True))
    expected = []
    for layer in (reference.layer2, reference.layer3):
        layer.register_forward_hook(lambda *call: expected.append(call[2]))
    with torch.inference_mode():
        reference.eval()(normalize(digits[:2], *IMAGENET))
    assert [tuple(one.shape) for one in found] == [(2, 512, 4, 4), (2, 1024, 2, 2)]
    for one, other in zip(found, expected, strict=True):
        assert one.std() > 1e-4
        torch.testing.assert_close(one.cpu(), other, rtol=1e-3, atol=1e-4)


def test_other_weights_are_refused(weights, tmp_path):
    broken = tmp_path / wide_resnet50.WEIGHTS[0]
    broken.write_bytes(weights.read_bytes())
    assert wide_resnet50.find(tmp_path) == broken
    with pytest.raises(SsadError, match=r"SHA-256 begins with .*, not 95faca4d"):
        wide_resnet50.load(broken)
    text = tmp_path / "w.pth"
    torch.save({"conv1.weight": torch.zeros(1)}, text)
    digest = hashlib.sha256(text.read_bytes()).hexdigest()[:8]
    with pytest.raises(SsadError, match="cannot be read as weights of Wide ResNet-50-2"):
        wide_resnet50.load(text.rename(tmp_path / f"wide_resnet50_2-{digest}.pth"))


def test_no_strided_convolution_of_one_pixel_is_left_to_the_library(weights):
    assert not any(is_strided_pointwise(layer) for layer in wide_resnet50.load(weights).modules())
