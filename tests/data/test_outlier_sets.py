"""Sets that serve as outliers: EMNIST, notMNIST, Tiny ImageNet, CIFAR-100, a folder, arrays."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from torchvision import datasets

from ssad_lib.data import class_names, describe, load, names, tiny_imagenet
from ssad_lib.data.catalogue import LETTERS
from ssad_lib.errors import SsadError

from .makers import idx, pixels, png, write, write_cifar100, write_mnist, write_zip

IDS = ("n01443537", "n02123045", "n02793495", "n03100240")  # goldfish, tabby, barn, convertible
WORDS = b"n01443537\tgoldfish, Carassius auratus\nn02123045\ttabby, tabby cat\nn02793495\tbarn\n"


def write_emnist(root: Path, count: int = 52) -> np.ndarray:
    images = pixels(count, 28, 28)
    labels = (np.arange(count) % 26 + 1).astype(np.uint8)
    stem = "EMNIST/raw/emnist-letters-{}-{}-ubyte"
    for split in ("train", "test"):
        write(
            root,
            {
                stem.format(split, "images-idx3"): idx(images),
                stem.format(split, "labels-idx1"): idx(labels),
            },
        )
    return images


def test_emnist_letters_as_delivered_and_upright(tmp_path: Path) -> None:
    """The files are transposed against MNIST's, and the released code leaves them so."""
    raw = write_emnist(tmp_path)
    delivered = load("emnist-letters", tmp_path)
    np.testing.assert_array_equal(delivered.images[:, 0], raw)
    upright = load("emnist-letters:upright", tmp_path)
    np.testing.assert_array_equal(upright.images[:, 0], raw.transpose(0, 2, 1))
    assert upright.fingerprint != delivered.fingerprint
    for images in (delivered, upright):
        assert images.classes == LETTERS
        assert images.labels.tolist() == [i % 26 for i in range(52)]
    assert class_names("emnist-letters:upright") == LETTERS
    with pytest.raises(SsadError, match="unknown image set 'emnist-letters:up'"):
        load("emnist-letters:up", tmp_path)


def test_torchvision_reads_the_same_letters(tmp_path: Path) -> None:
    raw = write_emnist(tmp_path)
    theirs = datasets.EMNIST(tmp_path, "letters", train=True)
    np.testing.assert_array_equal(theirs.data.numpy(), raw)
    assert (theirs.targets.numpy() - 1).tolist() == load("emnist-letters", tmp_path).labels.tolist()


@pytest.mark.parametrize("place", ["notMNIST/raw", "notmnist", "notmnist/notMNIST/raw"])
@pytest.mark.parametrize("packed", [False, True])
def test_notmnist_in_mnists_file_format(tmp_path: Path, place: str, packed: bool) -> None:
    arrays = write_mnist(tmp_path / "made", "notMNIST")
    made = tmp_path / "made" / "notMNIST" / "raw"
    (tmp_path / "root" / place).mkdir(parents=True)
    for path in made.iterdir():
        target = tmp_path / "root" / place / path.name
        if packed:
            target.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        else:
            target.write_bytes(path.read_bytes())
    loaded = load("notmnist", tmp_path / "root", "test")
    np.testing.assert_array_equal(loaded.images[:, 0], arrays["t10k-images-idx3-ubyte"])
    assert loaded.classes == tuple("abcdefghij")


@pytest.mark.parametrize("folder", ["notMNIST", "notmnist/notMNIST"])
def test_half_of_notmnist_is_found_as_half(tmp_path: Path, folder: str) -> None:
    write_mnist(tmp_path, folder)
    for path in (tmp_path / folder / "raw").glob("train-*"):
        path.unlink()
    (row,) = (row for row in describe(tmp_path) if row.name == "notmnist")
    assert (row.state, row.hint) == ("found, test images only", str(tmp_path))
    with pytest.raises(SsadError, match="no notmnist below .*fetch it from its author's page"):
        load("notmnist", tmp_path, "train")


def pictures(folder: str, count: int, seed: int) -> dict[str, bytes]:
    return {f"{folder}/{i}.JPEG": png(pixels(8, 8, 3, seed=seed + i)) for i in range(count)}


def as_packed() -> dict[str, bytes]:
    """As its authors pack it."""
    files = {"words.txt": WORDS, "wnids.txt": "\n".join(IDS).encode()}
    rows = []
    for number, wnid in enumerate(IDS):
        files |= pictures(f"train/{wnid}/images", 3, 10 * number)
        for i in range(2):
            name = f"val_{2 * number + i}.JPEG"
            files[f"val/images/{name}"] = png(pixels(8, 8, 3, seed=100 + 2 * number + i))
            rows.append(f"{name}\t{wnid}\t0\t0\t62\t62")
    files |= pictures("test/images", 2, 200)
    return files | {"val/val_annotations.txt": "\n".join(rows).encode()}


