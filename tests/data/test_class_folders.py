from __future__ import annotations

import io
import os
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


@pytest.mark.parametrize(
    "names", [("Train", "Test"), ("TRAIN", "TEST"), ("training", "testing"), ("Training", "test")]
)
def test_splits_in_any_spelling(tmp_path: Path, names: tuple[str, str]) -> None:
    spelled = dict(zip(("train", "test"), names, strict=True))
    files = {
        name.replace(name.split("/")[0], spelled[name.split("/")[0]], 1): content
        for name, content in class_files().items()
    }
    path = write(tmp_path, files)
    plain = write(tmp_path / "plain", class_files())
    for split in ("train", "test"):
        assert folder(path, split).classes == ("cat", "dog")
        assert len(folder(path, split)) == 6
        assert {image.tobytes() for image in folder(path, split).images} == {
            image.tobytes() for image in folder(plain, split).images
        }


def test_one_split_in_two_spellings_is_refused(tmp_path: Path) -> None:
    files = class_files() | {"training/cat/9.png": png(pixels(5, 5, 3))}
    with pytest.raises(SsadError, match="has 'train/' and 'training/', which are one split; merge"):
        folder(write(tmp_path, files))


def test_a_class_may_be_called_training(tmp_path: Path) -> None:
    path = write(tmp_path, {f"{label}/1.png": png(pixels(5, 5)) for label in ("training", "rest")})
    assert folder(path).classes == ("rest", "training")


def test_an_image_below_its_class_folder_is_there_once(tmp_path: Path) -> None:
    files = class_files() | {"train/cat/camera2/0.png": png(pixels(5, 5, 3, seed=50))}
    loaded = folder(write(tmp_path, files))
    assert loaded.classes == ("cat", "dog")
    assert loaded.labels.tolist() == [0] * 4 + [1] * 3


def test_what_is_left_out_is_said_once_and_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    others = ["train/cat/a.heic", "train/.hidden/0.png", "train/0.png", "val/cat/0.png", "1.png"]
    path = write(tmp_path, class_files() | dict.fromkeys(others, b"") | {"train/readme.txt": b""})
    note = (
        f"{path}: 5 of 17 files left out: 2 outside the class folders, 1 .heic, 1 hidden, 1 in val/"
    )
    assert folder(path).notes == (note,)
    assert folder(path, "test").notes == (note,)
    assert capsys.readouterr().err.count(note) == 1
    assert folder(write(tmp_path / "plain", class_files())).notes == ()
    assert capsys.readouterr().err == ""


def test_a_folder_of_a_tool_is_no_class(tmp_path: Path) -> None:
    path = write(tmp_path, class_files() | {"train/.ipynb_checkpoints/0.png": b""})
    (path / "test" / ".ipynb_checkpoints").mkdir()
    (path / "train" / "__pycache__").mkdir()
    assert folder(path).classes == ("cat", "dog")


def test_a_class_of_files_that_are_no_images_says_what_it_has(tmp_path: Path) -> None:
    path = write(tmp_path, {"a/1.png": png(pixels(3, 3)), "b/1.heic": b"", "b/2.heic": b""})
    with pytest.raises(SsadError, match=r"'b' of .* holds no image \(left out: 2 .heic\)"):
        folder(path)


def test_pages_and_transparency_are_said(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    pages = [Image.fromarray(pixels(5, 5, 3, seed=i)) for i in range(4)]
    pages[0].save(buffer, "TIFF", save_all=True, append_images=pages[1:])
    clear = io.BytesIO()
    Image.new("RGBA", (5, 5)).save(clear, "PNG")
    files = class_files() | {
        "train/cat/s.tif": buffer.getvalue(),
        "train/dog/c.png": clear.getvalue(),
    }
    assert folder(write(tmp_path, files)).notes == (
        f"{tmp_path}: only the first page or frame was read of 1 file: train/cat/s.tif (4)",
        f"{tmp_path}: transparent pixels were laid on white in 1 file: train/dog/c.png",
    )


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9")
    files = {f"{label}/{name}.png": png(pixels(5, 5)) for label in ("dog", name)}
    path = write(tmp_path, files)
    assert folder(path).classes == (r"caf\udce9", "dog")
    assert folder(path).classes == (r"caf\udce9", "dog")  # from the cache
