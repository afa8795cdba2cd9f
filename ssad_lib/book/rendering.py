"""Renders the staged book with Jupyter Book 1.x, warnings as errors, and never executes a cell."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import util
from pathlib import Path

import yaml

from ssad_lib import paths
from ssad_lib.book.vendor import UnavailableError, vendor
from ssad_lib.errors import SsadError, from_os_error

VENDORED = "mathjax_path"  # the Sphinx option that points at vendored scripts


def site() -> Path:
    """Return the folder of the rendered site (it may not exist yet)."""
    return paths.work() / "site" / "_build" / "html"


def render(staged: Path, *, say: Callable[[str], None] = print) -> Path:
    """Render the staged book and return the front page.

    Raises
    ------
    SsadError
        With Sphinx's first warning, and where its whole log is.
    """
    if util.find_spec("jupyter_book") is None:
        raise SsadError("Jupyter Book is not installed: run 'make book', or install ssad-lib[book]")
    config = _config(say)
    log = paths.work() / "render.log"
    jupyter_book = "from jupyter_book.cli.main import main; main()"  # it has no __main__
    command = [sys.executable, "-c", jupyter_book, "build", str(staged)]
    command += ["--config", str(config), "--path-output", str(paths.work() / "site")]
    command += ["-W", "-n", "--keep-going"]
    say("rendering the site ...")
    try:
        with log.open("w", encoding="utf-8") as stream:
            done = subprocess.run(  # noqa: S603  (our own interpreter, no shell)
                command, stdout=stream, stderr=subprocess.STDOUT, check=False
            )
    except OSError as error:
        raise from_os_error(error, "render the site") from error
    if done.returncode:
        # Sphinx remembers the pages it has read: a second build would pass in silence
        shutil.rmtree(site().parent / ".doctrees", ignore_errors=True)
        raise SsadError(f"the site did not render: {_first_complaint(log)} (whole log: {log})")
    return site() / "index.html"


def _config(say: Callable[[str], None]) -> Path:
    """Return the configuration: the committed one, or its online form where npm is of no use."""
    try:
        vendor()
    except UnavailableError as reason:
        say(f"{reason}: formulas will load from a public CDN, all else is in the site")
        return _online_config()
    return paths.BOOK_CONFIG


def _online_config() -> Path:
    config = yaml.safe_load(paths.BOOK_CONFIG.read_text(encoding="utf-8"))
    options = config["sphinx"]["config"]
    del options[VENDORED]
    options["html_static_path"] = ["assets"]
    path = paths.work() / "config-online.yml"
    path.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    return path


def _first_complaint(log: Path) -> str:
    text = re.sub(r"\x1b\[[0-9;]*m", "", log.read_text(encoding="utf-8", errors="replace"))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    marks = ("WARNING:", "ERROR:", "CRITICAL:", "Error")
    complaint = next((line for line in lines if any(mark in line for mark in marks)), None)
    return complaint or (lines[-1] if lines else "Jupyter Book said nothing")
