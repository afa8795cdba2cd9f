"""Committed chapters: clean notebooks of one shape, all of them in the table of contents."""

import ast
import re
from pathlib import Path

import nbformat
import pytest
import yaml

from ssad_lib import book, paths, profiles

MINI = Path(__file__).parent / "mini"
REAL = paths.BOOK
NOTEBOOKS = sorted(p for top in (REAL, MINI) for p in top.rglob("*.ipynb")
                   if ".ipynb_checkpoints" not in p.parts)  # fmt: skip
LONGEST = 12  # lines of a code cell: the notebook holds the argument, the library the code


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_nothing_of_a_run_is_committed(notebook):
    assert "widgets" not in notebook.metadata
    assert "papermill" not in notebook.metadata
    for cell in code(notebook):
        assert cell.outputs == []
        assert cell.execution_count is None
        assert set(cell.metadata) <= {"tags"}


def test_format_is_valid_with_unique_cell_ids(notebook):
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert notebook.metadata.kernelspec.name == "python3"


def test_starts_with_one_title(notebook):
    texts = [c.source for c in notebook.cells if c.cell_type == "markdown"]
    assert notebook.cells[0].source.startswith("# ")
    assert len(re.findall(r"^# ", "\n".join(texts), re.MULTILINE)) == 1


def test_one_parameters_cell_sets_exactly_what_is_injected(notebook):
    tagged = [cell for cell in code(notebook) if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    assigned = [
        target.id
        for statement in ast.parse(tagged[0].source).body
        for target in getattr(statement, "targets", [getattr(statement, "target", None)])
    ]
    assert sorted(assigned) == ["overrides", "profile"]


def test_code_cells_are_short(notebook):
    assert max(len(cell.source.splitlines()) for cell in code(notebook)) <= LONGEST


def test_first_code_cell_installs_on_colab_alone_from_the_one_address(notebook):
    install = code(notebook)[0].source
    address = yaml.safe_load(paths.BOOK_CONFIG.read_text())["repository"]["url"]
    assert '"google.colab" in sys.modules' in install
    assert "--no-deps" in install  # Colab's torch stays
    assert re.findall(r"https://[^\s\"']+?(?=(?:\.git)?(?:@\S+)?[\s\"']|$)", install) == [address]
    assert not any("pip install" in cell.source for cell in code(notebook)[1:])


CHAPTERS = [chapter for chapter in book.chapters() if chapter.is_notebook]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_first_code_cell_fetches_what_its_own_chapter_needs_and_nothing_else(chapter):
    install = code(nbformat.read(chapter.source, as_version=4))[0].source
    assert re.findall(r'colab\.prepare\("([^"]+)"\)', install) == [chapter.name]
    assert "ssad data download" not in install
    named = [profiles.settings(chapter.name, profile) for profile in profiles.NAMES]
    assert ("efficientnet" in install) == any("encoder" in settings for settings in named)


def test_links_stay_inside_the_book_or_are_whole_addresses(notebook):
    text = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert target.startswith(("https://", "#")) or not Path(target).is_absolute()


def test_every_source_is_in_the_table_of_contents():
    listed = {chapter.source for chapter in book.chapters()}
    present = {*REAL.rglob("*.md"), *REAL.rglob("*.ipynb")}
    assert {p for p in present if ".ipynb_checkpoints" not in p.parts} == listed


def test_site_configuration_names_the_address_once():
    text = paths.BOOK_CONFIG.read_text()
    address = yaml.safe_load(text)["repository"]["url"]
    assert text.count(address) == 1
