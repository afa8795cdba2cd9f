"""Where a command may write a page: into a folder that takes files, over nothing but its own."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ssad_lib import paths
from ssad_lib.errors import SsadError


def check_page(output: Path, title: str, what: str) -> None:
    """Raise `SsadError` unless `output` is a page that is new, or one with this title.

    Parameters
    ----------
    output : pathlib.Path
    title : str
        Stands in every page that the command writes.
    what : str
        Such as "page of ssad localise".

    Raises
    ------
    SsadError
        If it is another file, a folder, or does not end in .html.
    OSError
        If what is there cannot be read.
    """
    if output.suffix.lower() not in (".html", ".htm") or output.is_dir():
        raise SsadError(f"the page {output} must be a file that ends in .html")
    if output.exists() and title not in output.read_text("utf-8", errors="replace"):
        raise SsadError(f"{output} is no {what}; give another --output")


def check_folder(output: Path) -> None:
    """Make the folder of `output`; raise `OSError` or `SsadError` if it takes no file."""
    with tempfile.TemporaryFile(dir=paths.make_folder(output.absolute().parent)):
        pass
