"""Features of places are those of the network's layers, and stay where their image is."""

from __future__ import annotations

from pathlib import Path

import pytest
import timm
import torch
import torch.nn.functional as F
from sklearn.datasets import load_sample_image
from torch import Tensor

from ssad_lib import paths
from ssad_lib.encoders import efficientnet, patches, wide_resnet50
from ssad_lib.encoders.patches import cached_as, on_grid, patch_encoder
from ssad_lib.errors import SsadError


@pytest.fixture(scope="module")
def photograph() -> Tensor:
    image = torch.from_numpy(load_sample_image("china.jpg").copy()).permute(2, 0, 1)[None] / 255
    return F.interpolate(image, (128, 160), mode="bilinear", antialias=True)


def test_maps_are_the_outputs_of_two_groups_of_blocks(photograph: Tensor) -> None:
    reference = timm.create_model(efficientnet.ARCHITECTURE, pretrained=False).eval()
    found = torch.load(efficientnet.weights_file(), weights_only=True)
    reference.load_state_dict(dict(zip(reference.state_dict(), found.values(), strict=True)))
    expected: list[Tensor] = []
    for layer in efficientnet.LAYERS:
        reference.blocks[layer].register_forward_hook(lambda *call: expected.append(call[2]))
    with torch.inference_mode():
        reference.forward_features((photograph - 0.5) / 0.5)
        maps = efficientnet.maps(photograph)
    assert [tuple(one.shape) for one in maps] == [(1, 40, 16, 20), (1, 112, 8, 10)]
    for one, other in zip(maps, expected, strict=True):
        torch.testing.assert_close(one.cpu(), other, atol=2e-3, rtol=1e-3)


def test_layers_are_averaged_and_joined_on_the_finer_grid(photograph: Tensor) -> None:
    features = patch_encoder()(photograph)
    assert features.shape == (1, 16, 20, 152)
    assert features.dtype == torch.float32
    with torch.inference_mode():
        fine, coarse = (one.cpu() for one in efficientnet.maps(photograph))
    torch.testing.assert_close(features[0, 5, 7, :40], fine[0, :, 4:7, 6:9].mean((1, 2)))
    corner = fine[0, :, :2, :2].sum((1, 2)) / 9  # zeros lie beyond the image
    torch.testing.assert_close(features[0, 0, 0, :40], corner)
    averaged = F.avg_pool2d(coarse, 3, 1, 1)
    weights = torch.tensor([0.75, 0.25])
    rows = averaged[0, :, 2:4, 3:5]  # place (5, 7) lies a quarter of a coarse one from (2, 3)
    expected = torch.einsum("dij,i,j->d", rows, weights, weights)
    torch.testing.assert_close(features[0, 5, 7, 40:], expected, atol=1e-4, rtol=1e-4)


def test_what_differs_in_an_image_differs_at_its_place(photograph: Tensor) -> None:
    changed = photograph.clone()
    changed[:, :, 40:56, 96:112] = 1
    encoder = patch_encoder()
    difference = (encoder(changed) - encoder(photograph)).norm(dim=3)
    whole = on_grid(difference.unsqueeze(1), (128, 160))[0, 0]
    y, x = divmod(int(whole.argmax()), 160)
    assert abs(y - 48) <= 8
    assert abs(x - 104) <= 8
    assert whole[100:, :40].max() < 0.2 * whole.max()


def test_grey_is_colour_and_small_images_are_refused() -> None:
    grey = torch.rand(2, 1, 32, 48, generator=torch.Generator().manual_seed(0))
    encoder = patch_encoder()
    torch.testing.assert_close(encoder(grey), encoder(grey.repeat(1, 3, 1, 1)))
    with pytest.raises(SsadError, match="images of 31 x 48 pixels are too small"):
        encoder(grey[:, :, :31])


def test_features_are_kept_by_the_content_of_images(
    photograph: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = cached_as(patch_encoder())(photograph)
    monkeypatch.setattr(efficientnet, "maps", None)  # whatever asks it now fails
    again = cached_as(patch_encoder())(photograph)
    assert torch.equal(first, again)
    with pytest.raises(TypeError):
        cached_as(patch_encoder())(photograph * 0.5)
    assert len(list((paths.home() / "features").iterdir())) == 1


def test_the_paper_s_network_is_taken_where_its_weights_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert patch_encoder("auto").name == "efficientnet-lite0"
    monkeypatch.setenv("SSAD_DATA", str(tmp_path))
    assert patch_encoder("auto").name == "efficientnet-lite0"
    with pytest.raises(SsadError, match=f"no Wide ResNet-50-2 below {tmp_path}: put torchvision's"):
        patch_encoder("wide-resnet50")
    (tmp_path / wide_resnet50.WEIGHTS[1]).write_bytes(b"")
    chosen = patch_encoder("auto")
    assert (chosen.name, chosen.version) == ("wide-resnet50", f"{patches.VERSION}/9ba9bcbe")
    with pytest.raises(SsadError, match="is damaged or holds no Wide ResNet-50-2"):
        chosen(torch.zeros(1, 3, 32, 32))
    with pytest.raises(SsadError, match="did you mean 'wide-resnet50'"):
        patch_encoder("wide-resnet")
