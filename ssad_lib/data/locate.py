"""Where the sets of the catalogue lie below a data root, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ssad_lib.data.catalogue import EMBEDDED, FROM_DATA_ROOT, SPLITS
from ssad_lib.data.layout import TRAIN, is_good, role
from ssad_lib.data.listing import is_hidden
from ssad_lib.errors import SsadError, unknown


@dataclass(frozen=True)
class Row:
    """One line of ``ssad data list``: `state` is embedded, found or missing."""

    name: str
    state: str
    hint: str


def find_named(name: str, root: Path, split: str) -> Path:
    """Return `root` itself if torchvision's layout is there, else the class folders or their zip.

    Raises
    ------
    SsadError
        If the set is in none of these places.
    """
    places = FROM_DATA_ROOT[name].places[split]
    if all((root / place).is_file() for place in places):
        return root
    for candidate in (root / name, root / f"{name}.zip"):
        if candidate.exists():
            return candidate
    raise SsadError(
        f"no {name} below {root}: looked for {places[0]}, {name}/ and {name}.zip; "
        f"put it there or run `ssad data download {name}`"
    )


def find_object(name: str, root: Path) -> Path:
    """Return the folder of the MVTec object `name`: below the root, ``mvtec/`` or a ``<name>/``.

    The last is what unpacking an archive into a folder of its own name leaves.

    Raises
    ------
    SsadError
        If none of them exists.
    """
    for parent in (root, root / "mvtec", root / name):
        if name and _is_defect_set(parent / name):
            return parent / name
    present = objects(root)
    if present:
        raise unknown("MVTec object", name, present)
    raise SsadError(
        f"no MVTec object '{name}' below {root}: looked for {name}/ and mvtec/{name}/ with "
        "train/good/; unpack MVTec AD there (its licence asks you to fetch it yourself)"
    )


def objects(root: Path) -> list[str]:
    """Return the names of the folders in the layout of MVTec AD below `root`."""
    tops = _folders(root)
    inner = [below for top in tops for below in _folders(top) if top.name in ("mvtec", below.name)]
    return sorted({folder.name for folder in (*tops, *inner) if _is_defect_set(folder)})


def _is_defect_set(folder: Path) -> bool:
    """Whether ``train/good/`` lies in `folder`, however it is spelled."""
    return any(
        is_good(below.name)
        for split in _folders(folder)
        if role(split.name) == TRAIN
        for below in _folders(split)
    )


def _folders(parent: Path) -> list[Path]:
    """Return the folders in `parent`, none if it cannot be listed."""
    try:
        return [one for one in parent.iterdir() if not is_hidden(one.name) and one.is_dir()]
    except OSError:
        return []


def describe(root: Path | None) -> list[Row]:
    """Return one row for each image set: embedded, where it was found, or how to get it."""
    rows = [Row(name, "embedded", "always there") for name in EMBEDDED]
    for name in FROM_DATA_ROOT:
        rows.append(_row(name, root))
    for name in objects(root) if root else []:
        rows.append(Row(f"mvtec:{name}", "found", str(root)))
    return rows


def _row(name: str, root: Path | None) -> Row:
    if root is None:
        return Row(name, "missing", "no data root: pass --data-root DIR or set SSAD_DATA")
    try:
        places = {find_named(name, root, split) for split in SPLITS}
    except SsadError:
        return Row(name, "missing", f"ssad data download {name}")
    return Row(name, "found", ", ".join(str(place) for place in sorted(places)))
