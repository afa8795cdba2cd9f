"""How the script and the style of a widget are put together from files in `assets`."""

from __future__ import annotations

from pathlib import Path

from ssad_lib.appearance import Mark

ASSETS = Path(__file__).parents[1] / "assets"


def script(*names: str) -> str:
    """Return the module that a page runs: what all widgets share, then the named files.

    A widget must be one script, because a published page loads it from the widget's state.
    """
    return _joined(names, "js")


def style(*names: str) -> str:
    """Return the style sheet that all widgets share, then the named files."""
    return _joined(names, "css")


def marks_state(marks: dict[str, Mark]) -> list[list[str]]:
    """Return marks as the script reads them: name, colour and shape of each, in their order."""
    return [[name, *mark] for name, mark in marks.items()]


def _joined(names: tuple[str, ...], suffix: str) -> str:
    files = (ASSETS / f"{name}.{suffix}" for name in ("widgets", *names))
    return "".join(file.read_text(encoding="utf-8") for file in files)
