"""Strided 1 x 1 convolutions: the same numbers, subsampled first; oneDNN never sees one."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torchvision.models import resnet18, resnet50

from ssad_lib.models.pointwise import PointwiseConvolution, is_strided_pointwise, subsample_first
from ssad_lib.models.resnet import NETWORKS, make
from ssad_lib.models.wide_resnet import WideResNet


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("side", [16, 15])
def test_same_numbers_and_gradients_as_the_strided_form(stride, side):
    layer = PointwiseConvolution(4, 8, stride).double()
    images = torch.rand(3, 4, side, side, dtype=torch.float64, requires_grad=True)
    twin = images.detach().clone().requires_grad_()
    weight = layer.weight.detach().clone().requires_grad_()
    output, expected = layer(images), F.conv2d(twin, weight, stride=stride)
    torch.testing.assert_close(output, expected)
    towards = torch.rand_like(expected)
    output.backward(towards)
    expected.backward(towards)
    torch.testing.assert_close(images.grad, twin.grad)
    torch.testing.assert_close(layer.weight.grad, weight.grad)


@pytest.mark.parametrize("architecture", [resnet18, resnet50])
def test_a_librarys_network_computes_as_before(architecture):
    torch.manual_seed(0)
    network = architecture(weights=None).double().eval()
    images = torch.rand(2, 3, 64, 64, dtype=torch.float64)
    with torch.no_grad():
        before, names = network(images), list(network.state_dict())
        weights = {name: value.clone() for name, value in network.state_dict().items()}
        assert any(map(is_strided_pointwise, network.modules()))
        torch.testing.assert_close(subsample_first(network)(images), before)
    assert not any(map(is_strided_pointwise, network.modules()))
    assert list(network.state_dict()) == names
    for name, value in network.state_dict().items():
        assert torch.equal(value, weights[name])


def test_what_counts_as_strided_pointwise():
    assert is_strided_pointwise(nn.Conv2d(4, 8, 1, 2))
    assert is_strided_pointwise(nn.Conv2d(4, 8, 1, (1, 2)))
    assert not is_strided_pointwise(nn.Conv2d(4, 8, 1))
    assert not is_strided_pointwise(nn.Conv2d(4, 8, 3, 2))
    assert not is_strided_pointwise(PointwiseConvolution(4, 8, 2))


def test_none_of_our_networks_has_one():
    generator = torch.Generator().manual_seed(0)
    made = [make(name, generator) for name in NETWORKS] + [WideResNet(3, 32, 4, 4, 1)]
    for network in made:
        assert not any(map(is_strided_pointwise, network.modules()))
