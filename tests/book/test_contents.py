import re

import pytest

from ssad_lib import book, paths
from ssad_lib.errors import SsadError


def test_chapters_come_in_reading_order_with_their_part(mini):
    found = book.chapters()
    assert [(chapter.name, chapter.part) for chapter in found] == [
        ("intro", ""),
        ("part/kitchen-sink", "Everything a chapter may use"),
    ]
    assert [chapter.is_notebook for chapter in found] == [False, True]


def test_title_is_the_first_heading_of_text_and_notebook(mini):
    assert [c.title for c in book.chapters()] == ["A very small book", "The kitchen sink"]


def test_unknown_chapter_names_the_nearest(mini):
    with pytest.raises(SsadError, match=r"unknown chapter 'part/kitchen-sinc'.*part/kitchen-sink"):
        book.find("part/kitchen-sinc")


def test_chapter_without_a_source_is_named(mini):
    (mini.folder / "intro.md").unlink()
    with pytest.raises(SsadError, match=r"_toc\.yml names the chapter 'intro', but neither"):
        book.chapters()


@pytest.mark.parametrize("text", ["", "root: [", "format: jb-book", "root: a\nparts: [1]"])
def test_damaged_table_of_contents_is_one_clear_line(mini, text):
    (mini.folder / "_toc.yml").write_text(text)
    with pytest.raises(SsadError, match=re.escape(str(paths.BOOK / "_toc.yml"))):
        book.chapters()


def test_no_table_of_contents(mini):
    (mini.folder / "_toc.yml").unlink()
    with pytest.raises(SsadError, match="no table of contents"):
        book.chapters()
