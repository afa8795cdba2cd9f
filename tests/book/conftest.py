"""Books to test with: a tiny one that uses everything, and the real one at the smoke profile."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from ssad_lib import book, paths, profiles

MINI = Path(__file__).parent / "mini"
REAL_BOOK = paths.BOOK


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
