from __future__ import annotations

import pytest
import torch
import torchvision.transforms.v2 as T
import torchvision.transforms.v2.functional as TF
from scipy import stats

from ssad_lib import augment, rng
from ssad_lib.augment import Parameters
from ssad_lib.augment.local import turned_size
from ssad_lib.errors import SsadError

from .oracles import Draw, Images, torchvision_jitter

BOX = ("top", "left", "height", "width")


def boxes(parameters: Parameters) -> list[list[int]]:
    return torch.stack([parameters[key] for key in BOX], dim=1).tolist()


def test_cutout_equals_torchvision(draw: Draw, noise_images: Images) -> None:
    images, parameters = noise_images(50, 3, 32, 40), draw("cutout", 50, (3, 32, 40))
    value = torch.zeros(1, 1, 1, dtype=torch.float64)
    expected = [
        TF.erase(image, *box, value) for image, box in zip(images, boxes(parameters), strict=True)
    ]
    assert torch.equal(augment.get("cutout").apply(images, parameters), torch.stack(expected))


@pytest.mark.parametrize("side", [28, 32])
def test_cutout_area_and_aspect_stay_in_their_ranges(draw: Draw, side: int) -> None:
    parameters = draw("cutout", 5000, (3, side, side))
    height, width = parameters["height"].double(), parameters["width"].double()
    half = 0.5  # a side is off by at most half a pixel
    assert ((height + half) * (width + half) >= 0.02 * side**2).all()
    assert ((height - half) * (width - half) <= 0.33 * side**2).all()
    assert ((height + half) / (width - half) >= 0.3).all()
    assert ((height - half) / (width + half) <= 3.3).all()
    assert max(height.max(), width.max()) == side - 1


@pytest.mark.parametrize("shape", [(1, 32, 32), (1, 16, 40)])
def test_cutout_boxes_follow_torchvision(draw: Draw, shape: tuple[int, int, int]) -> None:
    n, image = 3000, torch.zeros(shape)
    theirs = T.RandomErasing(p=1, scale=(0.02, 0.33), ratio=(0.3, 3.3), value=0)
    with torch.random.fork_rng():
        torch.manual_seed(2)
        golden = [theirs.make_params([image]) for _ in range(n)]
    ours = draw("cutout", n, shape)
    for key, short in zip(BOX, "ijhw", strict=True):
        assert stats.ks_2samp(ours[key].numpy(), [box[short] for box in golden]).pvalue > 1e-3, key


def test_cutout_leaves_the_image_when_no_try_fits(noise_images: Images) -> None:
    images = noise_images(6, 3, 32, 32)
    thin = augment.get("cutout", cutout_aspect=(99, 100))  # at least 45 pixels high
    assert torch.equal(thin(images, rng.generator("thin")), images)


def test_cutout_takes_another_aspect(draw: Draw) -> None:
    parameters = draw("cutout", 1000, (3, 256, 256), cutout_aspect=(1, 1))
    assert torch.equal(parameters["height"], parameters["width"])


@pytest.mark.parametrize("law", ["uniform", "loguniform"])
def test_cutpaste_area_follows_its_law(draw: Draw, law: str) -> None:
    side = 4096  # large, so that rounding to whole pixels does not show
    parameters = draw("cutpaste", 4000, (3, side, side), cutpaste_area_law=law)
    area = (parameters["height"] * parameters["width"]).numpy() / side**2
    expected = stats.uniform(0.02, 0.13) if law == "uniform" else stats.loguniform(0.02, 0.15)
    assert stats.kstest(area, expected.cdf).pvalue > 1e-3


def test_cutpaste_aspect_follows_its_law(draw: Draw) -> None:
    shape = (3, 4096, 4096)
    parameters = draw("cutpaste", 4000, shape)
    aspect = (parameters["width"] / parameters["height"]).numpy()
    flat, wide = aspect[aspect < 1], aspect[aspect >= 1]
    assert stats.binomtest(len(flat), 4000).pvalue > 1e-3
    assert stats.kstest(flat, "uniform", (0.3, 0.7)).pvalue > 1e-3
    assert stats.kstest(wide, "uniform", (1, 2.3)).pvalue > 1e-3
    parameters = draw("cutpaste", 4000, shape, cutpaste_aspect_mode="loguniform")
    aspect = (parameters["width"] / parameters["height"]).numpy()
    assert stats.kstest(aspect, stats.loguniform(0.3, 3.3).cdf).pvalue > 1e-3


