from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ssad_lib.data import load
from ssad_lib.errors import SsadError

from .makers import defect_files, pixels, png, write, write_zip


def test_train_is_good_only(tmp_path: Path) -> None:
    train = load(f"folder:{write(tmp_path, defect_files())}", size=8)
    assert train.classes == ("good", "crack", "hole")
    assert train.images.shape == (4, 3, 8, 8)
    assert train.labels.tolist() == [0] * 4
    assert train.masks is None
    for i, image in enumerate(train.images):  # grey replicated, in the order of the names
        np.testing.assert_array_equal(image, np.stack([pixels(8, 8, seed=i)] * 3))


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_test_has_every_kind_and_its_masks(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "tile"
    place = write(place, defect_files()) if kind == "folder" else write_zip(place, defect_files())
    test = load(f"folder:{place}", split="test", size=8)
    assert test.labels.tolist() == [0, 0, 1, 1, 2, 2]
    assert test.masks is not None
    assert test.masks.sum(axis=(1, 2)).tolist() == [0, 0, 8, 8, 32, 32]
    assert test.masks[2, 0].all()
    few = load(f"folder:{place}", split="test", size=8, images_per_class=1)
    assert few.masks is not None
    assert few.masks.sum(axis=(1, 2)).tolist() == [0, 8, 32]


def test_the_default_size_is_256(tmp_path: Path) -> None:
    test = load(f"folder:{write(tmp_path, defect_files())}", split="test")
    assert test.images.shape == (6, 3, 256, 256)
    assert test.masks is not None
    assert test.masks[2:].mean(axis=(1, 2)).tolist() == [1 / 8, 1 / 8, 1 / 2, 1 / 2]


@pytest.mark.parametrize("below", ["", "mvtec/"])
def test_an_object_below_the_data_root(tmp_path: Path, below: str) -> None:
    place = write(tmp_path / f"{below}tile", defect_files())
    tile = load("mvtec:tile", tmp_path, size=8)
    assert str(place) in tile.source
    assert tile.licence == "CC BY-NC-SA 4.0"
    with pytest.raises(SsadError, match="unknown MVTec object 'tyle': did you mean 'tile'"):
        load("mvtec:tyle", tmp_path)


def test_a_set_that_only_shares_the_layout_is_not_called_mvtec(tmp_path: Path) -> None:
    write(tmp_path / "magnets", defect_files())
    assert "MVTec" not in load("mvtec:magnets", tmp_path, size=8).source


def test_no_object_at_all(tmp_path: Path) -> None:
    with pytest.raises(SsadError, match=r"no MVTec object 'tile' below .*: looked for tile/ and"):
        load("mvtec:tile", tmp_path)


def test_a_missing_mask_is_named(tmp_path: Path) -> None:
    files = defect_files()
    del files["ground_truth/hole/001_mask.png"]
    path = write(tmp_path, files)
    with pytest.raises(SsadError, match=r"the mask 'ground_truth/hole/001_mask.png' of 'test/hole"):
        load(f"folder:{path}", split="test")
    assert len(load(f"folder:{path}", size=8)) == 4


def test_a_set_without_masks_has_none(tmp_path: Path) -> None:
    files = {name: data for name, data in defect_files().items() if "ground_truth" not in name}
    assert load(f"folder:{write(tmp_path, files)}", split="test", size=8).masks is None


def test_a_mask_of_another_size_is_named(tmp_path: Path) -> None:
    files = defect_files() | {"ground_truth/crack/000_mask.png": png(np.zeros((8, 9), np.uint8))}
    with pytest.raises(SsadError, match=r"'ground_truth/crack/000_mask.png' .* 9x8 .* 8x8"):
        load(f"folder:{write(tmp_path, files)}", split="test")


def test_an_empty_kind_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, defect_files())
    (path / "test" / "rough").mkdir()
    with pytest.raises(SsadError, match="holds no image in 'test/rough/'"):
        load(f"folder:{path}", split="test")


def test_the_layout_in_any_spelling(tmp_path: Path) -> None:
    spelled = {"train/good": "Train/Good", "test/good": "TEST/GOOD"}
    files = {}
    for name, content in defect_files().items():
        split, kind, file = name.split("/")
        top = {"train": "Train", "test": "TEST", "ground_truth": "Ground_Truth"}[split]
        files[f"{spelled.get(f'{split}/{kind}', f'{top}/{kind}')}/{file}"] = content
    write(tmp_path / "tile", files)
    test = load("mvtec:tile", tmp_path, "test", size=8)
    assert test.classes == ("good", "crack", "hole")
    assert test.masks is not None
    assert test.masks.sum(axis=(1, 2)).tolist() == [0, 0, 8, 8, 32, 32]
    plain = load(f"folder:{write(tmp_path / 'plain', defect_files())}", split="test", size=8)
    assert test.fingerprint == plain.fingerprint


def test_one_kind_in_two_spellings_is_refused(tmp_path: Path) -> None:
    files = defect_files() | {"test/Good/0.png": png(pixels(8, 8))}
    with pytest.raises(SsadError, match="'test/Good/' and 'test/good/', which are one kind; merge"):
        load(f"folder:{write(tmp_path, files)}", split="test")


def test_images_of_no_kind_are_counted(tmp_path: Path) -> None:
    others = ["train/bad/0.png", "test/0.png", "validation/good/0.png", "0.png"]
    path = write(tmp_path, defect_files() | dict.fromkeys(others, b""))
    assert load(f"folder:{path}", size=8).notes == (
        f"{path}: 4 of 18 files left out: 1 in test/ itself, 1 in train/bad/, 1 in validation/, "
        "1 outside the splits",
    )


@pytest.mark.parametrize("orientation", [3, 6])
def test_image_and_mask_agree_as_they_are_shown(tmp_path: Path, orientation: int) -> None:
    stored = np.zeros((32, 32), np.uint8)
    stored[20:30, 2:8] = 255
    shown = np.ascontiguousarray(np.rot90(stored, {3: 2, 6: -1}[orientation]))
    exif = Image.Exif()
    exif[0x112] = orientation
    photograph = io.BytesIO()
    Image.fromarray(stored).save(photograph, "PNG", exif=exif)
    files = defect_files() | {
        "test/crack/000.png": photograph.getvalue(),
        "ground_truth/crack/000_mask.png": png(shown),
    }
    test = load(f"folder:{write(tmp_path, files)}", split="test", size=32)
    assert test.masks is not None
    np.testing.assert_array_equal(test.images[2, 0] > 127, test.masks[2])
