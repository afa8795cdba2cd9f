"""Which files below a folder are images of a set, and which are left out, by reason."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from ssad_lib.errors import from_os_error

# Files that hold a picture or a stack of them. Camera raw files, HEIC and volumes are none of them:
# they need a decision (which exposure, which slice), so they are left out and said.
PICTURES = frozenset(
    {".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".bmp", ".dib", ".tif", ".tiff"}
    | {".webp", ".gif", ".avif", ".jp2", ".j2k", ".jpc", ".jpf", ".jpx", ".j2c"}
    | {".ppm", ".pgm", ".pbm", ".pnm", ".tga", ".qoi", ".ras", ".sgi"}
)
JPEG_2000 = frozenset({".jp2", ".j2k", ".jpc", ".jpf", ".jpx", ".j2c"})
# Companions of a data set that nobody takes for images; they are left out without a word.
DOCUMENTS = frozenset(
    {".txt", ".md", ".rst", ".pdf", ".html", ".htm", ".csv", ".tsv", ".json", ".jsonl", ".xml"}
    | {".yaml", ".yml", ".toml", ".ini", ".cfg", ".log", ".py", ".ipynb", ".sh", ".db", ".xlsx"}
)
TOOL_FOLDERS = frozenset(
    {"__macosx", "__pycache__", "@eadir", "#recycle", "#snapshot", "$recycle.bin", "lost+found"}
    | {"system volume information"}
)
FILE, FOLDER, BROKEN = "file", "folder", "broken link"
LOOP, DEVICE = "a link that leads back", "no regular file"


@dataclass(frozen=True)
class Found:
    """One thing below a folder or in an archive.

    Attributes
    ----------
    name : str
        Relative, with forward slashes.
    raw : str
        The same as the file system or the archive has it.
    kind : str
        `FILE`, `FOLDER`, `BROKEN`, or the reason why it is left out.
    """

    name: str
    raw: str
    kind: str


@dataclass(frozen=True)
class Listing:
    """Images by name, the folders that are no tool's, broken links to images, what is left out."""

    names: Mapping[str, str]
    folders: tuple[str, ...]
    broken: tuple[str, ...]
    left_out: Counter[str]


@lru_cache(maxsize=1)
def image_suffixes() -> frozenset[str]:
    """Return the suffixes, with a dot and in lower case, that Pillow can read here."""
    from PIL import Image, features

    suffixes = PICTURES & frozenset(Image.registered_extensions())
    return suffixes if features.check("jpg_2000") else suffixes - JPEG_2000


def listed(found: Iterable[Found]) -> Listing:
    """Return what is an image, under one spelling of its name, and count what is not."""
    names: dict[str, str] = {}
    folders: set[str] = set()
    broken: list[str] = []
    left_out: Counter[str] = Counter()
    for one in found:
        name = _readable(one.name)
        suffix = PurePosixPath(name).suffix.lower()
        is_image = suffix in image_suffixes()
        if is_hidden(name):
            left_out["hidden"] += is_image and one.kind == FILE
        elif one.kind == FOLDER:
            folders.add(name)
        elif one.kind == BROKEN:
            broken += [name] if is_image else []
        elif one.kind != FILE:
            left_out[one.kind] += 1
        elif is_image:
            left_out["twice by name"] += name in names
            names[name] = one.raw
            folders.update(parent.as_posix() for parent in PurePosixPath(name).parents[:-1])
        elif suffix not in DOCUMENTS:
            left_out[suffix or "without a suffix"] += 1
    return Listing(names, tuple(sorted(folders)), tuple(broken), +left_out)


def _readable(name: str) -> str:
    """Return one spelling of a name: accents joined, bytes that are no UTF-8 as escapes.

    macOS writes an accent as a sign of its own, so the same class would have two names; and a name
    of other bytes can neither be printed nor stored.
    """
    joined = unicodedata.normalize("NFC", name)
    return joined.encode("utf-8", "backslashreplace").decode("utf-8")


def is_hidden(name: str) -> bool:
    """Whether a relative name is hidden, a program's lock, or below a folder of a program."""
    return any(
        part.startswith((".", "~$")) or part.lower() in TOOL_FOLDERS
        for part in PurePosixPath(name).parts
    )


def walk(root: Path) -> Iterator[Found]:
    """Yield everything below `root`; links to folders are followed unless they lead back.

    Raises
    ------
    SsadError
        If a folder that is not hidden cannot be listed.
    """
    status = root.stat()
    yield from _below(root, "", frozenset({(status.st_dev, status.st_ino)}))


def _below(folder: Path, prefix: str, above: frozenset[tuple[int, int]]) -> Iterator[Found]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        if is_hidden(prefix):
            return
        raise from_os_error(error, "list the folder") from error
    for entry in entries:
        name = prefix + entry.name
        if entry.is_dir():
            status = entry.stat()
            identity = (status.st_dev, status.st_ino)
            if identity in above:
                yield Found(name, name, LOOP)
                continue
            yield Found(name, name, FOLDER)
            yield from _below(entry, f"{name}/", above | {identity})
        else:
            yield Found(name, name, _kind(entry))


def _kind(entry: Path) -> str:
    if entry.is_file():
        return FILE
    return DEVICE if entry.exists() else BROKEN