def in_folders() -> dict[str, bytes]:
    """With class folders on both sides."""
    files = {"words.txt": WORDS}
    for number, wnid in enumerate(IDS):
        files |= pictures(f"train/{wnid}", 3, 10 * number)
        files |= pictures(f"val/{wnid}", 2, 100 + 2 * number)
    return files


@pytest.mark.parametrize("make", [as_packed, in_folders])
@pytest.mark.parametrize("packed", [False, True])
def test_tiny_imagenet(tmp_path: Path, make, packed: bool) -> None:  # type: ignore[no-untyped-def]
    files = make()
    if packed:
        inside = {f"tiny-imagenet-200/{name}": content for name, content in files.items()}
        write_zip(tmp_path / "tiny-imagenet-200.zip", inside)
    else:
        write(tmp_path / "tiny-imagenet", files)
    train = load("tiny-imagenet", tmp_path, size=8)
    test = load("tiny-imagenet", tmp_path, "test", size=8)
    expected = ("barn", "goldfish, Carassius auratus", "n03100240", "tabby, tabby cat")
    assert train.classes == test.classes == expected
    assert (len(train), len(test)) == (12, 8)
    barns = {image.tobytes() for image in test.of_class(0)}
    made = {pixels(8, 8, 3, seed=100 + 4 + i).transpose(2, 0, 1).tobytes() for i in range(2)}
    assert barns == made
    assert load("tiny-imagenet", tmp_path).images.shape == (12, 3, 64, 64)
    assert "ImageNet" in train.licence


def test_parts_of_tiny_imagenet(tmp_path: Path) -> None:
    write(tmp_path / "tiny-imagenet", in_folders())
    apart = load("tiny-imagenet:no-cifar10", tmp_path)
    assert apart.classes == ("barn", "goldfish, Carassius auratus")
    with pytest.raises(SsadError, match="unknown part of tiny-imagenet '31': did you mean '30'"):
        load("tiny-imagenet:31", tmp_path)
    ids = [f"n{i:08}" for i in range(191)] + list(tiny_imagenet.IMAGENET_30)
    normal, others = (tiny_imagenet.chosen_ids(sorted(ids), part) for part in ("30", "170"))
    assert len(normal) == 30
    assert set(tiny_imagenet.IMAGENET_30) < normal
    assert not normal & others
    assert normal | others == set(ids)


def test_tiny_imagenet_that_is_not_there(tmp_path: Path) -> None:
    assert "tiny-imagenet" in names()
    with pytest.raises(SsadError, match=r"looked for tiny-imagenet-200, .*CS231n"):
        load("tiny-imagenet", tmp_path)
    write(tmp_path / "tiny-imagenet", {"pictures/a/1.png": png(pixels(8, 8, 3))})
    with pytest.raises(SsadError, match="has no image of Tiny ImageNet's classes"):
        load("tiny-imagenet", tmp_path)


def test_cifar_100_in_class_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(datasets.CIFAR100.meta, "md5", None)
    monkeypatch.setattr(datasets.CIFAR10, "_check_integrity", lambda _: True)
    write_cifar100(tmp_path)
    assert load("cifar100", tmp_path).images.shape == (8, 3, 32, 32)
    files = {f"train/{name}/{i}.png": png(pixels(32, 32, 3, seed=i))
             for name in ("bed", "bus") for i in range(2)}  # fmt: skip
    (tmp_path / "other").mkdir()
    write_zip(tmp_path / "other" / "cifar100.zip", files)
    assert load("cifar100", tmp_path / "other").classes == ("bed", "bus")


def test_any_folder_of_pictures_is_one_class(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "holidays", {f"{i}.png": png(pixels(6, 6, 3, seed=i)) for i in range(4)})
    images = load(f"folder:{tmp_path / 'holidays'}", size=6)
    assert images.classes == ("holidays",)
    assert images.images.shape == (4, 3, 6, 6)
    assert "no class folders, so all images are one class" in capsys.readouterr().err
    with pytest.raises(SsadError, match="has no folder 'test/'"):
        load(f"folder:{tmp_path / 'holidays'}", split="test")


def test_arrays_without_names(tmp_path: Path) -> None:
    np.savez(tmp_path / "tiny.npz", images=pixels(5, 32, 32, 3), labels=np.zeros(5, int))
    assert load(f"npz:{tmp_path / 'tiny.npz'}").images.shape == (5, 3, 32, 32)


def test_what_somebody_has_to_fetch_says_where(tmp_path: Path) -> None:
    from ssad_lib.data import download

    rows = {row.name: row for row in describe(None)}
    for name, place in (("notmnist", "author's page"), ("tiny-imagenet", "CS231n")):
        assert place in rows[name].hint
    for name in ("notmnist", "tiny-imagenet"):
        with pytest.raises(SsadError, match=f"{name} cannot be downloaded from here: fetch"):
            download(name, tmp_path)
