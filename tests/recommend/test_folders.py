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
