"""Where everything lives: the only module that knows a path.

``SSAD_HOME`` holds the run store and the caches (default ``~/.cache/ssad``); ``SSAD_DATA`` is the
data root (no default: embedded image sets need none). Parameters, chapters and committed results
are read from the checkout when there is one, else from the copy shipped inside the wheel. Packages
of Debian install image sets below `SYSTEM_DATA`, which is looked into after the data root.
"""

from __future__ import annotations

import os
from pathlib import Path

from ssad_lib.errors import SsadError, from_os_error

PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = PACKAGE.parent
_SHARED = _CHECKOUT if (_CHECKOUT / "pyproject.toml").is_file() else PACKAGE / "shipped"

PARAMETERS = _SHARED / "parameters"
BOOK = _SHARED / "book"
PAPER_VALUES = BOOK / "paper_values"
CLAIMS = BOOK / "claims.yml"
RESULTS = _SHARED / "results"
BENCHMARKS = _SHARED / "benchmarks"
BOOK_CONFIG = _SHARED / "_config.yml"
SYSTEM_DATA = Path("/usr/share/datasets")


def home() -> Path:
    """Return the folder of the run store and caches (``SSAD_HOME``), made if missing."""
    value = os.environ.get("SSAD_HOME")
    return make_folder(Path(value).expanduser() if value else Path.home() / ".cache" / "ssad")


def cache() -> Path:
    """Return the folder of decoded image sets, made if missing."""
    return make_folder(home() / "cache")


def store() -> Path:
    """Return the path of the run store's database (the file may not exist yet)."""
    return home() / "store.sqlite"


def work() -> Path:
    """Return the working folder of the book: executed chapters, vendored scripts, the site."""
    base = _CHECKOUT / "_build" if _SHARED == _CHECKOUT else home() / "book"
    return make_folder(base)


def data_root(root: str | Path | None = None) -> Path:
    """Return the data root: `root` if given, else ``SSAD_DATA``.

    Raises
    ------
    SsadError
        If neither is set, or the folder does not exist.
    """
    value = root if root is not None else os.environ.get("SSAD_DATA")
    if not value:
        raise SsadError(
            "no data root: this image set is read from disk; pass --data-root DIR or set SSAD_DATA"
        )
    path = Path(value).expanduser()
    if not path.is_dir():
        raise SsadError(f"the data root {path} is not a folder; check --data-root or SSAD_DATA")
    return path


def data_root_if_any(root: str | Path | None = None) -> Path | None:
    """Return `data_root`, None where neither is set; `SsadError` if the folder does not exist."""
    return data_root(root) if root is not None or os.environ.get("SSAD_DATA") else None


def make_folder(path: Path) -> Path:
    """Create `path` and its parents if missing and return it; `SsadError` if that fails."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise from_os_error(error, "create the folder") from error
    return path
