"""The wide residual network: parameter counts of METHODS 5.3, its path, its initial weights."""

import math

import pytest
import torch
import torch.nn.functional as F

from ssad_lib.errors import SsadError
from ssad_lib.models import build
from ssad_lib.models.autoencoder import parameter_count
from ssad_lib.models.initialise import he_normal
from ssad_lib.models.wide_resnet import WideResNet


def made(*arguments):
    generator = torch.Generator().manual_seed(0)
    return build(lambda: WideResNet(*arguments), generator, he_normal)


@pytest.mark.parametrize(("classes", "count"), [(2, 1_196_754), (4, 1_197_268), (72, 1_214_744)])
def test_parameter_counts_of_the_paper(classes, count):
    assert parameter_count(WideResNet(3, 32, classes)) == count
    assert parameter_count(WideResNet(1, 32, classes)) == count - 2 * 9 * 16


@pytest.mark.parametrize(("channels", "size", "base", "widen"), [(1, 28, 4, 1), (3, 20, 3, 2)])
def test_any_size_divisible_by_four(channels, size, base, widen):
    assert made(channels, size, 5, base, widen)(torch.rand(2, channels, size, size)).shape == (2, 5)
    with pytest.raises(SsadError, match="image size 30.*multiple of 4"):
        WideResNet(channels, 30, 5)


@pytest.mark.parametrize("widen", [1, 2])
def test_forward_is_the_written_network(widen):
    """The same path in double precision from the weights alone; widen 1 has a bare shortcut."""
    network = made(3, 16, 3, 4, widen).double().eval()
    weights = network.state_dict()
    images = torch.rand(2, 3, 16, 16, dtype=torch.float64)

    def active(x, name):
        keys = ("running_mean", "running_var", "weight", "bias")
        return F.relu(F.batch_norm(x, *(weights[f"{name}.{key}"] for key in keys), eps=1e-5))

    def block(x, name, stride):
        a = active(x, f"{name}.norm1")
        y = F.conv2d(a, weights[f"{name}.conv1.weight"], stride=stride, padding=1)
        y = F.conv2d(active(y, f"{name}.norm2"), weights[f"{name}.conv2.weight"], padding=1)
        shortcut = weights.get(f"{name}.shortcut.weight")
        return y + (x if shortcut is None else F.conv2d(a, shortcut, stride=stride))

    x = F.conv2d(images, weights["features.0.weight"], padding=1)
    for name, stride in (("features.1", 1), ("features.2", 2), ("features.3", 2)):
        x = block(x, name, stride)
    x = active(x, "features.4").mean((2, 3))
    expected = x @ weights["classifier.weight"].T + weights["classifier.bias"]
    assert torch.allclose(network(images), expected)


def test_initial_weights_are_those_of_the_paper():
    network = made(3, 32, 72, 16, 4)
    for name, values in network.named_parameters():
        if values.ndim == 4 and values.numel() > 5000:
            fan_in = values[0].numel()
            assert values.std().item() == pytest.approx(math.sqrt(2 / fan_in), rel=0.05), name
            # A normal distribution leaves two standard deviations, a uniform one does not.
            assert values.abs().max() > 3 * values.std()
    bound = 1 / math.sqrt(256)
    assert 0.99 * bound < network.classifier.weight.abs().max().item() <= bound
