"""The staging folder: a mirror of ``book/`` in which the notebooks are the executed ones.

A file is rewritten only when its content changed, so that the next render reads only those pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import nbformat

from ssad_lib import paths
from ssad_lib.book import places
from ssad_lib.book.contents import Chapter, chapters
from ssad_lib.book.execution import executed
from ssad_lib.errors import SsadError, from_os_error

INJECTED = "injected-parameters"  # papermill's tag
ANSWER = "answer"  # of the cell that says what a chapter found
# The picture of links to the book.
CARD = Path("assets") / "card.png"


def stage(profile: str, left_out: Mapping[str, str] | None = None) -> Path:
    """Mirror ``book/``, with the notebooks executed under `profile`, and return the folder.

    Parameters
    ----------
    profile : str
    left_out : mapping of str to str, optional
        By chapter, why it could not be executed: its page has no results and says so.

    Raises
    ------
    SsadError
        If a chapter has not been executed yet, or the folder cannot be written.
    """
    folder = paths.make_folder(paths.work() / "stage")
    wanted = {
        path.relative_to(paths.BOOK): path.read_bytes()
        for path in paths.BOOK.rglob("*")
        if path.is_file() and path.suffix != ".ipynb" and ".ipynb_checkpoints" not in path.parts
    }
    for chapter in chapters():
        if not chapter.is_notebook:
            _write_in(chapter.source.relative_to(paths.BOOK), wanted)
        else:
            reason = (left_out or {}).get(chapter.name)
            page = _excuse(chapter, reason) if reason else _page(chapter.name, profile)
            wanted[chapter.source.relative_to(paths.BOOK)] = page
    try:
        _mirror(wanted, folder)
    except OSError as error:
        raise from_os_error(error, "stage the book") from error
    return folder


def _write_in(page: Path, wanted: dict[Path, bytes]) -> None:
    """Write what a page of text leaves to be computed, and the picture of links to the book."""
    text = wanted[page].decode("utf-8")
    if places.PLACE.search(text):
        wanted[page] = places.filled(text).encode("utf-8")
        if CARD not in wanted:
            from ssad_lib.book import front  # reads committed runs, which takes a second

            wanted[CARD] = front.card()


def _page(chapter: str, profile: str) -> bytes:
    """Return the executed notebook as the reader sees it: without papermill's injected cell."""
    path = executed(chapter, profile)
    if not path.is_file():
        raise SsadError(
            f"chapter {chapter} has not been executed with the {profile} profile: "
            f"run 'ssad run {chapter} --profile {profile}' first"
        )
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [
        cell for cell in notebook.cells if INJECTED not in cell.metadata.get("tags", [])
    ]
    _answer_first(notebook)
    return (nbformat.writes(notebook) + "\n").encode()


def _answer_first(notebook: nbformat.NotebookNode) -> None:
    """Show what the cell tagged `ANSWER` displays below the title of the page, before the text.

    It can only be computed when all runs are there, and is what a reader wants to know first.
    """
    answers = [cell for cell in notebook.cells if ANSWER in cell.metadata.get("tags", [])]
    for cell in answers:
        notebook.cells.remove(cell)
        cell.metadata["tags"] = ["remove-input"]
    title, _, text = notebook.cells[0].source.partition("\n")
    if answers:
        heading = nbformat.v4.new_markdown_cell(title, id="title")
        notebook.cells[0].source = text.strip()
        notebook.cells[:0] = [heading, *answers]


def _excuse(chapter: Chapter, reason: str) -> bytes:
    """Return the notebook as it is committed, without results, and why below its heading."""
    notebook = nbformat.read(chapter.source, as_version=4)
    note = f"```{{warning}}\nThis chapter was not executed. {reason}\n```"
    notebook.cells.insert(1, nbformat.v4.new_markdown_cell(note, id="left-out"))
    return (nbformat.writes(notebook) + "\n").encode()


def _mirror(wanted: dict[Path, bytes], folder: Path) -> None:
    for present in folder.rglob("*"):
        if present.is_file() and present.relative_to(folder) not in wanted:
            present.unlink()
    for relative, content in wanted.items():
        target = folder / relative
        if not (target.is_file() and target.read_bytes() == content):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
