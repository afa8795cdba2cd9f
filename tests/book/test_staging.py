import nbformat
import pytest

from ssad_lib import book
from ssad_lib.book import execution
from ssad_lib.errors import SsadError

CHAPTER = "part/kitchen-sink"


@pytest.fixture
def executed(mini):
    """An executed notebook as papermill leaves it, without the cost of a kernel."""
    path = execution.executed(CHAPTER, "smoke")
    path.parent.mkdir(parents=True)
    made = nbformat.read(mini.folder / f"{CHAPTER}.ipynb", as_version=4)
    injected = nbformat.v4.new_code_cell("# Parameters\nprofile = 'smoke'")
    injected.metadata["tags"] = ["injected-parameters"]
    made.cells.insert(3, injected)
    made.cells[-1].outputs = [nbformat.v4.new_output("stream", text="executed")]
    nbformat.write(made, path)
    return path


def test_stage_mirrors_the_book_with_executed_notebooks(mini, executed):
    folder = book.stage("smoke")
    names = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert names == {
        "_toc.yml",
        "intro.md",
        "references.bib",
        "assets/custom.css",
        "assets/fit.js",
        "assets/host.js",
        f"{CHAPTER}.ipynb",
    }
    assert '"executed"' in (folder / f"{CHAPTER}.ipynb").read_text()


def test_a_chapter_that_was_left_out_says_so_and_shows_no_old_results(mini, executed):
    folder = book.stage("smoke", {CHAPTER: "1 of its 9 runs failed; AE digits: crashed"})
    page = nbformat.read(folder / f"{CHAPTER}.ipynb", as_version=4)
    assert page.cells[0].source.startswith("# ")
    assert "not executed. 1 of its 9 runs failed" in page.cells[1].source
    assert not any(cell.get("outputs") for cell in page.cells)


def test_reader_does_not_see_the_injected_parameters(mini, executed):
    page = nbformat.read(book.stage("smoke") / f"{CHAPTER}.ipynb", as_version=4)
    tags = [tag for cell in page.cells for tag in cell.metadata.get("tags", [])]
    assert "parameters" in tags
    assert "injected-parameters" not in tags


def test_only_what_changed_is_written_again(mini, executed):
    folder = book.stage("smoke")
    before = {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}
    (mini.folder / "intro.md").write_text("# Another front page\n")
    book.stage("smoke")
    changed = [p.name for p, time in before.items() if p.stat().st_mtime_ns != time]
    assert changed == ["intro.md"]


def test_what_left_the_book_leaves_the_stage(mini, executed):
    (mini.folder / "old.md").write_text("# Old\n")
    assert (book.stage("smoke") / "old.md").exists()
    (mini.folder / "old.md").unlink()
    assert not (book.stage("smoke") / "old.md").exists()


def test_chapter_not_executed_says_what_to_run(mini):
    with pytest.raises(SsadError, match=f"run 'ssad run {CHAPTER} --profile smoke' first"):
        book.stage("smoke")


def test_the_answer_of_a_chapter_stands_below_its_title(mini, executed):
    made = nbformat.read(executed, as_version=4)
    cell = nbformat.v4.new_code_cell("answer()", metadata={"tags": ["answer", "hide-input"]})
    cell.outputs = [nbformat.v4.new_output("display_data", {"text/html": "<p>It holds</p>"})]
    made.cells.append(cell)
    nbformat.write(made, executed)
    before = nbformat.read(mini.folder / f"{CHAPTER}.ipynb", as_version=4).cells[0].source
    page = nbformat.read(book.stage("smoke") / f"{CHAPTER}.ipynb", as_version=4)
    title, answer, text = page.cells[:3]
    assert title.source == before.splitlines()[0]
    assert answer.outputs[0].data["text/html"] == "<p>It holds</p>"
    assert answer.metadata["tags"] == ["remove-input"]
    assert text.source == before.partition("\n")[2].strip()
    assert sum("answer()" in cell.source for cell in page.cells) == 1
