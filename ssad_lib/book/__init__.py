"""The book: papermill executes the chapters, the store remembers, Jupyter Book renders.

Nothing is ever executed inside the site build (rule 3 of the project), and a published page needs
no kernel, no network and no cookie (rule 7).
"""

from __future__ import annotations

from ssad_lib.book.assembly import build
from ssad_lib.book.contents import Chapter, chapters, find
from ssad_lib.book.execution import execute
from ssad_lib.book.rendering import render, site
from ssad_lib.book.server import serve
from ssad_lib.book.staging import stage

__all__ = ["Chapter", "build", "chapters", "execute", "find", "render", "serve", "site", "stage"]
