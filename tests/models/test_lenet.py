"""The LeNets: the parameter counts of METHODS 4.3, their shapes, and what they must not have."""

import math

import pytest
import torch
from torch import nn

from ssad_lib.errors import SsadError
from ssad_lib.models import build, lenet
from ssad_lib.models.autoencoder import parameter_count
from ssad_lib.models.initialise import xavier_leaky

FORMS = {"cifar": (3, 32), "mnist": (1, 28), "fashion": (1, 28)}


@pytest.mark.parametrize(
    ("name", "encoder", "autoencoder"),
    [("cifar", 520_544, 804_544), ("mnist", 7_272, 8_472), ("fashion", 222_096, 249_888)],
)
def test_parameter_counts_of_the_paper(name, encoder, autoencoder):
    channels, size = FORMS[name]
    first = lenet.encoder(name, channels, size, 32)
    second = lenet.decoder(name, channels, size, 32)
    assert parameter_count(first) == encoder
    assert parameter_count(nn.Sequential(first, second)) == autoencoder


@pytest.mark.parametrize(
    ("name", "channels", "size", "width", "values"),
    [
        ("cifar", 3, 32, 32, 128),
        ("cifar", 1, 32, 4, 16),
        ("cifar", 3, 24, 8, 32),
        ("cifar", 3, 64, 8, 32),
        ("mnist", 1, 28, 5, 32),
        ("fashion", 1, 28, 5, 64),
    ],
)
def test_decoder_gives_the_form_the_encoder_took(name, channels, size, width, values):
    images = torch.rand(2, channels, size, size)
    representation = lenet.encoder(name, channels, size, width)(images)
    assert representation.shape == (2, values)
    output = lenet.decoder(name, channels, size, width)(representation)
    assert output.shape == images.shape
    assert 0 < output.min() <= output.max() < 1


@pytest.mark.parametrize("name", FORMS)
def test_nothing_can_map_every_image_onto_one_point(name):
    """No bias and no affine normalisation: black images give exactly 0, whatever the weights."""
    channels, size = FORMS[name]
    encoder = build(
        lambda: lenet.encoder(name, channels, size, 8), torch.Generator().manual_seed(0)
    ).eval()
    assert not [key for key, _ in encoder.named_parameters() if "bias" in key]
    assert encoder(torch.zeros(2, channels, size, size)).abs().max() == 0
    assert encoder(torch.rand(2, channels, size, size)).abs().max() > 0


def test_auto_takes_the_small_network_for_small_gray_images_only():
    assert lenet.choose("auto", 1, 28) == "mnist"
    assert lenet.choose("auto", 1, 32) == "cifar"
    assert lenet.choose("auto", 3, 32) == "cifar"
    assert lenet.choose("fashion", 1, 28) == "fashion"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("lenet", 3, 32), "unknown network 'lenet'"),
        (("auto", 3, 28), "image size 28.*multiple of 8"),
        (("mnist", 3, 28), "takes 1 x 28 x 28 images, not 3 x 28 x 28"),
        (("fashion", 1, 32), "not 1 x 32 x 32"),
    ],
)
def test_images_that_do_not_fit_are_named(arguments, message):
    with pytest.raises(SsadError, match=message):
        lenet.choose(*arguments)


def test_decoder_needs_a_representation_that_fills_a_map():
    with pytest.raises(SsadError, match="multiple of 4, not 6"):
        lenet.decoder("cifar", 3, 32, 6)


def test_decoder_weights_are_xavier_uniform_with_leaky_gain():
    layer = build(
        lambda: nn.ConvTranspose2d(8, 64, 5, bias=False),
        torch.Generator().manual_seed(0),
        xavier_leaky,
    )
    gain = math.sqrt(2 / (1 + 0.01**2))
    bound = gain * math.sqrt(6 / (25 * (8 + 64)))
    assert 0.99 * bound < layer.weight.abs().max().item() <= bound
    assert layer.weight.std().item() == pytest.approx(bound / math.sqrt(3), rel=0.05)
