"""Networks of paper 001: ResNet-18 without its classifier, a small one, and their heads."""

import pytest
import torch
from torchvision.models import resnet18

from ssad_lib import rng
from ssad_lib.errors import SsadError
from ssad_lib.models.resnet import IMAGENET_MEAN, IMAGENET_STD, make

BACKBONE = 11_176_512  # ResNet-18 without its 513,000 classifier weights
HEAD = (512 * 512 + 512) + 1024 + (512 * 128 + 128) + 256 + 129


def count(module):
    return sum(weight.numel() for weight in module.parameters())


def images_of(n=4, channels=3, side=32):
    return torch.rand(n, channels, side, side, generator=rng.generator("resnet"))


def test_resnet_is_torchvisions():
    network = make("resnet18", rng.generator(0)).eval()
    assert (count(network.features), count(network.head)) == (BACKBONE, HEAD)
    reference = resnet18(weights=None)
    reference.fc = torch.nn.Identity()
    reference.load_state_dict(network.features.state_dict())
    images = images_of(2, 3, 64)
    mean, std = (torch.tensor(v).view(3, 1, 1) for v in (IMAGENET_MEAN, IMAGENET_STD))
    with torch.no_grad():
        expected = reference.eval()((images - mean) / std)
        torch.testing.assert_close(network.embed(images), expected)


def test_resnet_weights_have_torchvisions_spread():
    ours = make("resnet18", rng.generator(0)).features.layer4[0].conv1.weight
    fan_out = 512 * 9
    assert ours.std().item() == pytest.approx((2 / fan_out) ** 0.5, rel=0.01)
    assert ours.mean().abs() < 1e-3


def test_small_stem_keeps_the_resolution():
    network = make("resnet18", rng.generator(0), small_stem=True).features
    inner = torch.nn.Sequential(network.conv1, network.bn1, network.maxpool, network.layer1)
    assert inner(images_of()).shape == (4, 64, 32, 32)


@pytest.mark.parametrize(("network", "h"), [("resnet18", 512), ("small", 64)])
@pytest.mark.parametrize("channels", [1, 3])
def test_shapes(network, h, channels):
    embeddings, logits = make(network, rng.generator(0))(images_of(4, channels))
    assert embeddings.shape == (4, h)
    assert logits.shape == (4,)


def test_one_channel_is_three_equal_ones():
    network, gray = make("small", rng.generator(0)).eval(), images_of(channels=1)
    torch.testing.assert_close(network.embed(gray), network.embed(gray.expand(-1, 3, -1, -1)))


@pytest.mark.parametrize("network", ["resnet18", "small"])
def test_a_generator_decides_the_weights(network):
    before = torch.get_rng_state()
    first, again, other = (make(network, rng.generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), before)
    for name, value in first.state_dict().items():
        assert torch.equal(value, again.state_dict()[name])
        assert value.isfinite().all()
    assert not torch.equal(first.head[0].weight, other.head[0].weight)


@pytest.mark.parametrize("network", ["resnet18", "small"])
def test_every_weight_has_a_second_derivative(network):
    made = make(network, rng.generator(0)).double()
    images = images_of(3).double().requires_grad_()
    weights = list(made.parameters())
    gradients = torch.autograd.grad(made(images)[1].square().sum(), weights, create_graph=True)
    (curvature,) = torch.autograd.grad(sum(g.square().sum() for g in gradients), images)
    assert curvature.isfinite().all()
    assert curvature.any()


def test_an_unknown_network_is_named():
    with pytest.raises(SsadError, match="unknown network 'resnet'.*did you mean 'resnet18'"):
        make("resnet", rng.generator(0))
