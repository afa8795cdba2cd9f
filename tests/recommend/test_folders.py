from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from PIL import Image

from ssad_lib.errors import SsadError
from ssad_lib.recommend import read_folder, read_two

Pair = tuple[Path, Path]


def test_images_of_any_size_and_mode_become_squares(tmp_path: Path) -> None:
    Image.new("L", (30, 50), 255).save(tmp_path / "b.jpg")
    Image.new("RGB", (200, 100), (255, 0, 0)).save(tmp_path / "a.png")
    (tmp_path / "notes.txt").write_text("no image")
    folder = read_folder(tmp_path, size=24)
    assert folder.names == ("a.png", "b.jpg")
    assert folder.images.shape == (2, 3, 24, 24)
    torch.testing.assert_close(folder.images[0, :, 0, 0], torch.tensor([1.0, 0.0, 0.0]))
    assert folder.images[1].min() > 0.99


def test_two_folders_are_read(spotted: Pair) -> None:
    normal, mixed = read_two(*spotted, size=32)
    assert normal.images.shape == (160, 3, 32, 32)
    assert mixed.names[:2] == ("000.png", "001.png")
    assert len(mixed.names) == 80


@pytest.fixture
def copied(noisy: Pair, tmp_path: Path) -> Pair:
    return tuple(Path(shutil.copytree(one, tmp_path / one.name)) for one in noisy)  # type: ignore[return-value]


def test_the_same_folder_twice_is_refused(noisy: Pair) -> None:
    with pytest.raises(SsadError, match=r"was given twice: name two folders, normal images first"):
        read_two(noisy[0], noisy[0].parent / "mixed" / ".." / "normal")


def test_a_folder_inside_the_other_is_refused(noisy: Pair) -> None:
    with pytest.raises(SsadError, match="one lies in the other"):
        read_two(noisy[0].parent, noisy[1])


@pytest.mark.parametrize(("place", "kept", "least"), [(0, 39, 40), (1, 19, 20)])
def test_too_few_images_are_counted(copied: Pair, place: int, kept: int, least: int) -> None:
    for path in sorted(copied[place].iterdir())[kept:]:
        path.unlink()
    with pytest.raises(SsadError, match=rf"has {kept}, and a recommendation needs {least} or more"):
        read_two(*copied, size=32)


def test_an_unreadable_file_is_named(copied: Pair) -> None:
    (copied[1] / "007.png").write_bytes(b"no image at all")
    with pytest.raises(SsadError, match=r"'007.png' .*cannot be decoded"):
        read_two(*copied, size=32)


def test_an_image_in_both_is_named(copied: Pair) -> None:
    shutil.copy(copied[0] / "003.png", copied[1] / "again.png")
    with pytest.raises(SsadError, match=r"'again.png' of .* is the same image as '003.png'"):
        read_two(*copied, size=32)


def test_an_empty_folder_and_none_at_all_are_named(noisy: Pair, tmp_path: Path) -> None:
    with pytest.raises(SsadError, match="holds no image"):
        read_two(tmp_path, noisy[1])
    with pytest.raises(SsadError, match="nowhere"):
        read_two(tmp_path / "nowhere", noisy[1])


@pytest.mark.parametrize("size", [0, 15, 513])
def test_sizes_have_bounds(noisy: Pair, size: int) -> None:
    with pytest.raises(SsadError, match=f"size is {size}: give 16 to 512 pixels"):
        read_two(*noisy, size=size)


def test_copies_in_one_folder_count_once(copied: Pair) -> None:
    for i in range(3):
        shutil.copy(copied[0] / "003.png", copied[0] / f"copy{i}.png")
    normal, _ = read_two(*copied, size=32)
    assert len(normal.names) == len(normal.images) == len(normal.origins) == 80
    assert normal.copies == 3
    for i in range(50):
        shutil.copy(copied[0] / "copy0.png", copied[0] / f"{i:03}.png")
    with pytest.raises(SsadError, match=r"has 31 different ones \(52 copies left out\), and"):
        read_two(*copied, size=32)


def test_images_with_nothing_on_them_are_refused(copied: Pair) -> None:
    for place, path in enumerate(sorted(copied[0].iterdir())[:60]):
        Image.new("RGB", (32, 32), (place, 90, 90)).save(path)
    with pytest.raises(SsadError, match="60 of 80 normal images of .* are nearly of one colour"):
        read_two(*copied, size=32)


def test_masks_are_no_images(tmp_path: Path) -> None:
    for name in ("train/good/0", "test/bad/0", "ground_truth/bad/0_mask"):
        (tmp_path / name).parent.mkdir(parents=True)
        Image.new("L", (32, 32), 255).save(tmp_path / f"{name}.png")
    assert read_folder(tmp_path, 32).names == ("test/bad/0.png", "train/good/0.png")


def test_what_is_left_out_or_converted_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("RGBA", (32, 32)).save(tmp_path / "a.png")
    pages = [Image.new("L", (32, 32), i) for i in range(3)]
    pages[0].save(tmp_path / "b.tif", save_all=True, append_images=pages[1:])
    (tmp_path / "c.heic").write_bytes(b"")
    assert read_folder(tmp_path, 32).names == ("a.png", "b.tif")
    read_folder(tmp_path, 32)
    assert capsys.readouterr().err.splitlines() == [
        f"ssad: {tmp_path}: 1 of 3 files left out: 1 .heic",
        f"ssad: {tmp_path}: only the first page or frame was read of 1 file: b.tif (3)",
        f"ssad: {tmp_path}: transparent pixels were laid on white in 1 file: a.png",
    ]