def test_cutpaste_reaches_every_place_evenly(draw: Draw) -> None:
    parameters = draw("cutpaste", 8000)
    for start, length in (("top", "height"), ("to_top", "height"), ("left", "width")):
        room = 32 - parameters[length]
        # The randomised rank of a uniform whole number in {0..room} is uniform in [0, 1).
        jitter = torch.rand(8000, generator=rng.generator("rank"))
        rank = (parameters[start] + jitter) / (room + 1)
        assert stats.kstest(rank.numpy(), "uniform").pvalue > 1e-3
        assert (parameters[start] == 0).any()
        assert (parameters[start] == room).any()
    pair = torch.stack([parameters["top"], parameters["to_top"]]).double()
    assert torch.corrcoef(pair / (33 - parameters["height"]))[0, 1].abs() < 4 / 8000**0.5


@pytest.mark.parametrize("shape", [(3, 32, 32), (1, 28, 28), (3, 24, 48)])
def test_cutpaste_equals_a_plain_loop(
    draw: Draw, noise_images: Images, shape: tuple[int, int, int]
) -> None:
    images, parameters = noise_images(60, *shape), draw("cutpaste", 60, shape)
    expected = images.clone()
    for row, (top, left, height, width) in enumerate(boxes(parameters)):
        patch = TF.crop(images[row], top, left, height, width)
        to_top, to_left = int(parameters["to_top"][row]), int(parameters["to_left"][row])
        target = expected[row, :, to_top : to_top + height, to_left : to_left + width]
        target.copy_(torchvision_jitter(patch, parameters, row))
    result = augment.get("cutpaste").apply(images, parameters)
    torch.testing.assert_close(result, expected, rtol=0, atol=1e-5)


def test_cutpaste_jitter_has_its_strength(draw: Draw) -> None:
    parameters = draw("cutpaste", 4000)
    assert stats.kstest(parameters["factors"].numpy().ravel(), "uniform", (0.9, 0.2)).pvalue > 1e-3
    assert stats.kstest(parameters["hue"].numpy(), "uniform", (-0.1, 0.2)).pvalue > 1e-3
    parameters = draw("cutpaste", 50, cutpaste_jitter=0.0)
    assert (parameters["factors"] == 1).all()
    assert (parameters["hue"] == 0).all()


def test_scar_sizes_and_angles_follow_their_laws(draw: Draw) -> None:
    parameters = draw("cp-scar", 5000)
    for key, low, high in (("height", 10, 24), ("width", 2, 15)):
        counts = parameters[key].bincount()
        assert counts[:low].sum() == 0
        assert len(counts) == high + 1
        assert stats.chisquare(counts[low:].numpy()).pvalue > 1e-3
    assert stats.kstest(parameters["angle"].numpy(), "uniform", (-45, 90)).pvalue > 1e-3


def test_scar_options_change_its_size(draw: Draw) -> None:
    parameters = draw("cp-scar", 500, scar_h=(4, 6), scar_w=(3, 4))
    assert set(parameters["height"].tolist()) == {4, 5}
    assert set(parameters["width"].tolist()) == {3}
    parameters = draw("cp-scar", 500, (3, 64, 64), scar_scale_with_image=True)
    assert set(parameters["height"].tolist()) == {2, 3, 4, 5, 6}  # a quarter of 10..24, rounded
    assert set(parameters["width"].tolist()) == {1, 2, 3, 4}
    parameters = draw("cp-scar", 50, (3, 256, 256), scar_scale_with_image=True)
    assert torch.equal(parameters["height"], draw("cp-scar", 50, (3, 256, 256))["height"])


@pytest.mark.parametrize("side", [16, 28, 32])
def test_scar_stays_in_the_image(draw: Draw, side: int) -> None:
    parameters = draw("cp-scar", 3000, (3, side, side))
    assert (parameters["top"] + parameters["height"] <= side).all()
    assert (parameters["left"] + parameters["width"] <= side).all()
    canvases = turned_size(*(parameters[key] for key in ("height", "width", "angle")))
    for centre, canvas in zip((parameters["row"], parameters["column"]), canvases, strict=True):
        start, fits = centre - canvas / 2, canvas <= side
        assert (start == start.round()).all()
        assert ((start >= 0) & (start + canvas <= side))[fits].all()
        assert ((2 * centre - side).abs() <= 1)[~fits].all()
    largest = max(int(canvas.max()) for canvas in canvases)
    # The longest diagonal is 28.3 pixels, 30 with the side's parity: 28-pixel images lose a corner
    # of a few scars. On 16 pixels the scar itself is cut to the image.
    assert largest == {16: 23, 28: 30, 32: 30}[side]


