"""A command replaces nothing but a page of its own."""

import pytest

from ssad_lib import outputs
from ssad_lib.errors import SsadError

TITLE = "Where images differ"


def check(path):
    outputs.check_page(path, TITLE, "page of it")


def test_new_page_and_one_of_its_own_may_be_written(tmp_path):
    check(tmp_path / "new.html")
    old = tmp_path / "old.htm"
    old.write_text(f"<title>{TITLE}</title>")
    check(old)


@pytest.mark.parametrize("name", ["page.txt", "page", "folder.html"])
def test_what_is_no_page_is_refused(tmp_path, name):
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(SsadError, match=r"must be a file that ends in \.html"):
        check(tmp_path / name)


def test_page_of_somebody_else_stays(tmp_path):
    other = tmp_path / "mine.html"
    other.write_bytes(b"<title>Holidays</title>\xff")
    with pytest.raises(SsadError, match="is no page of it; give another --output"):
        check(other)
    assert other.read_bytes().endswith(b"\xff")


def test_folder_is_made_and_stays_empty(tmp_path):
    outputs.check_folder(tmp_path / "a" / "b" / "page.html")
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_folder_that_takes_no_file_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises((SsadError, OSError)):
        outputs.check_folder(tmp_path / "file" / "page.html")
