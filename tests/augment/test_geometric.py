from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch
import torchvision.transforms.v2 as T
import torchvision.transforms.v2.functional as TF
from scipy import stats

from ssad_lib import augment, rng
from ssad_lib.augment import geometric

from .oracles import Draw, Images


def test_rotate_is_an_exact_quarter_turn(draw: Draw, noise_images: Images) -> None:
    images, parameters = noise_images(40, 3, 28, 28), draw("rotate", 40)
    expected = [
        TF.rotate(image, 90.0 * turns)
        for image, turns in zip(images, parameters["quarter_turns"].tolist(), strict=True)
    ]
    assert torch.equal(augment.get("rotate").apply(images, parameters), torch.stack(expected))


def test_rotate_draws_four_angles_evenly(draw: Draw) -> None:
    counts = draw("rotate", 4000)["quarter_turns"].bincount()
    assert len(counts) == 4
    assert stats.chisquare(counts.numpy()).pvalue > 1e-3


@pytest.mark.parametrize(("options", "share"), [({}, 0.5), ({"flip_p": 0.1}, 0.1)])
def test_flip_has_its_probability(draw: Draw, options: dict[str, float], share: float) -> None:
    hits = int(draw("flip", 4000, **options)["flipped"].sum())
    assert stats.binomtest(hits, 4000, share).pvalue > 1e-3


def test_flip_is_vertical(noise_images: Images) -> None:
    images = noise_images(6, 3, 20, 31)
    result = augment.anomaly("flip")(images, rng.generator("flip"))
    assert torch.equal(result, TF.vertical_flip(images))


@pytest.mark.parametrize("shape", [(3, 32, 32), (1, 28, 28), (3, 64, 20), (3, 9, 60)])
def test_crop_equals_torchvision(
    draw: Draw, noise_images: Images, shape: tuple[int, int, int]
) -> None:
    n, (_, H, W) = 60, shape
    images, boxes = noise_images(n, *shape), draw("crop", n, shape)
    sides = [boxes[key].tolist() for key in ("top", "left", "height", "width")]
    expected = torch.stack(
        [
            TF.resized_crop(image, *box, size=[H, W])
            for image, *box in zip(images, *sides, strict=True)
        ]
    )
    crop = augment.get("crop")
    torch.testing.assert_close(crop.apply(images, boxes), expected, rtol=0, atol=1e-12)
    single = crop.apply(images.float(), boxes)
    torch.testing.assert_close(single, expected.float(), rtol=0, atol=2e-5)


@pytest.mark.parametrize("shape", [(1, 32, 32), (1, 20, 64)])
def test_crop_boxes_follow_torchvision(draw: Draw, shape: tuple[int, int, int]) -> None:
    n, image = 3000, torch.zeros(shape)
    theirs = T.RandomResizedCrop(32)
    with torch.random.fork_rng():
        torch.manual_seed(1)
        boxes = [theirs.make_params([image]) for _ in range(n)]
    ours = draw("crop", n, shape)
    for key in ("height", "width", "top", "left"):
        golden = np.array([box[key] for box in boxes])
        assert stats.ks_2samp(ours[key].numpy(), golden).pvalue > 1e-3, key
    area = (ours["height"] * ours["width"]).double() / (shape[1] * shape[2])
    assert 0.06 < area.min() < 0.1
    assert area.max() <= 1
    within = [ours["top"] + ours["height"] <= shape[1], ours["left"] + ours["width"] <= shape[2]]
    assert all(bool(inside.all()) for inside in within)


@pytest.mark.parametrize("shape", [(1, 32, 32), (1, 20, 64), (1, 64, 20), (1, 30, 32)])
def test_crop_falls_back_to_the_centre(
    monkeypatch: pytest.MonkeyPatch, draw: Draw, shape: tuple[int, int, int]
) -> None:
    monkeypatch.setattr(geometric, "CROP_AREA", (5.0, 6.0))  # no try can succeed
    golden = T.RandomResizedCrop(32, scale=(5.0, 6.0)).make_params([torch.zeros(shape)])
    for key, value in draw("crop", 3, shape).items():
        assert value.tolist() == [golden[key]] * 3


# GEOM by definition, in NumPy and in both orders, as an oracle for the composed look-up.


def translated(image: np.ndarray, shift: tuple[int, int], fill: str) -> np.ndarray:
    side = image.shape[-1]
    step = side // 4
    mode = {"zero": "constant", "reflect": "symmetric"}[fill]
    padded = np.pad(image, ((step, step), (step, step)), mode=mode)  # type: ignore[call-overload]
    top, left = (step - move * step for move in shift)
    return padded[top : top + side, left : left + side]


def geom_set(image: np.ndarray, fill: str, translate: str, order: str) -> set[bytes]:
    shifts = [s for s in product((-1, 0, 1), repeat=2) if translate == "xy9" or 0 in s]
    results = set()
    for turns, flipped, shift in product(range(4), (False, True), shifts):
        x = image
        if order == "paper":  # rotate, vertical flip, translate
            x = np.rot90(x, turns)
            x = x[::-1] if flipped else x
            x = translated(x, shift, fill)
        else:  # horizontal flip, translate, rotate
            x = x[:, ::-1] if flipped else x
            x = np.rot90(translated(x, shift, fill), turns)
        results.add(np.ascontiguousarray(x).tobytes())
    return results


@pytest.mark.parametrize("fill", ["zero", "reflect"])
@pytest.mark.parametrize(("translate", "count"), [("xy9", 72), ("axis5", 40)])
def test_geom_is_the_same_set_in_both_orders(fill: str, translate: str, count: int) -> None:
    # axis5 gives 40 = 8 symmetries x 5 shifts: these, too, are mapped onto themselves by a turn.
    image = rng.generator("geom")
    image = torch.rand(1, 1, 16, 16, generator=image)
    geom = augment.get("geom", geom_fill=fill, geom_translate=translate)
    results = geom(image.expand(3000, -1, -1, -1), rng.generator("set", fill, translate))
    found, counts = results.unique(dim=0, return_counts=True)
    ours = {one[0].contiguous().numpy().tobytes() for one in found}
    plain = image[0, 0].numpy()
    assert ours == geom_set(plain, fill, translate, "code")
    assert ours == geom_set(plain, fill, translate, "paper")
    assert len(ours) == count
    assert stats.chisquare(counts.numpy()).pvalue > 1e-3


@pytest.mark.parametrize("side", [32, 28, 12])
def test_geom_equals_torchvision(draw: Draw, noise_images: Images, side: int) -> None:
    images, parameters = noise_images(150, 3, side, side), draw("geom", 150, (3, side, side))
    expected = []
    for i, image in enumerate(images):
        down, right = (parameters["shift"][i] * (side // 4)).tolist()
        x = TF.horizontal_flip(image) if parameters["mirrored"][i] else image
        x = TF.affine(x, angle=0, translate=[right, down], scale=1, shear=[0, 0])
        expected.append(TF.rotate(x, 90.0 * int(parameters["quarter_turns"][i])))
    assert torch.equal(augment.get("geom").apply(images, parameters), torch.stack(expected))


def test_geom_takes_sides_that_four_does_not_divide(noise_images: Images) -> None:
    images = noise_images(1, 1, 9, 9).expand(1500, -1, -1, -1)
    assert len(augment.get("geom")(images, rng.generator("nine")).unique(dim=0)) == 72
