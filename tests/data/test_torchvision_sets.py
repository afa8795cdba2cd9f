from __future__ import annotations

import gzip
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from torchvision import datasets

from ssad_lib.data import load
from ssad_lib.errors import SsadError

from .makers import idx, write_cifar10, write_cifar100, write_mnist, write_svhn


@pytest.fixture
def _any_checksum(monkeypatch: pytest.MonkeyPatch) -> None:
    """Torchvision compares checksums with those of the real files; ours are miniatures."""
    for kind in (datasets.SVHN, datasets.CIFAR10):
        monkeypatch.setattr(kind, "_check_integrity", lambda _: True)
    monkeypatch.setitem(datasets.CIFAR10.meta, "md5", None)
    monkeypatch.setitem(datasets.CIFAR100.meta, "md5", None)


def pack(folder: Path) -> None:
    """Replace every file of a folder by its ``.gz``."""
    for path in sorted(folder.iterdir()):
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()


@pytest.mark.parametrize(
    ("name", "folder"), [("mnist", "MNIST"), ("fashion-mnist", "FashionMNIST")]
)
def test_mnist_is_resized_bilinearly_to_32(tmp_path: Path, name: str, folder: str) -> None:
    arrays = write_mnist(tmp_path, folder)
    for split, stem in (("train", "train"), ("test", "t10k")):
        loaded = load(name, tmp_path, split)
        assert loaded.images.shape == (20, 1, 32, 32)
        assert loaded.labels.tolist() == arrays[f"{stem}-labels-idx1-ubyte"].tolist()
        for ours, raw in zip(loaded.images[:, 0], arrays[f"{stem}-images-idx3-ubyte"], strict=True):
            theirs = np.asarray(Image.fromarray(raw).resize((32, 32), Image.Resampling.BILINEAR))
            assert np.abs(ours.astype(int) - theirs).max() <= 1
    native = load(name, tmp_path, size=28).images[:, 0]
    np.testing.assert_array_equal(native, arrays["train-images-idx3-ubyte"])


@pytest.mark.usefixtures("_any_checksum")
def test_svhn(tmp_path: Path) -> None:
    images = write_svhn(tmp_path, "test")
    loaded = load("svhn", tmp_path, "test")
    np.testing.assert_array_equal(loaded.images, images.transpose(3, 2, 0, 1))
    # The file writes the digit 0 as 10.
    assert loaded.labels.tolist() == [(i % 10 + 1) % 10 for i in range(20)]
    assert loaded.licence == "non-commercial use only"


@pytest.mark.usefixtures("_any_checksum")
def test_cifar10(tmp_path: Path) -> None:
    rows = write_cifar10(tmp_path).reshape(60, 3, 32, 32)
    train, test = load("cifar10", tmp_path), load("cifar10", tmp_path, "test")
    np.testing.assert_array_equal(train.images, rows[:50])
    np.testing.assert_array_equal(test.images, rows[50:])
    assert train.labels.tolist() == [i % 10 for i in range(50)]
    assert train.classes == tuple(sorted(train.classes))
    assert train.classes[6] == "frog"
    few = load("cifar10", tmp_path, images_per_class=2)
    np.testing.assert_array_equal(few.of_class(3), rows[[3, 13]])


@pytest.mark.usefixtures("_any_checksum")
def test_cifar100_takes_its_classes_from_the_file(tmp_path: Path) -> None:
    write_cifar100(tmp_path)
    loaded = load("cifar100", tmp_path, "test")
    assert loaded.classes == ("thing 0", "thing 1", "thing 2", "thing 3")
    assert loaded.labels.tolist() == [0, 1, 2, 3] * 2


def test_torchvisions_own_checksums_stay_on(tmp_path: Path) -> None:
    write_cifar10(tmp_path)
    message = r"torchvision cannot read .*data_batch_1 .*corrupted.*`ssad data download cifar10`"
    with pytest.raises(SsadError, match=message):
        load("cifar10", tmp_path)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("place", ["FashionMNIST/raw", "fashion-mnist"])
def test_idx_files_are_read_packed_or_not_where_torchvision_or_debian_puts_them(
    tmp_path: Path, place: str, packed: bool
) -> None:
    arrays = write_mnist(tmp_path / "made", "FashionMNIST")
    moved = shutil.copytree(tmp_path / "made" / "FashionMNIST" / "raw", tmp_path / "root" / place)
    if packed:
        pack(moved)
    for split, stem in (("train", "train"), ("test", "t10k")):
        found = load("fashion-mnist", tmp_path / "root", split, size=28)
        np.testing.assert_array_equal(found.images[:, 0], arrays[f"{stem}-images-idx3-ubyte"])
        assert found.labels.tolist() == arrays[f"{stem}-labels-idx1-ubyte"].tolist()
        assert found.classes[9] == "ankle-boot"
        assert found.source.endswith(str(tmp_path / "root"))


def test_idx_files_need_no_torchvision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_mnist(tmp_path)
    monkeypatch.setitem(sys.modules, "torchvision", None)
    assert len(load("mnist", tmp_path).images) == 20


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no idx file of bytes with 3 dimensions"),
        (b"\0\0\x08\x03", "is no idx file"),
        (b"text", "is no idx file"),
        (idx(np.zeros(784, np.uint8)), "is no idx file"),
        (
            idx(np.zeros((2, 28, 28), np.uint8))[:-100],
            "is damaged: it promises 1,568 bytes .* and has 1,468",
        ),
        (
            idx(np.zeros((2, 28, 28), np.uint8)) + b"0",
            "is damaged: it promises 1,568 bytes .* and has 1,569",
        ),
    ],
)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
def test_a_damaged_idx_file_is_named(
    tmp_path: Path, content: bytes, said: str, packed: bool
) -> None:
    write_mnist(tmp_path)
    (tmp_path / "MNIST" / "raw" / "train-images-idx3-ubyte").write_bytes(content)
    if packed:
        pack(tmp_path / "MNIST" / "raw")
    with pytest.raises(SsadError, match=rf"train-images-idx3-ubyte(\.gz)? {said}.*fetch it again"):
        load("mnist", tmp_path)


@pytest.mark.parametrize("content", [b"no gzip at all", b"\x1f\x8b", None])
def test_a_damaged_packed_file_is_named(tmp_path: Path, content: bytes | None) -> None:
    write_mnist(tmp_path)
    pack(tmp_path / "MNIST" / "raw")
    path = tmp_path / "MNIST" / "raw" / "train-images-idx3-ubyte.gz"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if content is None else content)
    with pytest.raises(SsadError, match=r"ubyte\.gz cannot be read \(.*fetch it again") as found:
        load("mnist", tmp_path)
    assert "\n" not in str(found.value)


def test_an_absent_class_is_named(tmp_path: Path) -> None:
    write_mnist(tmp_path, count=7)
    with pytest.raises(SsadError, match=r"the class '7' is absent from .*train-images"):
        load("mnist", tmp_path)


def test_more_labels_than_images(tmp_path: Path) -> None:
    arrays = write_mnist(tmp_path)
    labels = arrays["train-labels-idx1-ubyte"]
    raw = tmp_path / "MNIST" / "raw"
    (raw / "train-labels-idx1-ubyte").write_bytes(idx(np.concatenate([labels, labels])))
    with pytest.raises(SsadError, match="images and 40 labels, which is not mnist"):
        load("mnist", tmp_path)
