from __future__ import annotations

import stat
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from ssad_lib.data.files import open_files
from ssad_lib.errors import SsadError

from .makers import write_zip

UTF8, ENCRYPTED = 0x800, 0x1


def patched(path: Path, *, flag: int, method: int | None = None) -> None:
    """Change the flags, or the method, of all entries of a zip, as another packer writes them."""
    raw = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = raw.find(mark)
        while place >= 0:
            flags = int.from_bytes(raw[place + at : place + at + 2], "little")
            raw[place + at : place + at + 2] = (flags & ~UTF8 | flag).to_bytes(2, "little")
            if method is not None:
                raw[place + at + 2 : place + at + 4] = method.to_bytes(2, "little")
            place = raw.find(mark, place + 1)
    path.write_bytes(raw)


def test_a_zip_with_backslashes_has_folders(tmp_path: Path) -> None:
    place = write_zip(tmp_path / "win.zip", {"train\\cat\\1.png": b"1", "train\\dog\\2.png": b"2"})
    files = open_files(place)
    assert files.names == ("train/cat/1.png", "train/dog/2.png")
    assert files.folders == ("train", "train/cat", "train/dog")
    assert files.read("train/dog/2.png") == b"2"


def test_utf8_names_without_their_flag(tmp_path: Path) -> None:
    place = write_zip(tmp_path / "mac.zip", {"café/1.png": b"1", "b/1.png": b"2"})
    patched(place, flag=0)
    files = open_files(place)
    assert files.names == ("b/1.png", "café/1.png")
    assert files.read("café/1.png") == b"1"


def test_names_in_the_old_encoding(tmp_path: Path) -> None:
    place = write_zip(tmp_path / "dos.zip", {"cafX/1.png": b"1"})
    place.write_bytes(place.read_bytes().replace(b"cafX", "café".encode("cp437")))
    assert open_files(place).names == ("café/1.png",)


def test_a_leading_dot_is_no_hidden_folder(tmp_path: Path) -> None:
    place = write_zip(tmp_path / "dot.zip", {"./cat/1.png": b"1", "./dog/1.png": b"2"})
    assert open_files(place).names == ("cat/1.png", "dog/1.png")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_entry_that_is_there_twice_counts_once(tmp_path: Path) -> None:
    place = tmp_path / "twice.zip"
    with zipfile.ZipFile(place, "w") as archive:
        for content in ("old", "new"):
            archive.writestr("cat/1.png", content)
    files = open_files(place)
    assert files.names == ("cat/1.png",)
    assert files.left_out == Counter({"twice by name": 1})
    assert files.read("cat/1.png") == b"new"


def test_a_link_in_a_zip_is_left_out(tmp_path: Path) -> None:
    place = write_zip(tmp_path / "links.zip", {"cat/1.png": b"1"})
    link = zipfile.ZipInfo("cat/2.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(place, "a") as archive:
        archive.writestr(link, "1.png")
    files = open_files(place)
    assert files.names == ("cat/1.png",)
    assert files.left_out == Counter({"a link in the archive": 1})


def test_an_encrypted_zip_says_what_to_do(tmp_path: Path) -> None:
    place = write_zip(tmp_path / "secret.zip", {"cat/1.png": b"1"})
    patched(place, flag=ENCRYPTED)
    with pytest.raises(SsadError, match=r"'cat/1.png' of .* is encrypted; unpack it and give"):
        open_files(place)


def test_a_packing_that_python_lacks_says_what_to_do(tmp_path: Path) -> None:
    place = write_zip(tmp_path / "deflate64.zip", {"cat/1.png": b"1"})
    patched(place, flag=0, method=9)
    files = open_files(place)
    with pytest.raises(SsadError, match=r"cannot be unpacked here .*; unpack the zip with the"):
        files.read("cat/1.png")


def test_another_archive_is_to_be_unpacked(tmp_path: Path) -> None:
    place = tmp_path / "set.tar.gz"
    place.write_bytes(b"\x1f\x8b\x08\x00")
    with pytest.raises(SsadError, match="is not a readable zip .* or unpack it and give the"):
        open_files(place)
