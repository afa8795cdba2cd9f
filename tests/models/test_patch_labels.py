import pytest
import torch

from ssad_lib.models.autoencoder import parameter_count
from ssad_lib.models.patch_labels import PatchLabeller, patch_labeller


@pytest.mark.parametrize(("channels", "height", "width"), [(3, 64, 64), (1, 32, 96)])
def test_one_logit_a_pixel(channels, height, width):
    network = patch_labeller(4, torch.Generator().manual_seed(0))
    assert network(torch.rand(2, channels, height, width)).shape == (2, height, width)


def test_the_encoder_is_resnet_18():
    """11,176,512 parameters without the classifier, as torchvision's has."""
    with torch.device("meta"):
        network = PatchLabeller()
    assert parameter_count(network.encoder) == 11_176_512
    with torch.device("meta"):
        assert network.to("meta").encoder(torch.empty(1, 3, 224, 224, device="meta")).shape == (
            1,
            512,
            7,
            7,
        )
