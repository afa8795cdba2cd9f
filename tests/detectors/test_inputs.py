from __future__ import annotations

import numpy as np
import pytest
import torch

from ssad_lib.detectors.inputs import as_images, count_different, resolve_device, seed_from
from ssad_lib.errors import SsadError

X = np.random.default_rng(0).random((4, 3, 8, 8), dtype=np.float32)
TENSOR = torch.from_numpy(X.copy())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (X[:, ::-1], X[:, ::-1]),
        (X[::2, :, ::-1, ::-1], X[::2, :, ::-1, ::-1]),
        (X.astype(">f4"), X),
        (X.astype(">f8"), X),
        (X.astype(np.longdouble), X),
        (np.asfortranarray(X), X),
        (X > 0.5, (X > 0.5).astype(np.float32)),
        (X.tolist(), X),
        (list(X), X),
        (tuple(TENSOR), X),
        ([TENSOR[0], X[1]], X[:2]),
        (np.ma.MaskedArray(X), X),
        (TENSOR.clone().requires_grad_(), X),
        (TENSOR.double(), X),
        (TENSOR.to(memory_format=torch.channels_last), X),
    ],
    ids=[
        "channels turned", "steps", "big-endian", "big-endian double", "long double", "Fortran",
        "truth values", "lists", "list of arrays", "tuple of tensors", "mixed list", "mask of none",
        "gradient", "double tensor", "channels-last",
    ],
)  # fmt: skip
def test_arrays_as_they_come(given: object, expected: np.ndarray) -> None:
    images = as_images(given)  # type: ignore[arg-type]
    assert images.dtype is torch.float32
    assert not images.requires_grad
    np.testing.assert_allclose(images.numpy(), expected, rtol=1e-6)


def test_half_precision_is_taken() -> None:
    np.testing.assert_allclose(as_images(X.astype(np.float16)).numpy(), X, atol=1e-3)
    np.testing.assert_allclose(as_images(TENSOR.bfloat16()).numpy(), X, atol=1e-2)


def test_rounding_is_clipped_and_no_more() -> None:
    assert as_images(np.full_like(X, 1.000001)).max() == 1
    assert as_images(np.full_like(X, -1e-7)).min() == 0
    for value in (1.001, -0.001):
        with pytest.raises(SsadError, match="clip them|normalisation"):
            as_images(np.full_like(X, value))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([X[0], X[0][:, :4]], r"differ in shape \(\(3, 4, 8\) and \(3, 8, 8\)\)"),
        ([TENSOR[0], TENSOR[0][:, :4]], "differ in shape"),
        (X.transpose(0, 2, 3, 1), "1 or 3 channels.*channels come before height and width"),
        (np.zeros((2, 4, 8, 8)), r"1 or 3 channels; got \(2, 4, 8, 8\)$"),
        (X[0], r"shape \(N, C, H, W\)"),
        (X[:0], "none empty"),
        ([], r"got \(0,\)"),
        ((X * 255).astype(np.uint8), "these are bytes: divide them by 255"),
        (np.ones((2, 3, 8, 8), np.uint8), "these are bytes"),
        (X * 255, r"these span \[.*\]: divide uint8 by 255"),
        (X * 2 - 1, r"undo the normalisation, \(x \+ 1\) / 2"),
        (X * 4 - 2, "clip them, or undo their normalisation"),
        (np.where(X > 0.5, np.nan, X), "NaN"),
        (X.astype(np.complex64), "array of numbers .*complex64"),
        (TENSOR.to(torch.complex64), "dense real numbers"),
        (TENSOR.to_sparse(), "dense real numbers"),
        (TENSOR.to("meta"), "dense real numbers"),
        (np.array([["a"]]), "array of numbers"),
        (object(), "not object of object"),
        (np.ma.MaskedArray(X, X > 0.5), "masked array"),
    ],
)
def test_what_is_no_array_of_images_is_one_line(given: object, message: str) -> None:
    with pytest.raises(SsadError, match=message) as error:
        as_images(given)  # type: ignore[arg-type]
    assert "\n" not in str(error.value)


def test_a_seed_is_one_number_whatever_its_type() -> None:
    for same in (3, np.int64(3), np.uint8(3)):
        assert seed_from(same) == 3
    assert seed_from(True) == seed_from(1)  # as Python and scikit-learn have it
    assert seed_from(None) != seed_from(None)


@pytest.mark.parametrize(
    "make",
    [
        np.random.RandomState,
        np.random.default_rng,
        lambda seed: torch.Generator().manual_seed(seed),
    ],
    ids=["RandomState", "Generator", "torch"],
)
def test_a_generator_gives_its_next_number(make) -> None:  # type: ignore[no-untyped-def]
    assert seed_from(make(0)) == seed_from(make(0))
    assert seed_from(make(0)) != seed_from(make(1))
    one = make(0)
    assert seed_from(one) != seed_from(one)


@pytest.mark.parametrize("state", ["0", 1.0, [1], object()])
def test_what_is_no_seed_is_one_line(state: object) -> None:
    with pytest.raises(SsadError, match="random_state must be a whole number, None or a random"):
        seed_from(state)


def test_devices() -> None:
    for device in ("cpu", torch.device("cpu"), "cpu:0"):
        assert resolve_device(device).type == "cpu"
    assert resolve_device(None) == resolve_device("auto")
    for device in ("mps", "xpu", "meta"):
        with pytest.raises(SsadError, match=f"'{device}' is not supported: use auto, cpu or cuda"):
            resolve_device(device)
    for unknown in ("gpu", 1.5, ""):
        with pytest.raises(SsadError, match="unknown device"):
            resolve_device(unknown)  # type: ignore[arg-type]


def test_a_gpu_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SsadError, match="a GPU was asked for and none is here"):
        resolve_device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert resolve_device("cuda:1") == torch.device("cuda:1")
    with pytest.raises(SsadError, match="no GPU number 2: they are numbered from 0 to 1"):
        resolve_device("cuda:2")


def test_different_images_are_counted_as_far_as_needed() -> None:
    assert count_different(TENSOR[[0, 1, 0, 1]], 9) == 2
    assert count_different(TENSOR, 3) == 3
