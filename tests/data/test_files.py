from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from ssad_lib.data.files import open_files, stamp
from ssad_lib.errors import SsadError

from .makers import class_files, pixels, png, write, write_zip

NAMES = ("test/cat/1.png", "train/cat/1.png", "train/dog/2.jpg")
CONTENT = {name: name.encode() for name in NAMES}


@pytest.mark.parametrize("wrapper", ["", "animals/", "a/b/"])
@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_a_folder_and_a_zip_hold_the_same(tmp_path: Path, kind: str, wrapper: str) -> None:
    content = {wrapper + name: data for name, data in CONTENT.items()}
    place = tmp_path / "set"
    place = write(place, content) if kind == "folder" else write_zip(place, content)
    files = open_files(place)
    assert files.names == NAMES
    assert files.folders == ("test", "test/cat", "train", "train/cat", "train/dog")
    assert [files.read(name) for name in files.names] == [CONTENT[name] for name in NAMES]


def test_one_class_folder_is_no_wrapper(tmp_path: Path) -> None:
    files = open_files(write(tmp_path, {"train/cat/1.png": b"", "train/cat/2.png": b""}))
    assert files.names == ("train/cat/1.png", "train/cat/2.png")
    files = open_files(write(tmp_path / "flat", {"cat/1.png": b"", "cat/2.png": b""}))
    assert files.names == ("cat/1.png", "cat/2.png")


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_what_is_no_image_or_hidden_is_left_out(tmp_path: Path, kind: str) -> None:
    noise = {"licence.txt": b"", "cat/Thumbs.db": b"", "__MACOSX/cat/._1.png": b"", ".x/1.png": b""}
    content = {"cat/1.PNG": b"1"} | noise
    place = tmp_path / "set"
    files = open_files(write(place, content) if kind == "folder" else write_zip(place, content))
    assert files.names == ("cat/1.PNG",)


@pytest.mark.parametrize(
    "entry",
    [
        "../escape.png",
        "train/../../escape.png",
        "/etc/escape.png",
        "..\\escape.png",
        "C:\\escape.png",
    ],
)
def test_a_zip_entry_that_leaves_the_folder_is_refused(tmp_path: Path, entry: str) -> None:
    place = write_zip(tmp_path / "evil.zip", class_files() | {entry: b"x"})
    with pytest.raises(SsadError, match=r"leaves the folder") as error:
        open_files(place)
    assert entry in str(error.value)
    assert str(place) in str(error.value)


def test_a_damaged_zip_is_named(tmp_path: Path) -> None:
    place = write_zip(tmp_path / "set.zip", class_files())
    whole = place.read_bytes()
    for content in (whole[: len(whole) // 2], b"no zip", b""):
        place.write_bytes(content)
        with pytest.raises(SsadError, match=re.escape(f"{place} is not a readable zip")):
            open_files(place)


def test_a_damaged_entry_is_named(tmp_path: Path) -> None:
    content = png(pixels(9, 9, 3))
    place = write_zip(tmp_path / "set.zip", {"cat/1.png": content})
    raw = place.read_bytes()
    spoiled = raw.replace(content, content[:-20] + b"X" * 20)
    assert spoiled != raw
    place.write_bytes(spoiled)
    files = open_files(place)
    with pytest.raises(SsadError, match=r"the entry 'cat/1.png' of .*set.zip cannot be read"):
        files.read("cat/1.png")


def test_a_place_without_images_or_without_anything(tmp_path: Path) -> None:
    with pytest.raises(SsadError, match="holds no image"):
        open_files(tmp_path)
    with pytest.raises(SsadError, match=r"there is no folder or zip .*nowhere"):
        open_files(tmp_path / "nowhere")


def test_a_vanished_image_is_named(tmp_path: Path) -> None:
    files = open_files(write(tmp_path, {"cat/1.png": b""}))
    (tmp_path / "cat/1.png").unlink()
    with pytest.raises(SsadError, match=r"could not read the image cat/1.png"):
        files.read("cat/1.png")


def test_the_stamp_follows_every_file(tmp_path: Path) -> None:
    place = write(tmp_path / "set", CONTENT)
    stamps = [stamp(place)]
    assert stamp(place) == stamps[0]
    target = place / NAMES[0]
    target.write_bytes(b"longer than before")
    stamps.append(stamp(place))
    os.utime(target, ns=(1, 1))
    stamps.append(stamp(place))
    target.rename(target.with_name("other.png"))
    stamps.append(stamp(place))
    (place / "train" / "empty").mkdir()
    stamps.append(stamp(place))
    assert len(set(stamps)) == len(stamps)


def test_the_stamp_of_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SsadError, match=r"there is nothing at .*nowhere; check the path"):
        stamp(tmp_path / "nowhere")
