import re

import pytest
import yaml

from ssad_lib import book, paths
from ssad_lib.book import rendering
from ssad_lib.book.vendor import UnavailableError
from ssad_lib.errors import SsadError

CHAPTER = "part/kitchen-sink"


def test_build_ends_by_saying_where_the_page_is_and_how_to_serve_it(built):
    assert (built.site / "index.html").is_file()
    assert built.said[-2] == f"The book is at {built.site / 'index.html'}"
    assert "ssad serve" in built.said[-1]


def test_launch_buttons_point_at_the_committed_notebook(built):
    page = (built.site / f"{CHAPTER}.html").read_text()
    address = yaml.safe_load(paths.BOOK_CONFIG.read_text())["repository"]["url"]
    slug = address.removeprefix("https://github.com/")
    assert f"github/{slug}/blob/main/book/{CHAPTER}.ipynb" in page
    assert f"/v2/gh/{slug}/main?urlpath=lab/tree/book/{CHAPTER}.ipynb" in page


def test_parameters_and_notebook_sources_are_not_published(built):
    assert "injected-parameters" not in (built.site / f"{CHAPTER}.html").read_text()
    assert not (built.site / "_sources").exists()


def test_second_build_executes_nothing_and_reads_no_page_again(rebuild):
    said = []
    book.build("smoke", say=said.append)
    assert said[0] == f"{CHAPTER}: up to date"
    assert "0 added, 0 changed, 0 removed" in (rebuild.work / "render.log").read_text()


def test_warning_fails_the_render_and_is_not_forgotten(rebuild):
    front = rebuild.folder / "intro.md"
    good = front.read_text()
    front.write_text(f"{good}\n[gone](no-such-page.md)\n")
    try:
        with pytest.raises(SsadError, match=r"did not render: .*intro\.md.*no-such-page"):
            book.render(book.stage("smoke"), say=lambda _: None)
    finally:
        front.write_text(good)
    # Sphinx would be silent about a page it remembers, and the next build would pass
    assert not (book.site().parent / ".doctrees").exists()


def test_without_npm_the_book_still_builds_and_says_so(rebuild, monkeypatch):
    def unavailable():
        raise UnavailableError("npm is not installed")

    said = []
    monkeypatch.setattr(rendering, "vendor", unavailable)
    config = yaml.safe_load(rendering._config(said.append).read_text())
    options = config["sphinx"]["config"]
    assert said == [
        "npm is not installed: formulas will load from a public CDN, all else is in the site"
    ]
    assert "mathjax_path" not in options
    assert options["html_static_path"] == ["assets"]
    staged, online = book.stage("smoke"), rebuild.work / "online"
    monkeypatch.setattr(paths, "work", lambda: paths.make_folder(online))
    page = book.render(staged, say=said.append).parent / f"{CHAPTER}.html"
    sources = re.findall(r'<script[^>]*src="([^"]+)"', page.read_text())
    assert [s.split("?")[0] for s in sources if s.startswith("http")] == [
        s.split("?")[0] for s in sources if "mathjax" in s
    ]
    assert any("mathjax" in source for source in sources)


def test_missing_jupyter_book_is_one_clear_line(mini, monkeypatch):
    monkeypatch.setattr(rendering.util, "find_spec", lambda _: None)
    with pytest.raises(SsadError, match="Jupyter Book is not installed"):
        book.render(mini.folder)
