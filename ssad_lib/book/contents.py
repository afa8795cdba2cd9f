"""The table of contents: which chapters exist, in reading order, and where their sources are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import yaml

from ssad_lib import paths
from ssad_lib.errors import SsadError, unknown


@dataclass(frozen=True)
class Chapter:
    """One page of the book.

    Attributes
    ----------
    name : str
        The file stem below ``book/``, e.g. ``"not-magic/table-1"``; pages, executed notebooks and
        launch buttons all use it.
    part : str
        The caption of its part; empty for the front page.
    source : Path
        The ``.ipynb`` or ``.md`` that is committed.
    """

    name: str
    part: str
    source: Path

    @property
    def is_notebook(self) -> bool:
        """Whether there is something to execute."""
        return self.source.suffix == ".ipynb"

    @property
    def title(self) -> str:
        """The first heading of the source, or the name where there is none."""
        text = self.source.read_text(encoding="utf-8")
        if self.is_notebook:
            cells = json.loads(text)["cells"]
            text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        headings = (line[2:].strip() for line in text.splitlines() if line.startswith("# "))
        return next(headings, self.name)


def chapters() -> list[Chapter]:
    """Return every chapter of ``book/_toc.yml`` in reading order.

    Raises
    ------
    SsadError
        If the table of contents is missing or unreadable, or names a chapter without a source.
    """
    toc = paths.BOOK / "_toc.yml"
    try:
        contents = yaml.safe_load(toc.read_text(encoding="utf-8"))
        named = [("", contents["root"])]
        for part in contents.get("parts", []):
            named += [(part["caption"], entry["file"]) for entry in part["chapters"]]
    except OSError as error:
        raise SsadError(f"the book has no table of contents: {toc} cannot be read") from error
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise SsadError(f"{toc} is not a table of contents of the form jb-book: {error}") from error
    return [Chapter(name, part, _source(name)) for part, name in named]


def find(name: str) -> Chapter:
    """Return the chapter called `name`; `SsadError` with the nearest valid name if none is."""
    known = {chapter.name: chapter for chapter in chapters()}
    if name not in known:
        raise unknown("chapter", name, known)
    return known[name]


def _source(name: str) -> Path:
    for suffix in (".ipynb", ".md"):
        path = paths.BOOK / f"{name}{suffix}"
        if path.is_file():
            return path
    raise SsadError(
        f"{paths.BOOK / '_toc.yml'} names the chapter '{name}', but neither {name}.ipynb nor "
        f"{name}.md is beside it; write one or take the line out"
    )
