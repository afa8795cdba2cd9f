from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ssad_lib.data import ImageSet, load
from ssad_lib.errors import SsadError

from .makers import class_files, pixels, png, write, write_zip


def folder(path: Path, split: str = "train", **options: object) -> ImageSet:
    return load(f"folder:{path}", split=split, **options)  # type: ignore[arg-type]


def test_a_folder_and_a_zip_give_the_same_set(tmp_path: Path) -> None:
    files = class_files(count=5)
    unpacked = write(tmp_path / "set", files)
    packed = write_zip(tmp_path / "set.zip", files)
    for split in ("train", "test"):
        one, other = folder(unpacked, split), folder(packed, split)
        assert one.fingerprint == other.fingerprint
        np.testing.assert_array_equal(one.images, other.images)
        assert one.classes == ("cat", "dog")
        assert one.labels.tolist() == [0] * 5 + [1] * 5
    assert folder(unpacked, "train").fingerprint != folder(unpacked, "test").fingerprint


def test_every_image_is_there_once_under_its_class(tmp_path: Path) -> None:
    files = class_files(count=6)
    loaded = folder(write(tmp_path, files))
    for label, name in enumerate(loaded.classes):
        expected = {
            np.asarray(Image.open(io.BytesIO(content))).transpose(2, 0, 1).tobytes()
            for path, content in files.items()
            if path.startswith(f"train/{name}/")
        }
        assert {image.tobytes() for image in loaded.of_class(label)} == expected


def test_the_first_images_are_no_alphabetical_run(tmp_path: Path) -> None:
    """CIFAR-10's airplanes are named by kind: the first thousand must not be one kind."""
    files = {
        f"train/{label}/{kind}_{i:03}.png": png(np.full((2, 2, 3), value, np.uint8))
        for label in ("x", "y")
        for kind, value in (("aeroplane", 0), ("jet", 255))
        for i in range(100)
    }
    first = folder(write(tmp_path, files), images_per_class=50).of_class(0)
    jets = (first[:, 0, 0, 0] == 255).sum()
    assert 10 <= jets <= 40


def test_fewer_images_are_the_first_ones_and_another_fingerprint(tmp_path: Path) -> None:
    path = write(tmp_path, class_files(count=5))
    whole, few = folder(path), folder(path, images_per_class=2)
    assert few.labels.tolist() == [0, 0, 1, 1]
    for label in (0, 1):
        np.testing.assert_array_equal(few.of_class(label), whole.of_class(label)[:2])
    assert few.fingerprint != whole.fingerprint
    assert folder(path, images_per_class=99).fingerprint == whole.fingerprint


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    path = write(tmp_path, class_files())
    before = folder(path)
    write(path, {"train/cat/0.png": png(pixels(5, 5, 3, seed=99))})
    after = folder(path)
    assert after.fingerprint != before.fingerprint
    assert (after.images != before.images).any()


def test_class_folders_without_a_split_are_a_training_set(tmp_path: Path) -> None:
    path = write(tmp_path, {"b/1.png": png(pixels(3, 3)), "a/1.png": png(pixels(3, 3))})
    assert folder(path).classes == ("a", "b")
    assert folder(path).images.shape == (2, 3, 3, 3)
    with pytest.raises(SsadError, match="has no folder 'test/'"):
        folder(path, "test")


def test_images_of_any_size_with_a_size(tmp_path: Path) -> None:
    files = class_files(count=2) | {"train/cat/odd.png": png(pixels(9, 4, 3))}
    path = write(tmp_path, files)
    assert folder(path, size=6).images.shape == (5, 3, 6, 6)
    with pytest.raises(SsadError, match=r"the image '.*' of .* has .* pixels where .*; ask for a"):
        folder(path)


def test_a_missing_split_is_named(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "half.zip", class_files(splits=("train",)))
    assert len(folder(path)) == 6
    with pytest.raises(SsadError, match=r"half.zip has no folder 'test/'"):
        folder(path, "test")


@pytest.mark.parametrize("asked", ["train", "test"])
@pytest.mark.parametrize("lacking", ["train", "test"])
def test_an_absent_class_is_named(tmp_path: Path, lacking: str, asked: str) -> None:
    files = class_files(("cat", "dog", "eel"))
    files = {name: data for name, data in files.items() if not name.startswith(f"{lacking}/dog/")}
    path = write(tmp_path, files)
    with pytest.raises(SsadError, match=f"the class 'dog' is absent from '{lacking}/'"):
        folder(path, asked)


def test_an_empty_class_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, class_files())
    for split in ("train", "test"):
        (path / split / "eel").mkdir()
    with pytest.raises(SsadError, match=r"the class folder 'train/eel' of .* holds no image"):
        folder(path)


def test_a_truncated_image_is_named(tmp_path: Path) -> None:
    files = class_files()
    files["train/dog/1.png"] = files["train/dog/1.png"][:50]
    path = write_zip(tmp_path / "set.zip", files)
    with pytest.raises(SsadError, match=r"the image 'train/dog/1.png' of .*set.zip cannot be dec"):
        folder(path)


def test_splits_without_class_folders(tmp_path: Path) -> None:
    path = write(tmp_path, {"train/1.png": png(pixels(3, 3)), "test/1.png": png(pixels(3, 3))})
    with pytest.raises(SsadError, match="has no class folders under 'train/'"):
        folder(path)
