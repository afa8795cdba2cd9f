from __future__ import annotations

import os
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from ssad_lib.data.files import open_files, stamp
from ssad_lib.data.listing import FILE, FOLDER, Found, image_suffixes, is_hidden, listed
from ssad_lib.errors import SsadError

from .makers import write


@pytest.mark.parametrize("suffix", ["JFIF", "jpe", "gif", "avif", "jp2", "pbm", "webp", "tga"])
def test_real_suffixes_are_images(tmp_path: Path, suffix: str) -> None:
    assert f".{suffix.lower()}" in image_suffixes()
    assert open_files(write(tmp_path, {f"a.{suffix}": b""})).names == (f"a.{suffix}",)


def test_suffixes_that_pillow_cannot_read_here_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PIL import features

    monkeypatch.setattr(features, "check", lambda name: name != "jpg_2000")
    image_suffixes.cache_clear()
    try:
        files = open_files(write(tmp_path, {"a.png": b"", "b.jp2": b""}))
    finally:
        image_suffixes.cache_clear()
    assert files.names == ("a.png",)
    assert files.left_out == Counter({".jp2": 1})


def test_what_is_left_out_is_counted_and_documents_are_not(tmp_path: Path) -> None:
    content = dict.fromkeys(
        ["a.png", "b.HEIC", "c.heic", "d.dcm", "DICOM0001", "readme.txt", "list.csv",
         "e.png.part", "._a.png", ".thumbs/a.jpg", "@eaDir/a.png/THUMB.jpg", "~$a.png",
         ".git/x", "Thumbs.db"],
        b"",
    )  # fmt: skip
    files = open_files(write(tmp_path, content))
    assert files.names == ("a.png",)
    expected = {".heic": 2, ".dcm": 1, "without a suffix": 1, ".part": 1, "hidden": 4}
    assert files.left_out == Counter(expected)
    assert files.folders == ()


@pytest.mark.parametrize(
    "name",
    [".ipynb_checkpoints/a.png", "cat/.DS_Store", "__MACOSX/cat/a.png", "$RECYCLE.BIN/a.png"],
)
def test_folders_of_tools_are_hidden(name: str) -> None:
    assert is_hidden(name)
    assert not is_hidden("cat/a.b.png")


def test_a_folder_of_nothing_else_says_what_is_there(tmp_path: Path) -> None:
    write(tmp_path, {"a.heic": b"", "b.heic": b"", "c.cr2": b""})
    with pytest.raises(SsadError, match=r"holds no image; there are 2 .heic, 1 .cr2; images are"):
        open_files(tmp_path)


def test_links_to_folders_and_files_are_followed(tmp_path: Path) -> None:
    real = write(tmp_path / "real", {"cat/1.png": b"1", "cat/deep/2.png": b"2"})
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "cat").symlink_to(real / "cat")
    (linked / "3.png").symlink_to(real / "cat" / "1.png")
    files = open_files(linked)
    assert files.names == ("3.png", "cat/1.png", "cat/deep/2.png")
    assert files.read("cat/deep/2.png") == b"2"
    before = stamp(linked)
    (real / "cat" / "deep" / "2.png").write_bytes(b"longer")
    assert stamp(linked) != before


def test_a_link_that_leads_back_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, {"cat/1.png": b""})
    (tmp_path / "cat" / "again").symlink_to(tmp_path)
    files = open_files(tmp_path)
    assert files.names == ("cat/1.png",)
    assert files.left_out == Counter({"a link that leads back": 1})
    assert stamp(tmp_path)


def test_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    write(tmp_path, {"cat/1.png": b""})
    (tmp_path / ".#notes.txt").symlink_to("me@host.1")
    (tmp_path / "notes.txt").symlink_to("gone")
    assert open_files(tmp_path).names == ("cat/1.png",)
    assert stamp(tmp_path)
    (tmp_path / "cat" / "2.png").symlink_to("gone.png")
    assert stamp(tmp_path)
    with pytest.raises(SsadError, match=r"the image 'cat/2.png' of .* leads nowhere; mend or"):
        open_files(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_pipe_with_the_name_of_an_image_is_not_waited_for(tmp_path: Path) -> None:
    write(tmp_path, {"1.png": b""})
    os.mkfifo(tmp_path / "2.png")
    assert open_files(tmp_path).left_out == Counter({"no regular file": 1})


def test_one_spelling_of_an_accent() -> None:
    apart = unicodedata.normalize("NFD", "café")
    listing = listed([Found(f"{apart}/1.png", "raw", FILE), Found(apart, apart, FOLDER)])
    assert listing.names == {"café/1.png": "raw"}
    assert listing.folders == ("café",)


def test_a_name_that_is_not_utf8_is_read(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9")
    files = open_files(write(tmp_path, {f"{name}/{name}.png": b"1"}))
    assert files.names == (r"caf\udce9/caf\udce9.png",)
    assert files.folders == (r"caf\udce9",)
    assert files.read(files.names[0]) == b"1"
    assert stamp(tmp_path)
