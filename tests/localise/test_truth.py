"""Masks belong to images by their names; what does not fit is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ssad_lib.errors import SsadError
from ssad_lib.localise.truth import read_masks
from ssad_lib.recommend import read_folder


@pytest.fixture
def own(parts: Path, tmp_path: Path) -> Path:
    for name in ("images", "masks"):
        shutil.copytree(parts / name, tmp_path / name)
    return tmp_path


def test_masks_are_found_by_name_and_others_count_as_sound(own: Path) -> None:
    images = read_folder(own / "images", 32)
    (own / "masks" / "hole" / "001.png").rename(own / "masks" / "hole" / "001_mask.png")
    masks, notes = read_masks(own / "masks", images)
    assert masks.shape == (9, 32, 32)
    assert [bool(mask.any()) for mask in masks] == [False] * 3 + [True] * 6
    drawn = np.asarray(Image.open(own / "masks" / "hole" / "001_mask.png"))
    small = np.asarray(Image.fromarray(drawn).resize((32, 32), Image.Resampling.NEAREST)) > 127
    assert np.array_equal(masks[4], small)
    assert notes == ["6 of 9 images have a defect by their masks; all others count as without one."]


def test_masks_without_an_image_are_said(own: Path) -> None:
    images = read_folder(own / "images" / "hole", 32)
    shutil.copytree(own / "masks" / "hole", own / "flat")
    shutil.copy(own / "flat" / "000.png", own / "flat" / "other.png")
    assert "left out: 1 file: other.png." in read_masks(own / "flat", images)[1][1]


def change(own: Path, what: str) -> None:
    mask = own / "masks" / "hole" / "000.png"
    if what == "size":
        Image.new("L", (10, 10), 255).save(mask)
    elif what == "broken":
        mask.write_bytes(b"no image")
    elif what == "full":
        Image.new("L", (64, 64), 255).save(mask)
    elif what == "names":
        (own / "masks" / "hole").rename(own / "masks" / "holes")
        shutil.rmtree(own / "masks" / "metal")
    elif what == "empty":
        for one in (own / "masks").rglob("*.png"):
            Image.new("L", (64, 64), 0).save(one)
    elif what == "shared":
        Image.open(own / "images/hole/000.png").save(own / "images" / "hole" / "000.jpg")


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("size", r"has 10x10 pixels where 'hole/000.png' has 64x64; make them equal"),
        ("broken", "cannot be decoded"),
        ("full", "'hole/000.png' .* marks every pixel of 'hole/000.png'"),
        ("names", r"has the name of an image of .*'good/000_mask.png' for 'good/000.png'"),
        ("empty", "mark no pixel at 32 pixels a side"),
        ("shared", "would share the mask 'hole/000.png'"),
    ],
)
def test_what_does_not_fit_is_named(own: Path, what: str, message: str) -> None:
    change(own, what)
    images = read_folder(own / "images", 32)
    with pytest.raises(SsadError, match=message):
        read_masks(own / "masks", images)
