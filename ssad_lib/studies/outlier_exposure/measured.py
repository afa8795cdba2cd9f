"""Where measured borders are kept: a cache, since no store has points, and committed results.

A cache entry is a file whose name is a hash of all that decides its values.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ssad_lib import paths
from ssad_lib.errors import SsadError, from_os_error
from ssad_lib.studies.outlier_exposure import toy

VERSION = 1  # part of every key: raise it when a value changes for the same parameters
COLUMNS = [*toy.CELL, "bounded", "growth", "auc"]
DECIDE = ("seeds", "epochs")  # parameters of the chapter that change the values
FILE = "borders.csv"


def keep(settings: Mapping[str, Any], table: pd.DataFrame) -> None:
    """Keep `ssad_lib.studies.outlier_exposure.toy.measured` of a chapter for `stored`."""
    _write(table, _place(settings))


def stored(settings: Mapping[str, Any]) -> pd.DataFrame | None:
    """Return what `keep` kept under the parameters of a chapter, or None: nothing is trained."""
    place = _place(settings)
    return _read(place) if place.is_file() else None


def committed(name: str) -> pd.DataFrame | None:
    """Return the borders committed in ``results/<name>``, or None if that folder has none.

    Raises
    ------
    SsadError
        If the file is damaged.
    """
    path = paths.RESULTS / name / FILE
    return _read(path) if path.is_file() else None


def write(table: pd.DataFrame, folder: Path) -> None:
    """Write measured borders into a folder of results, as ``borders.csv``."""
    _write(table, paths.make_folder(folder) / FILE)


def _write(table: pd.DataFrame, path: Path) -> None:
    try:
        table[COLUMNS].to_csv(path, index=False, float_format="%.6g")
    except OSError as error:
        raise from_os_error(error, f"write the borders to {path}") from error


def _read(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path)[COLUMNS].astype({"bounded": bool, "seed": int})
    except (ValueError, KeyError, OSError) as error:
        raise SsadError(
            f"{path} is damaged: it must have the columns {', '.join(COLUMNS)}; delete it, or "
            "restore it from version control"
        ) from error


def _place(settings: Mapping[str, Any]) -> Path:
    values = {name: settings[name] for name in DECIDE}
    text = json.dumps([VERSION, values], sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:24]
    return paths.make_folder(paths.home() / "borders") / f"{digest}.csv"
