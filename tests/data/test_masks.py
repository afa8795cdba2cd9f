from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ssad_lib.data import ImageSet, load
from ssad_lib.errors import SsadError

from .makers import defect_files, pixels, png, write


def spot(rows: slice, value: int = 255, side: int = 8) -> bytes:
    mask = np.zeros((side, side), np.uint8)
    mask[rows] = value
    return png(mask)


def loaded(tmp_path: Path, files: dict[str, bytes], size: int = 8) -> ImageSet:
    return load(f"folder:{write(tmp_path / 'set', files)}", split="test", size=size)


def areas(images: ImageSet) -> list[int]:
    assert images.masks is not None
    return images.masks.sum(axis=(1, 2)).tolist()  # type: ignore[no-any-return]


def test_masks_of_ones_are_masks(tmp_path: Path) -> None:
    files = {
        name: spot(slice(0, 1 if "crack" in name else 4), 1) if "_mask" in name else content
        for name, content in defect_files().items()
    }
    assert areas(loaded(tmp_path, files)) == [0, 0, 8, 8, 32, 32]


@pytest.mark.parametrize("name", ["000.png", "000_mask.bmp", "000_mask.png"])
def test_names_of_masks(tmp_path: Path, name: str) -> None:
    files = defect_files()
    content = files.pop("ground_truth/crack/000_mask.png")
    assert areas(loaded(tmp_path, files | {f"ground_truth/crack/{name}": content}))[2] == 8


@pytest.mark.parametrize(
    "names",
    [
        ("000_mask1", "000_mask2"),
        ("000_mask", "000_mask_2"),
        ("000/0", "000/1"),
        ("000", "000_mask"),
    ],
)
def test_several_masks_of_an_image_are_joined(tmp_path: Path, names: tuple[str, str]) -> None:
    files = defect_files()
    del files["ground_truth/crack/000_mask.png"]
    for place, name in enumerate(names):
        files[f"ground_truth/crack/{name}.png"] = spot(slice(2 * place, 2 * place + 1))
    images = loaded(tmp_path, files)
    assert areas(images) == [0, 0, 16, 8, 32, 32]
    assert images.notes == ()


def test_an_image_in_a_folder_of_its_kind_is_there_once_with_its_mask(tmp_path: Path) -> None:
    files = defect_files() | {
        "test/crack/camera2/000.png": png(pixels(8, 8, seed=77)),
        "ground_truth/crack/camera2/000_mask.png": spot(slice(0, 3)),
    }
    images = loaded(tmp_path, files)
    assert images.classes == ("good", "crack", "hole")
    assert images.labels.tolist() == [0, 0, 1, 1, 1, 2, 2]
    assert areas(images) == [0, 0, 8, 8, 24, 32, 32]


def test_an_empty_mask_of_a_defect_is_refused(tmp_path: Path) -> None:
    files = defect_files() | {"ground_truth/crack/001_mask.png": spot(slice(0))}
    message = r"the mask 'ground_truth/crack/001_mask.png' of .* marks no pixel \(1 of 4 do\)"
    with pytest.raises(SsadError, match=message):
        loaded(tmp_path, files)


def test_one_empty_mask_among_many_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Published sets have some: nobody drew them."""
    files = defect_files()
    for i in range(60):
        files[f"test/hole/{i:03}.png"] = png(pixels(8, 8, seed=i))
        files[f"ground_truth/hole/{i:03}_mask.png"] = spot(slice(0, 2 * (i != 7)))
    images = loaded(tmp_path, files)
    assert areas(images).count(0) == 3
    note = "no pixel of a defect is marked by 1 file: ground_truth/hole/007_mask.png"
    assert images.notes == (f"{tmp_path / 'set'}: {note}",)
    assert note in capsys.readouterr().err


def test_a_mask_of_everything_is_refused(tmp_path: Path) -> None:
    files = defect_files() | {"ground_truth/crack/001_mask.png": spot(slice(None), 7)}
    with pytest.raises(SsadError, match=r"'ground_truth/crack/001_mask.png' of .* marks every pix"):
        loaded(tmp_path, files)


def test_a_mask_of_more_than_half_is_said(tmp_path: Path) -> None:
    files = defect_files() | {"ground_truth/crack/001_mask.png": spot(slice(1, None))}
    (note,) = loaded(tmp_path, files).notes
    assert "more than half of the image is marked by 1 file: ground_truth/crack/001" in note
    assert "if they are black on white, invert them" in note


def test_a_defect_that_vanishes_at_the_size_is_said(tmp_path: Path) -> None:
    files = defect_files() | {
        "test/crack/001.png": png(pixels(64, 64)),
        "ground_truth/crack/001_mask.png": spot(slice(0, 1), side=64),
    }
    (note,) = loaded(tmp_path, files).notes
    assert "at 8 pixels nothing is left of what is marked by 1 file: ground_truth/crack/001" in note


def test_the_mask_of_a_good_image_may_mark_nothing_only(tmp_path: Path) -> None:
    files = defect_files() | {"ground_truth/good/000_mask.png": spot(slice(0))}
    assert areas(loaded(tmp_path, files)) == [0, 0, 8, 8, 32, 32]
    files |= {"ground_truth/good/000_mask.png": spot(slice(0, 1))}
    with pytest.raises(SsadError, match=r"'ground_truth/good/000_mask.png' .* which is good"):
        loaded(tmp_path, files)


def test_two_images_do_not_share_a_mask(tmp_path: Path) -> None:
    files = defect_files() | {"test/crack/000.bmp": png(pixels(8, 8))}
    with pytest.raises(SsadError, match=r"'test/crack/000.bmp' and 'test/crack/000.png' .* share"):
        loaded(tmp_path, files)


def test_masks_without_an_image_are_said(tmp_path: Path) -> None:
    files = defect_files() | {"ground_truth/hole/009_mask.png": spot(slice(0, 1))}
    (note,) = loaded(tmp_path, files).notes
    assert "masks without an image were left out: 1 file: ground_truth/hole/009_mask.png" in note
