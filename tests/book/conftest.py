"""Books to test with, a tiny one that uses everything and the real one, and a browser."""

from __future__ import annotations

import functools
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from playwright.sync_api import Browser, Page, Route

from ssad_lib import book, paths, profiles
from ssad_lib.book import vendor
from ssad_lib.book.server import QuietHandler
from ssad_lib.book.vendor import Package

MINI = Path(__file__).parent / "mini"
REAL_BOOK = paths.BOOK

SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
TABLET = (768, 1024)
AXE = Package(
    "axe-core",
    "4.14.1",
    "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
    {"axe.min.js": ("",)},
)
# Fonts and formulas are there. Not "no request for half a second": on a busy machine this is
# sometimes never told.
SETTLED = """async () => {
    await document.fonts.ready;
    await window.MathJax?.startup?.promise;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""
LOUD = ("error", "warning")
SENDS_ON = re.compile(r'^<meta http-equiv="Refresh" content="0; url=([^"]+)"')
DRAWN = """() => [...document.querySelectorAll("script[type$='widget-view+json']")].length
    === document.querySelectorAll(".ssad-widget").length"""


def lay_out(monkeypatch: pytest.MonkeyPatch, root: Path, source: Path) -> SimpleNamespace:
    """Copy the book in `source` below `root` and make the library use it, and nothing else."""
    folder, work = root / "book", root / "work"
    shutil.copytree(source, folder)
    shutil.copytree(REAL_BOOK / "assets", folder / "assets", dirs_exist_ok=True)
    shutil.copy(REAL_BOOK / "references.bib", folder)
    monkeypatch.setattr(paths, "BOOK", folder)
    monkeypatch.setattr(paths, "work", lambda: paths.make_folder(work))
    monkeypatch.setattr(profiles, "settings", lambda *_: {})
    return SimpleNamespace(folder=folder, work=work)


@pytest.fixture
def mini(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SimpleNamespace:
    """The tiny book, in a folder of its own: `folder` holds its sources, `work` what is made."""
    return lay_out(monkeypatch, tmp_path, MINI)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """The tiny book, executed and rendered once; `said` holds what the build printed."""
    root = tmp_path_factory.mktemp("mini")
    said: list[str] = []
    with pytest.MonkeyPatch.context() as monkeypatch:
        made = lay_out(monkeypatch, root, MINI)
        book.build("smoke", say=said.append)
        site = book.site()
    return SimpleNamespace(**vars(made), said=said, site=site)


@pytest.fixture
def rebuild(built: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The built tiny book, with the library pointed at it once more."""
    monkeypatch.setattr(paths, "BOOK", built.folder)
    monkeypatch.setattr(paths, "work", lambda: built.work)
    monkeypatch.setattr(profiles, "settings", lambda *_: {})
    return built


@pytest.fixture(scope="session")
def real_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real book at the smoke profile, or the site that SSAD_TEST_SITE names."""
    ready = os.environ.get("SSAD_TEST_SITE")
    if ready:
        return Path(ready)
    root = tmp_path_factory.mktemp("real")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(paths, "work", lambda: paths.make_folder(root / "work"))
        monkeypatch.setenv("SSAD_HOME", str(root / "home"))
        monkeypatch.delenv("SSAD_DATA", raising=False)
        book.build("smoke")
        return book.site()


@pytest.fixture
def write_chapter(mini: SimpleNamespace) -> Callable[..., None]:
    """Replace the tiny book's notebook by one with a parameters cell and the given code cells."""

    def write(*cells: str) -> None:
        parameters = nbformat.v4.new_code_cell('profile = "laptop"\noverrides = {}')
        parameters.metadata["tags"] = ["parameters"]
        code = [nbformat.v4.new_code_cell(cell) for cell in cells]
        heading = nbformat.v4.new_markdown_cell("# A chapter")
        made = nbformat.v4.new_notebook(cells=[heading, parameters, *code])
        nbformat.write(made, mini.folder / "part" / "kitchen-sink.ipynb")

    return write


@contextmanager
def served(folder: Path) -> Iterator[SimpleNamespace]:
    """Serve the site in `folder`: its `address`, its `folder` and the names of its `pages`."""
    handler = functools.partial(QuietHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        pages = sorted(p for p in folder.rglob("*.html") if "_static" not in p.parts)
        yield SimpleNamespace(
            address=f"http://127.0.0.1:{server.server_port}",
            folder=folder,
            pages=[p.relative_to(folder).as_posix() for p in pages],
        )
        server.shutdown()


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str | None:
    """The script of axe-core, which finds what keeps people from using a page; None without npm."""
    folder = tmp_path_factory.mktemp("axe")
    try:
        (packed,) = vendor.pack([AXE], folder)
    except vendor.UnavailableError:
        return None
    vendor.check(packed, AXE)
    vendor.unpack(packed, AXE, folder)
    return (folder / "axe.min.js").read_text()


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    return SIZES[request.param]


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def visit(chromium, site, size, theme):
    """A function that opens a page and returns it; `complaints` collects what goes wrong."""
    with visiting(chromium, site, size, theme) as visited:
        yield visited


@contextmanager
def visiting(
    chromium: Browser, site: SimpleNamespace, size: tuple[int, int], theme: str
) -> Iterator[SimpleNamespace]:
    """Yield how to `open` a page; `complaints` and what is `asked` for collect meanwhile."""
    width, height = size
    context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
    context.set_default_timeout(60_000)  # a busy machine takes its time
    complaints: list[str] = []
    asked: list[str] = []

    def local_only(route: Route) -> None:
        asked.append(route.request.url)
        if route.request.url.startswith((site.address, "data:", "blob:")):
            route.continue_()
        else:
            complaints.append(f"asks for {route.request.url}")
            route.abort()

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("requestfailed", lambda failed: complaints.append(f"failed: {failed.url}"))
        page.on("console", lambda m: m.type in LOUD and complaints.append(f"console: {m.text}"))

    def opened(name: str) -> Page:
        # Of a page that only sends the browser on, the other one is looked at.
        sent_on = SENDS_ON.search((site.folder / name).read_text())
        page.goto(f"{site.address}/{sent_on[1] if sent_on else name}")
        page.wait_for_function(DRAWN)
        page.evaluate(SETTLED)
        return page

    context.route("**/*", local_only)
    page = context.new_page()
    watch(page)
    yield SimpleNamespace(open=opened, page=page, complaints=complaints, asked=asked)
    context.close()
