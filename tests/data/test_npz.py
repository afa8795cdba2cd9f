from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ssad_lib.data import load
from ssad_lib.errors import SsadError

from .makers import pixels

LABELS = np.array([0, 1, 2, 0])


def save(path: Path, **arrays: np.ndarray) -> str:
    np.savez(path / "mine.npz", **arrays)
    return f"npz:{path / 'mine.npz'}"


@pytest.mark.parametrize(
    "shape", [(4, 6, 5), (4, 6, 5, 1), (4, 1, 6, 5), (4, 6, 5, 3), (4, 3, 6, 5)]
)
def test_every_layout_becomes_channels_first(tmp_path: Path, shape: tuple[int, ...]) -> None:
    array = pixels(*shape)
    images = load(save(tmp_path, images=array, labels=LABELS)).images
    channels = 3 if 3 in shape else 1
    assert images.shape == (4, channels, 6, 5)
    last = np.moveaxis(images, 1, -1)
    expected = np.moveaxis(array, 1, -1) if shape[1] == channels else array.reshape(last.shape)
    np.testing.assert_array_equal(last, expected)


def test_splits_classes_and_a_column_of_labels(tmp_path: Path) -> None:
    name = save(
        tmp_path,
        train_images=pixels(4, 6, 6, seed=1),
        train_labels=LABELS[:, None].astype(np.uint8),
        test_images=pixels(4, 6, 6, seed=2),
        test_labels=LABELS[::-1],
        classes=np.array(["a", "b", "c"]),
    )
    train, test = load(name), load(name, split="test", size=12)
    assert train.classes == test.classes == ("a", "b", "c")
    assert train.labels.tolist() == LABELS.tolist()
    assert test.labels.tolist() == LABELS[::-1].tolist()
    assert test.images.shape == (4, 1, 12, 12)
    assert train.fingerprint != test.fingerprint
    assert load(name, images_per_class=1).labels.tolist() == [0, 1, 2]


def test_the_fingerprint_is_the_content(tmp_path: Path) -> None:
    images = pixels(4, 6, 6)
    first = load(save(tmp_path, images=images, labels=LABELS)).fingerprint
    assert load(save(tmp_path, images=images, labels=LABELS)).fingerprint == first
    images[0, 0, 0] ^= 1
    assert load(save(tmp_path, images=images, labels=LABELS)).fingerprint != first


GOOD = {"images": pixels(4, 6, 6), "labels": LABELS}


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"labels": LABELS}, r"has no array 'train_images' \(it has: labels\)"),
        ({"images": pixels(4, 6, 6)}, "has no array 'labels'"),
        ({}, r"it has: none"),
        (GOOD | {"images": np.zeros((4, 6, 6), np.float32)}, "'images' .* is float32; store uint8"),
        (GOOD | {"images": pixels(4, 6)}, r"has the shape \(4, 6\)"),
        (GOOD | {"images": pixels(4, 6, 6, 2)}, r"has the shape \(4, 6, 6, 2\)"),
        (GOOD | {"labels": LABELS[:3]}, "'labels' .* store one integer from 0 for each of the 4"),
        (GOOD | {"labels": LABELS.astype(float)}, "'labels' .* is float64"),
        (GOOD | {"labels": LABELS - 1}, "store one integer from 0"),
        (GOOD | {"labels": LABELS * 2}, "the class '1' .* is absent"),
        (GOOD | {"classes": np.array(["a", "b"])}, "has the label 2 but 2 classes"),
        (GOOD | {"classes": np.array(list("abcd"))}, "the class 'd' .* is absent"),
        (GOOD | {"labels": np.array([{}] * 4)}, "not a readable .npz of plain arrays"),
        (GOOD | {"labels": np.array([0, 1, 2, 10**9])}, "has the label 1000000000; number the"),
        (GOOD | {"labels": np.array([0, 1, 2, 2**64 - 1], np.uint64)}, "has the label 18446744"),
        (GOOD | {"labels": np.array([0, 1, 2, 999_999])}, "the class '3' .* is absent"),
        (GOOD | {"train_labels": np.array(["a", "b"])}, "'train_labels' .* is <U1"),
        (GOOD | {"test_labels": np.array([np.nan, 1])}, "'test_labels' .* is float64"),
        (GOOD | {"classes": np.array("abc")}, r"'classes' .* is <U3 of shape \(\); store one name"),
        (GOOD | {"classes": np.array([["a", "b", "c"]])}, r"'classes' .* of shape \(1, 3\)"),
        (GOOD | {"classes": np.array([0.5, 1, 2])}, "'classes' .* is float64"),
        (GOOD | {"classes": np.array(["a", "b", "a"])}, "has 'a' twice; name them apart"),
        (GOOD | {"images": np.zeros((4, 0, 0, 3), np.uint8)}, "so no pixel; store some images"),
        (GOOD | {"images": np.zeros((0, 6, 6), np.uint8)}, "so no pixel"),
    ],
)
def test_wrong_arrays_are_named(
    tmp_path: Path, arrays: dict[str, np.ndarray], message: str
) -> None:
    name = save(tmp_path, **arrays)
    with pytest.raises(SsadError, match=message) as error:
        load(name)
    assert "mine.npz" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_split(tmp_path: Path) -> None:
    name = save(tmp_path, **GOOD)
    with pytest.raises(SsadError, match="has no array 'test_images'"):
        load(name, split="test")


def test_files_that_are_no_npz(tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    with pytest.raises(SsadError, match="there is no file"):
        load(f"npz:{path}")
    np.save(tmp_path / "one.npy", LABELS)
    for content in (b"", b"text", (tmp_path / "one.npy").read_bytes()):
        path.write_bytes(content)
        with pytest.raises(SsadError, match=r"is not a readable \.npz"):
            load(f"npz:{path}")
    with pytest.raises(SsadError, match="could not read"):
        load(f"npz:{tmp_path}")


def test_other_arrays_beside_are_not_even_read(tmp_path: Path) -> None:
    beside = {
        "text_labels": np.array(["a", "b"]),
        "soft_labels": np.array([np.nan, 1.0]),
        "notes": np.array([{"camera": 1}], dtype=object),
    }
    plain = load(save(tmp_path, **GOOD))
    assert load(save(tmp_path, **GOOD, **beside)).fingerprint == plain.fingerprint


@pytest.mark.parametrize(
    "names",
    [np.array([b"caf\xc3\xa9", b"b", b"c"]), np.array(["café", "b", "c"])],
    ids=["bytes", "text"],
)
def test_class_names_of_bytes_are_text(tmp_path: Path, names: np.ndarray) -> None:
    assert load(save(tmp_path, **GOOD, classes=names)).classes == ("café", "b", "c")
