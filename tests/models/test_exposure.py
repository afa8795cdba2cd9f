"""The networks of paper 003: parameter counts of METHODS 11.3, initialisation, shared weights."""

import math

import pytest
import torch
from torch import nn

from ssad_lib.errors import SsadError
from ssad_lib.models import exposure
from ssad_lib.models.attention_resnet import AttentionResNet, Block, ChannelGate, SpatialGate
from ssad_lib.models.initialise import LEAK


def made(network="cifar", channels=3, size=16, width=4, *, classifies=False, seed=0, **more):
    return exposure.make(
        network, channels, size, width, classifies=classifies, seed=seed, **more
    ).eval()


def count(network):
    return sum(parameter.numel() for parameter in network.parameters())


@pytest.mark.parametrize(
    ("network", "channels", "size", "without", "with_head"),
    [
        ("mnist", 1, 28, 115_968, 116_001),
        ("cifar", 3, 32, 1_440_512, 1_440_769),
        ("resnet18", 3, 224, 11_397_720, 11_397_977),
    ],
)
def test_the_paper_has_so_many_parameters(network, channels, size, without, with_head):
    assert count(made(network, channels, size, 0)) == without
    assert count(made(network, channels, size, 0, classifies=True)) == with_head


def test_the_net_of_figure_1_has_so_many_parameters():
    for classifies, expected in ((False, 34_176), (True, 34_305)):
        network = exposure.point_net(classifies=classifies, out_activation="sigmoid", seed=0)
        assert count(network) == expected


def test_points_never_reach_the_origin_behind_a_sigmoid():
    points = torch.randn(64, 2)
    for activation, low in (("sigmoid", 0.0), ("linear", -math.inf)):
        network = exposure.point_net(classifies=False, out_activation=activation, seed=0)
        outputs = network(points)
        assert outputs.shape == (64, 128)
        assert (outputs.min() > 0) == (low == 0)
    with pytest.raises(SsadError, match="unknown out_activation 'tanh'"):
        exposure.point_net(classifies=False, out_activation="tanh", seed=0)


@pytest.mark.parametrize(
    ("network", "channels", "size", "length"),
    [("mnist", 1, 28, 8), ("cifar", 3, 16, 32), ("cifar", 1, 24, 32), ("resnet18", 3, 32, 16)],
)
def test_width_scales_every_layer(network, channels, size, length):
    images = torch.rand(3, channels, size, size)
    assert made(network, channels, size)(images).shape == (3, length)
    assert made(network, channels, size, classifies=True)(images).shape == (3, 1)


@pytest.mark.parametrize("network", ["mnist", "cifar", "resnet18"])
def test_a_classifier_has_the_same_representation(network):
    channels, size = (1, 28) if network == "mnist" else (3, 16)
    images = torch.rand(4, channels, size, size)
    plain = made(network, channels, size)
    classifier = made(network, channels, size, classifies=True)
    assert torch.equal(plain(images), classifier[:-1](images))
    assert torch.equal(classifier(images), made(network, channels, size, classifies=True)(images))
    other = made(network, channels, size, seed=1)
    assert not torch.equal(plain(images), other(images))


def test_the_last_layer_has_gain_one_and_the_others_that_of_the_leaky_relu():
    network = made(size=32, width=32)
    layers = [layer for layer in network.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
    gain = nn.init.calculate_gain("leaky_relu", LEAK)
    for layer in layers[1:]:
        area = layer.weight[0, 0].numel()
        fans = area * (layer.weight.shape[0] + layer.weight.shape[1])
        expected = (1.0 if layer is layers[-1] else gain) * math.sqrt(2 / fans)
        assert layer.weight.std().item() == pytest.approx(expected, rel=0.03)


def test_without_bias_nothing_shifts():
    network = made(bias=False)
    assert not [name for name, _ in network.named_parameters() if "bias" in name]
    assert not [m for m in network.modules() if isinstance(m, nn.BatchNorm2d) and m.affine]


def test_three_channels_are_standardised_and_one_is_not():
    mean, deviation = (torch.tensor(values).view(3, 1, 1) for values in exposure.CIFAR10_SCALE)
    images = torch.rand(2, 3, 16, 16)
    assert torch.equal(made()[0](images), (images - mean) / deviation)
    assert len(made(channels=1)) == 1
    assert made("resnet18")[0].mean == exposure.IMAGENET_SCALE[0]


def test_gates_start_half_open_and_scale_the_residual_branch():
    network = made("resnet18", width=8)
    blocks = [layer for layer in network.modules() if isinstance(layer, Block)]
    assert len(blocks) == 8
    for block in blocks:
        *before, channel, spatial = block.residual
        assert isinstance(channel, ChannelGate)
        assert isinstance(spatial, SpatialGate)
        maps = torch.randn(2, block.residual[0].in_channels, 8, 8)
        branch = nn.Sequential(*before)(maps)
        average, largest = branch.mean((2, 3)), branch.amax((2, 3))
        gate = (channel.judge(average) + channel.judge(largest)).sigmoid()
        expected = branch * gate[:, :, None, None] * 0.5 + block.shortcut(maps)
        torch.testing.assert_close(block(maps), expected.relu())


def test_the_spatial_gate_sees_largest_and_mean_of_the_channels():
    gate = SpatialGate().eval()
    maps = torch.randn(2, 5, 9, 9)
    seen = torch.stack([maps.amax(1), maps.mean(1)], dim=1)
    expected = maps * gate.normalisation(gate.convolution(seen)).sigmoid()
    assert torch.equal(gate(maps), expected)


def test_the_resnet_has_the_initial_values_of_the_released_code():
    network = made("resnet18", width=16)[1]
    assert isinstance(network, AttentionResNet)
    assert not [n for n, p in network.named_parameters() if n.endswith("bias") and p.any()]
    first = network.features[0]
    assert first.weight.std().item() == pytest.approx(math.sqrt(2 / (16 * 49)), rel=0.05)
    shortcut = next(m for m in network.modules() if type(m).__name__ == "PointwiseConvolution")
    assert shortcut.weight.abs().max() <= 1 / math.sqrt(16)  # framework's, fan-in 16
    assert network.linear.weight.std().item() == pytest.approx(math.sqrt(2 / 128), rel=0.1)


def test_networks_are_chosen_by_the_images():
    assert exposure.choose("auto", 1, 28) == "mnist"
    assert exposure.choose("auto", 3, 32) == exposure.choose("auto", 1, 32) == "cifar"
    with pytest.raises(SsadError, match="unknown network 'resnet': did you mean 'resnet18'"):
        exposure.choose("resnet", 3, 64)
    with pytest.raises(SsadError, match="size 28 does not fit the cifar network.* multiple of 8"):
        exposure.choose("cifar", 3, 28)
