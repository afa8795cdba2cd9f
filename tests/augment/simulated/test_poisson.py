import builtins

import pytest
import torch

from ssad_lib import rng
from ssad_lib.augment.simulated import make, simulate
from ssad_lib.augment.simulated.poisson import HALF_WIDTH, Natural
from ssad_lib.errors import SsadError
from tests.augment.simulated.conftest import surface

cv2 = pytest.importorskip("cv2")


def one_patch(simulation, **places):
    parameters = simulation.draw(1, rng.generator("patch"), (3, 64, 64))
    parameters["used"] = torch.zeros_like(parameters["used"])
    parameters["used"][:, 0] = True
    for key, value in places.items():
        parameters[key] = torch.full_like(parameters[key], value)
    return parameters


@pytest.mark.parametrize("mode", ["mixed", "normal"])
@pytest.mark.parametrize("size", [(16, 20), (17, 21), (9, 30)])
def test_a_patch_is_blended_where_it_was_to_go(images, mode, size):
    simulation = Natural(surface("tile", 4), nsa_mode=mode)
    height, width = size
    sizes = {"height": height, "width": width, "to_height": height, "to_width": width}
    parameters = one_patch(simulation, **sizes, top=3, left=2, to_top=20, to_left=30)
    changed, masks = simulation.apply(images[:1], parameters)
    moved = (changed != images[:1]).any(1)[0]
    rows, columns = moved.any(1).nonzero(), moved.any(0).nonzero()
    assert int(rows.min()) in (20, 21, 22)
    assert int(rows.max()) in (20 + height - 1, 20 + height - 2, 20 + height - 3)
    assert int(columns.min()) in (30, 31, 32)
    assert int(columns.max()) in (30 + width - 1, 30 + width - 2, 30 + width - 3)
    assert masks.float().mean() > 0.02


def test_there_is_no_seam():
    """On a flat image a flat patch of another brightness vanishes: only gradients are kept."""
    simulation = Natural(torch.full((1, 3, 64, 64), 0.9), nsa_mode="normal")
    flat = torch.full((1, 3, 64, 64), 0.3)
    sizes = {"height": 20, "width": 20, "to_height": 20, "to_width": 20}
    changed, _ = simulation.apply(flat, one_patch(simulation, **sizes, to_top=20, to_left=20))
    assert (changed - flat).abs().max() <= 2 / 255


def test_labels_lie_inside_of_the_mask_and_grow_with_the_change(images):
    simulation = Natural(surface("tile", 4))
    parameters = simulation.draw(8, rng.generator("labels"), (3, 64, 64))
    changed, masks = simulation.apply(images, parameters)
    again, labels = simulation.labelled(images, parameters)
    assert torch.equal(changed, again)
    assert not labels[~masks].any()
    assert 0 < float(labels[masks].min()) <= float(labels.max()) <= 1
    change = (changed - images).abs().mean(1)
    strong, weak = masks & (change > 0.15), masks & (change < 0.02)
    assert labels[strong].mean() > labels[weak].mean() + 0.2


def test_sizes_follow_the_gamma_law():
    drawn = Natural(torch.zeros(2, 3, 256, 256)).draw(2000, rng.generator("sizes"), (3, 256, 256))
    half = drawn["height"].double() / 512
    assert HALF_WIDTH[0] - 0.003 <= float(half.min()) <= float(half.max()) <= HALF_WIDTH[1] + 0.003
    assert float(half.mean()) == pytest.approx(0.03 + 2 * 0.05, abs=0.005)
    assert drawn["used"][:, 0].all()
    assert float(drawn["used"][:, 1:].double().mean()) == pytest.approx(0.5, abs=0.03)


def test_tiny_patches_leave_the_image(images):
    simulation = Natural(images)
    sizes = {"height": 2, "width": 2, "to_height": 2, "to_width": 2, "to_top": 0, "to_left": 0}
    changed, masks = simulation.apply(images[:1], one_patch(simulation, **sizes))
    assert torch.equal(changed, images[:1])
    assert not masks.any()


def test_without_opencv_one_line_says_so(images, noise, monkeypatch):
    real = builtins.__import__

    def absent(name, *others, **named):
        if name == "cv2":
            raise ImportError(name)
        return real(name, *others, **named)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(SsadError, match=r"pip install 'ssad-lib\[simulation\]'"):
        simulate(make("nsa", noise, images), images, rng.generator("absent"))
