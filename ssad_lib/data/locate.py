"""Where the sets of the catalogue lie below a data root, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ssad_lib import paths
from ssad_lib.data import tiny_imagenet
from ssad_lib.data.catalogue import (
    BY_HAND,
    EMBEDDED,
    FROM_DATA_ROOT,
    IDX,
    SPLITS,
    TINY_IMAGENET,
)
from ssad_lib.data.layout import TRAIN, is_good, role
from ssad_lib.data.listing import is_hidden
from ssad_lib.errors import SsadError, unknown


@dataclass(frozen=True)
class Row:
    """One line of ``ssad data list``: `state` is embedded, found or missing."""

    name: str
    state: str
    hint: str


def find_named(name: str, root: Path | None, split: str) -> Path:
    """Return where a set of the catalogue lies: the data root comes first, then the system's.

    Parameters
    ----------
    name : str
        A set of the catalogue.
    root : pathlib.Path or None
        The data root, None without one.
    split : {"train", "test"}

    Returns
    -------
    pathlib.Path
        A root itself if `files` finds the set's own files there, else the class folders or their
        zip.

    Raises
    ------
    SsadError
        If the set is in none of these places.
    """
    if root is not None:
        if files(name, root, split):
            return root
        # A folder with the other split's own files is none of class folders.
        is_own = any(files(name, root, other) for other in SPLITS)
        for candidate in (root / name, root / f"{name}.zip"):
            if candidate.exists() and not (is_own and candidate.is_dir()):
                return candidate
    if files(name, paths.SYSTEM_DATA, split):
        return paths.SYSTEM_DATA
    root = paths.data_root(root)
    place = FROM_DATA_ROOT[name].places[split][0]
    fetch = BY_HAND.get(name, f"put it there or run `ssad data download {name}`")
    raise SsadError(f"no {name} below {root}: looked for {place}, {name}/ and {name}.zip; {fetch}")


def files(name: str, root: Path, split: str) -> tuple[Path, ...]:
    """Return a set's own files below `root`, none unless all are there.

    Idx files lie as torchvision puts them, below the root or below a folder of the set's name, or
    in that folder itself, as Debian does; each may be packed by gzip.
    """
    places = [Path(place) for place in FROM_DATA_ROOT[name].places[split]]
    if name not in IDX:
        found = [root / place for place in places]
        return tuple(found) if all(path.is_file() for path in found) else ()
    for folder in (root / places[0].parent, root / name, root / name / places[0].parent):
        found = [_plain_or_packed(folder / place.name) for place in places]
        if all(path.is_file() for path in found):
            return tuple(found)
    return ()


def _plain_or_packed(path: Path) -> Path:
    return path if path.is_file() else path.with_name(f"{path.name}.gz")


def find_tiny_imagenet(root: Path) -> Path:
    """Return where Tiny ImageNet lies below a data root; `SsadError` if it does not."""
    found = tiny_imagenet.find(root)
    if found is None:
        raise SsadError(
            f"no {TINY_IMAGENET} below {root}: looked for {', '.join(tiny_imagenet.PLACES)}; "
            f"{BY_HAND[TINY_IMAGENET]}"
        )
    return found


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
    for name in (*FROM_DATA_ROOT, TINY_IMAGENET):
        rows.append(_row(name, root))
    for name in objects(root) if root else []:
        rows.append(Row(f"mvtec:{name}", "found", str(root)))
    return rows


def _row(name: str, root: Path | None) -> Row:
    found = {split: place for split in SPLITS if (place := _place(name, root, split)) is not None}
    if not found:
        hint = f"ssad data download {name}"
        if name in BY_HAND:
            hint = BY_HAND[name]
        elif root is None:
            hint = "no data root: pass --data-root DIR or set SSAD_DATA"
        return Row(name, "missing", hint)
    state = "found" if len(found) == len(SPLITS) else f"found, {next(iter(found))} images only"
    return Row(name, state, ", ".join(sorted({str(place) for place in found.values()})))


def _place(name: str, root: Path | None, split: str) -> Path | None:
    """Return where one split of a set lies, None if it does not."""
    if name == TINY_IMAGENET:
        return tiny_imagenet.find(root) if root else None
    try:
        return find_named(name, root, split)
    except SsadError:
        return None
