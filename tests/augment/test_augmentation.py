"""What every augmentation promises, checked for all fourteen and for the three gens."""

from __future__ import annotations

import pickle

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from ssad_lib import augment, rng
from ssad_lib.augment.augmentation import CHUNK, Augmentation
from ssad_lib.errors import SsadError

ALL = [augment.get(name) for name in augment.names()]
VARIANTS = [
    *ALL,
    *(augment.anomaly(gen) for gen in augment.gens()),
    augment.get("geom", geom_fill="reflect", geom_translate="axis5"),
    augment.get("mask", mask_shared_channels=True),
    augment.get("cp-scar", scar_scale_with_image=True),
    augment.get("cutpaste", cutpaste_aspect_mode="loguniform", cutpaste_area_law="loguniform"),
    augment.get("simclr", simclr_blur_p=0.5),
    augment.get("cutdiff", size=0.03, ratio=2.0, angle=30),
    augment.get("cutdiff", size=0.2, size_semantics="length"),
    *(augment.get("rotation", angle=33, rot_padding=p) for p in ("zeros", "border", "reflection")),
]
each = pytest.mark.parametrize("aug", ALL, ids=lambda aug: aug.name)
each_variant = pytest.mark.parametrize("aug", VARIANTS, ids=lambda aug: f"{aug.name}{aug.options}")


