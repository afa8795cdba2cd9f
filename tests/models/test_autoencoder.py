"""The autoencoder: parameter counts, ranges, and initial weights from one generator only."""

import math

import pytest
import torch
from torch import nn

from ssad_lib.errors import SsadError
from ssad_lib.models import ConvolutionalAutoencoder, build
from ssad_lib.models.autoencoder import parameter_count, squared_error


@pytest.mark.parametrize(("channels", "count"), [(3, 4_159_235), (1, 4_156_929)])
def test_parameter_counts_of_the_paper(channels, count):
    assert parameter_count(ConvolutionalAutoencoder(channels)) == count


@pytest.mark.parametrize(("channels", "size", "width"), [(3, 32, 4), (1, 64, 2), (3, 16, 3)])
def test_shapes_and_ranges(channels, size, width):
    network = ConvolutionalAutoencoder(channels, size, width)
    images = torch.rand(2, channels, size, size)
    output, embedding = network(images), network.embed(images)
    assert output.shape == images.shape
    assert 0 < output.min() <= output.max() < 1
    assert embedding.shape == (2, 4 * width)
    assert embedding.abs().max() < 1


def test_size_that_does_not_fit_is_refused():
    with pytest.raises(SsadError, match="image size 28.*multiple of 16"):
        ConvolutionalAutoencoder(1, 28)


def test_squared_error_is_the_mean_over_the_values_of_an_image():
    output, target = torch.rand(4, 3, 5, 5).double(), torch.rand(4, 3, 5, 5).double()
    expected = [sum((o - t) ** 2 for o, t in zip(a.flatten(), b.flatten(), strict=True)) / 75
                for a, b in zip(output, target, strict=True)]  # fmt: skip
    assert torch.allclose(squared_error(output, target), torch.stack(expected))


def test_build_depends_on_its_generator_alone():
    def make():
        return build(lambda: ConvolutionalAutoencoder(3, 16, 4), torch.Generator().manual_seed(1))

    before = torch.get_rng_state()
    one = make().state_dict()
    torch.rand(7)
    two = make().state_dict()
    assert all(torch.equal(one[name], two[name]) for name in one)
    torch.set_rng_state(before)
    make()
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    "layer",
    [lambda: nn.Conv2d(8, 64, 3), lambda: nn.ConvTranspose2d(8, 64, 3), lambda: nn.Linear(50, 64)],
)
def test_initial_weights_follow_the_framework(layer):
    ours = build(layer, torch.Generator().manual_seed(0))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        theirs = dict(layer().named_parameters())
    bound = 1 / math.sqrt(theirs["weight"][0].numel())
    for name, values in ours.named_parameters():
        for drawn in (values, theirs[name]):
            assert 0.9 * bound < drawn.abs().max().item() <= bound
            # Uniform on [-b, b] has standard deviation b / sqrt(3).
            assert drawn.std().item() == pytest.approx(bound / math.sqrt(3), rel=0.2)


def test_unknown_layer_is_not_left_uninitialised():
    with pytest.raises(NotImplementedError, match="GRU"):
        build(lambda: nn.GRU(2, 2), torch.Generator())