def test_scar_equals_a_plain_loop_with_torchvision(draw: Draw, noise_images: Images) -> None:
    images, parameters = noise_images(80, 3, 32, 32), draw("cp-scar", 80)
    expected = images.clone()
    for row, (top, left, height, width) in enumerate(boxes(parameters)):
        patch = torchvision_jitter(TF.crop(images[row], top, left, height, width), parameters, row)
        marked = torch.cat([patch, torch.ones(1, height, width, dtype=patch.dtype)])
        turned = TF.rotate(marked, float(parameters["angle"][row]), expand=True)
        canvas_height, canvas_width = turned.shape[1:]
        size = (parameters[key][row] for key in ("height", "width", "angle"))
        assert [int(side) for side in turned_size(*size)] == [canvas_height, canvas_width]
        first_row = int(parameters["row"][row] - canvas_height / 2)
        first_column = int(parameters["column"][row] - canvas_width / 2)
        target = expected[
            row,
            :,
            first_row : first_row + canvas_height,
            first_column : first_column + canvas_width,
        ]
        target.copy_(torch.where(turned[3:] > 0, turned[:3], target))
    result = augment.get("cp-scar").apply(images, parameters)
    differs = ((result - expected).abs() > 1e-5).any(1)
    assert differs.double().mean() < 1e-3  # nearest pixels on a tie may go either way
    assert ((result != images).any(1).sum((1, 2)) > 10).all()


def test_scar_pastes_about_as_many_pixels_as_it_cuts(draw: Draw) -> None:
    parameters = draw("cp-scar", 400)
    black = torch.zeros(400, 1, 32, 32)
    black[:] = 0.25
    parameters["factors"][:, 0] = 3  # brighter: pasted pixels become visible
    parameters["factors"][:, 1:] = 1
    pasted = (augment.get("cp-scar").apply(black, parameters) > 0.5).sum((1, 2, 3)).double()
    cut = (parameters["height"] * parameters["width"]).double()
    assert ((pasted - cut) / cut).abs().mean() < 0.05


@pytest.mark.parametrize("area", [0.01, 0.04, 0.16])
@pytest.mark.parametrize("aspect", [0.3, 1.0])
@pytest.mark.parametrize("name", ["cutout", "cutpaste"])
def test_area_and_aspect_can_be_fixed(
    draw: Draw, noise_images: Images, name: str, area: float, aspect: float
) -> None:
    fixed: dict[str, object] = {f"{name}_area": (area, area), f"{name}_aspect": (aspect, aspect)}
    if name == "cutpaste":
        fixed |= {"cutpaste_aspect_mode": "loguniform", "cutpaste_jitter": 0.0}
    side = 64
    parameters = draw(name, 20, (3, side, side), **fixed)
    height, width = parameters["height"].double(), parameters["width"].double()
    assert height.unique().numel() == width.unique().numel() == 1
    assert ((height * width).sqrt() - side * area**0.5).abs().max() <= 1
    tall = height / width if name == "cutout" else width / height
    assert tall[0] == pytest.approx(aspect, rel=0.35)
    images = noise_images(20, 3, side, side)
    changed = (augment.get(name, **fixed).apply(images, parameters) != images).any(1)
    assert changed.sum((1, 2)).max() <= int(height[0] * width[0])
    assert changed.sum((1, 2)).double().mean() >= 0.8 * height[0] * width[0]


def test_defaults_of_area_and_aspect_are_the_papers(draw: Draw) -> None:
    for name, area, aspect in (("cutout", (0.02, 0.33), (0.3, 3.3)),
                               ("cutpaste", (0.02, 0.15), (0.3, 3.3))):  # fmt: skip
        said = draw(name, 50, **{f"{name}_area": area, f"{name}_aspect": aspect})
        assert all((said[key] == value).all() for key, value in draw(name, 50).items())


def test_mixture_of_aspects_needs_one_between_its_bounds() -> None:
    with pytest.raises(SsadError, match="needs 1 between its bounds"):
        augment.get("cutpaste", cutpaste_aspect=(0.3, 0.5))