def images_of(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.rand(shape, generator=rng.generator("images"), dtype=dtype)


@each_variant
@settings(max_examples=12, deadline=None)
@given(
    n=st.integers(0, 5),
    channels=st.sampled_from([1, 3]),
    height=st.integers(8, 40),
    width=st.integers(8, 40),
    dtype=st.sampled_from([torch.float32, torch.float64]),
    seed=st.integers(0, 2**32),
)
def test_shape_dtype_and_range_are_kept(
    aug: Augmentation,
    n: int,
    channels: int,
    height: int,
    width: int,
    dtype: torch.dtype,
    seed: int,
) -> None:
    width = height if aug.name in ("rotate", "geom") else width
    images = images_of(n, channels, height, width, dtype=dtype)
    result = aug(images, rng.generator(seed))
    assert result.shape == images.shape
    assert result.dtype == dtype
    assert result.isfinite().all()
    if aug.name != "noise":
        assert ((result >= -1e-6) & (result <= 1 + 1e-6)).all()


@each_variant
def test_a_generator_decides_the_result(aug: Augmentation) -> None:
    images = images_of(40, 3, 32, 32)
    first, again, other = (aug(images, rng.generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    always_the_same = aug.name in ("identity", "rotation") or aug.options in (
        {"flip_p": 1},
        {"invert_p": 1},
    )
    assert torch.equal(first, other) == always_the_same


@each_variant
def test_an_image_depends_on_its_own_row_only(aug: Augmentation) -> None:
    chunk = torch.get_num_threads() * CHUNK // (3 * 32 * 32)
    n = 2 * chunk + 44
    images = images_of(n, 3, 32, 32)
    parameters = aug.draw(n, rng.generator("slice"), (3, 32, 32))
    whole = aug.apply(images, parameters)
    for rows in (slice(7, 8), slice(chunk - 3, chunk + 9), torch.tensor([n - 1, 3, 3, 128])):
        part = aug.apply(images[rows], {key: value[rows] for key, value in parameters.items()})
        assert torch.equal(part, whole[rows])


@each_variant
def test_large_images_go_through_in_parts_alike(aug: Augmentation) -> None:
    images = images_of(12, 3, 200, 200)
    parameters = aug.draw(12, rng.generator("large"), (3, 200, 200))
    whole = aug.apply(images, parameters)
    last = aug.apply(images[11:], {key: value[11:] for key, value in parameters.items()})
    assert torch.equal(last, whole[11:])


@each_variant
def test_the_number_of_threads_changes_no_bit(aug: Augmentation) -> None:
    images = images_of(100, 3, 64, 64)
    threads = torch.get_num_threads()
    results = []
    try:
        for count in (1, 4):
            torch.set_num_threads(count)
            results.append(aug(images, rng.generator("threads")))
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(*results)


@each_variant
def test_apply_is_pure_and_replayable(aug: Augmentation) -> None:
    images = images_of(20, 3, 32, 32)
    before = images.clone()
    parameters = aug.draw(20, rng.generator("pure"), (3, 32, 32))
    kept = {key: value.clone() for key, value in parameters.items()}
    first = aug.apply(images, parameters)
    assert torch.equal(images, before)
    assert all(torch.equal(parameters[key], kept[key]) for key in kept)
    assert torch.equal(aug.apply(images, parameters), first)


@each_variant
def test_calling_is_drawing_then_applying(aug: Augmentation) -> None:
    images = images_of(9, 1, 16, 16)
    parameters = aug.draw(9, rng.generator("call"), (1, 16, 16))
    assert torch.equal(aug(images, rng.generator("call")), aug.apply(images, parameters))


@each_variant
def test_global_random_state_is_left_alone(aug: Augmentation) -> None:
    before = torch.get_rng_state()
    aug(images_of(8, 3, 32, 32), rng.generator("global"))
    assert torch.equal(torch.get_rng_state(), before)


@each_variant
def test_parameters_are_small_and_on_the_cpu(aug: Augmentation) -> None:
    for shape in ((3, 32, 32), (3, 512, 512)):
        parameters = aug.draw(10, rng.generator("small"), shape)
        assert all(value.device.type == "cpu" for value in parameters.values())
        assert all(len(value) == 10 for value in parameters.values())
        assert sum(value.nbytes for value in parameters.values()) <= 10 * 200


# Different results of 200 draws for one image. Two crops or rectangles may coincide, and a blur of
# sigma below 0.15 pixels is none.
DISTINCT = {
    "identity": (1, 1),
    "rotate": (4, 4),
    "flip": (2, 2),
    "invert": (2, 2),
    "geom": (60, 72),
}


@each
def test_images_get_their_own_parameters(aug: Augmentation) -> None:
    same = images_of(1, 3, 32, 32).expand(200, -1, -1, -1)
    least, most = DISTINCT.get(aug.name, (190, 200))
    assert least <= len(aug(same, rng.generator("own")).unique(dim=0)) <= most


@each_variant
def test_neighbours_are_drawn_independently(aug: Augmentation) -> None:
    n = 4000
    for key, value in aug.draw(n, rng.generator("neighbours"), (3, 32, 32)).items():
        numbers = value.double().reshape(n, -1)[:, 0]
        if numbers.std() > 0:
            correlation = torch.corrcoef(torch.stack([numbers[1:], numbers[:-1]]))[0, 1]
            assert abs(correlation) < 4 / n**0.5, key


@each_variant
def test_everything_moves_to_the_device_of_the_images_without_a_wait(aug: Augmentation) -> None:
    # The meta device refuses to meet CPU tensors and to read a value back, as CUDA would (slowly).
    images = torch.empty(5, 3, 32, 32, device="meta")
    result = aug(images, rng.generator("device"))
    assert result.device.type == "meta"
    assert result.shape == images.shape


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@each_variant
def test_cuda_agrees_with_the_cpu(aug: Augmentation) -> None:
    images = images_of(70, 3, 32, 32)
    parameters = aug.draw(70, rng.generator("cuda"), (3, 32, 32))
    on_cpu, on_gpu = aug.apply(images, parameters), aug.apply(images.cuda(), parameters).cpu()
    # A patch edge may round to the next pixel; nothing else may differ.
    assert ((on_cpu - on_gpu).abs() > 1e-5).double().mean() < 1e-4


@each_variant
def test_it_survives_a_spawned_process(aug: Augmentation) -> None:
    copy = pickle.loads(pickle.dumps(aug))
    images = images_of(6, 3, 32, 32)
    assert copy == aug
    assert torch.equal(copy(images, rng.generator("p")), aug(images, rng.generator("p")))


@pytest.mark.parametrize(
    "images",
    [
        torch.zeros(3, 32, 32),
        torch.zeros(4, 2, 32, 32),
        torch.zeros(4, 3, 32, 7),
        torch.zeros(4, 3, 32, 32, dtype=torch.uint8),
    ],
    ids=["no batch", "two channels", "too small", "bytes"],
)
@each
def test_wrong_images_are_refused_in_one_line(aug: Augmentation, images: Tensor) -> None:
    with pytest.raises(SsadError, match=aug.label) as caught:
        aug(images, rng.generator("wrong"))
    assert "\n" not in str(caught.value)


@each
def test_what_is_no_tensor_or_holds_bytes_as_floats_is_refused(aug: Augmentation) -> None:
    images = torch.rand(4, 3, 32, 32, generator=rng.generator("bytes"))
    with pytest.raises(SsadError, match=f"{aug.label} takes a float tensor .*, not ndarray"):
        aug(images.numpy(), rng.generator("wrong"))  # type: ignore[arg-type]
    with pytest.raises(SsadError, match=f"{aug.label} .* these reach 25.*: divide bytes by 255"):
        aug(images * 255, rng.generator("wrong"))


def test_a_wrong_image_shape_is_refused_when_drawing() -> None:
    with pytest.raises(SsadError, match=r"Crop cannot take images of shape \(32, 32\)"):
        augment.get("crop").draw(3, rng.generator("wrong"), (32, 32))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["rotate", "geom"])
def test_quarter_turns_need_square_images(name: str) -> None:
    aug = augment.get(name)
    with pytest.raises(SsadError, match="needs square ones, not 16 x 24"):
        aug.draw(2, rng.generator("square"), (3, 16, 24))
    parameters = aug.draw(2, rng.generator("square"), (3, 16, 16))
    with pytest.raises(SsadError, match="needs square ones, not 16 x 24"):
        aug.apply(torch.zeros(2, 3, 16, 24), parameters)


def test_parameters_of_another_batch_are_refused() -> None:
    parameters = augment.get("flip").draw(5, rng.generator("rows"), (3, 16, 16))
    with pytest.raises(SsadError, match="got 4 images but parameters"):
        augment.get("flip").apply(torch.zeros(4, 3, 16, 16), parameters)
