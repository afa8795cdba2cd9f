"""Reconstructions of larger runs, kept as pictures: a page cannot train their networks again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ssad_lib import paths
from ssad_lib.errors import SsadError
from ssad_lib.studies.not_magic.reconstructions import Shown, panel

INDEX = "pictures.json"
Panel = tuple[dict[str, NDArray[Any]], list[tuple[str, str]], str]


def keep(shown: Iterable[Shown], folder: Path) -> None:
    """Write the figure of every case into `folder`: one sheet of its images, and what they are."""
    entries = []
    for number, one in enumerate(shown):
        rows, columns, what = panel(one)
        sheet = np.concatenate([np.concatenate([*images], axis=2) for images in rows.values()], 1)
        pixels = (np.clip(sheet, 0, 1) * 255).round().astype(np.uint8).transpose(1, 2, 0)
        Image.fromarray(pixels.squeeze()).save(paths.make_folder(folder) / f"{number}.png")
        entries.append({"title": one.case.title, "what": what, "rows": [*rows], "columns": columns})
    text = json.dumps(entries, indent=1, ensure_ascii=False)
    (folder / INDEX).write_text(f"{text}\n", encoding="utf-8")


def kept(name: str) -> dict[str, Panel]:
    """Return the figures kept below ``results/<name>`` by title, for `display.panels`.

    Raises
    ------
    SsadError
        If they are not there.
    """
    folder = paths.RESULTS / name
    if not (folder / INDEX).is_file():
        raise SsadError(f"there are no kept pictures '{name}': {folder / INDEX} is missing")
    entries = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    return {
        entry["title"]: (
            _rows(folder / f"{number}.png", entry["rows"], len(entry["columns"])),
            [(kind, outcome) for kind, outcome in entry["columns"]],
            entry["what"],
        )
        for number, entry in enumerate(entries)
    }


def _rows(path: Path, names: list[str], count: int) -> dict[str, NDArray[Any]]:
    """Return the images ``(count, C, H, W)`` of every row of a sheet, values in [0, 1]."""
    with Image.open(path) as picture:
        pixels = np.asarray(picture, np.float32) / 255
    channels = pixels.reshape(*pixels.shape[:2], -1).transpose(2, 0, 1)
    lines = np.split(channels, len(names), axis=1)
    return {
        name: np.stack(np.split(line, count, axis=2))
        for name, line in zip(names, lines, strict=True)
    }
