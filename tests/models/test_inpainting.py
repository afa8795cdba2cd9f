"""R and S: sizes, initial weights, and who learns from which pass."""

import pytest
import torch
from torch import nn

from ssad_lib.errors import SsadError
from ssad_lib.models.autoencoder import parameter_count
from ssad_lib.models.inpainting import Reconstructor, Segmenter, check_sides, localiser


def made(**options):
    return localiser(3, 8, torch.Generator().manual_seed(0), **options)


def test_parameter_counts_of_the_paper():
    with torch.device("meta"):
        assert parameter_count(Reconstructor()) == 69_048_579
        assert parameter_count(Segmenter()) == 28_374_146


@pytest.mark.parametrize(("height", "width"), [(32, 32), (64, 96), (32, 160)])
def test_any_sides_divisible_by_32(height, width):
    network = made()
    output = network(torch.rand(2, 3, height, width))
    assert output.shape == (2, 5, height, width)
    with torch.no_grad():
        maps = network.eval().localise(torch.rand(2, 3, height, width))
    assert maps.shape == (2, height, width)
    assert 0 < float(maps.min()) <= float(maps.max()) < 1


def test_other_sides_are_refused():
    with pytest.raises(SsadError, match=r"48 × 64 pixels do not fit.*multiple of 32"):
        check_sides(torch.zeros(1, 3, 48, 64))
    check_sides(torch.zeros(1, 3, 32, 256))


def test_the_bottleneck_of_the_reconstructor_is_its_only_way():
    network = Reconstructor(3, 2).eval()
    assert network.encoder(torch.rand(1, 3, 64, 64)).shape == (1, 16, 4, 4)


def test_initial_weights():
    network = localiser(3, 32, torch.Generator().manual_seed(1))
    convolutions = [m.weight.flatten() for m in network.modules() if isinstance(m, nn.Conv2d)]
    norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm2d)]
    weights = torch.cat(convolutions)
    assert float(weights.detach().mean()) == pytest.approx(0, abs=1e-4)
    assert float(weights.detach().std()) == pytest.approx(0.02, rel=0.01)
    scales = torch.cat([m.weight.detach() for m in norms])
    assert float(scales.mean()) == pytest.approx(1, abs=2e-3)
    assert float(scales.std()) == pytest.approx(0.02, rel=0.1)
    assert not torch.cat([m.bias for m in norms]).any()


def test_weights_depend_on_the_generator_alone():
    one, two = made().state_dict(), made(separate=True).state_dict()
    assert all(torch.equal(one[name], two[name]) for name in one)


def gradients(network, images):
    network.train()
    network(images)[:, 3:].square().sum().backward()  # of S's logits alone
    own = [p.grad for p in network.segmenter.parameters()]
    others = [p.grad for p in network.reconstructor.parameters()]
    assert all(g is not None for g in own)
    return [g for g in others if g is not None and g.abs().max() > 0]


@pytest.mark.parametrize("separate", [False, True])
@pytest.mark.parametrize("linked", [False, True])
def test_the_loss_of_the_segmenter_reaches_the_reconstructor_only_where_linked(separate, linked):
    """Oracle 12."""
    images = torch.rand(2, 6 if separate else 3, 32, 32)
    found = gradients(made(separate=separate, linked=linked), images)
    assert bool(found) == linked


def statistics(network):
    norms = [m for m in network.reconstructor.modules() if isinstance(m, nn.BatchNorm2d)]
    return torch.cat([m.running_mean for m in norms]).clone()


@pytest.mark.parametrize("as_in_inference", [True, False])
def test_the_second_pass_moves_the_statistics_only_in_training_mode(as_in_inference):
    first, second = torch.rand(2, 2, 3, 32, 32, generator=torch.Generator().manual_seed(2))
    network = made(separate=True, as_in_inference=as_in_inference).train()
    network(torch.cat([first, second], dim=1))
    alone = made().train()
    alone.reconstruct(first)
    assert torch.equal(statistics(network), statistics(alone)) == as_in_inference
    assert network.reconstructor.training


def test_in_inference_both_networks_see_the_one_image():
    images = torch.rand(2, 3, 32, 32)
    network = made(separate=True).eval()
    with torch.no_grad():
        both = network(images)
        reconstruction = network.reconstruct(images)
        logits = network.segmenter(torch.cat([reconstruction, images], dim=1))
    assert torch.equal(both, torch.cat([reconstruction, logits], dim=1))
    assert torch.allclose(network.localise(images), logits.softmax(1)[:, 1])
