"""Where measured alignment is kept: a cache that rebuilds itself, and committed results.

A cache entry is a file of arrays whose name is a hash of all that decides its values.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from filelock import FileLock, Timeout

from ssad_lib import arrays, paths
from ssad_lib.engine.images import content
from ssad_lib.errors import SsadError, StoppedError, from_os_error, unknown
from ssad_lib.spec import RECIPE
from ssad_lib.studies.alignment.measuring import COLUMNS, Plan, measured

VERSION = 3  # part of every key: raise it when a value changes for the same plan
NUMBERS = {"normal_class": int, "draw": int, "mmd": float, "floor": float}
FILE = "mmd.csv"


def measure(
    *,
    image_set: str,
    size: int,
    images_per_class: int,
    test_images_per_class: int,
    normal_classes: Sequence[int],
    samples: int,
    draws: int,
    encoder: str,
    encoder_size: int = 0,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the MMD of every augmentation on every task, from the cache where it is there.

    Parameters
    ----------
    image_set, size, images_per_class, test_images_per_class, normal_classes, samples, draws, \
    encoder, encoder_size, seed
        As in `Plan`.

    Returns
    -------
    DataFrame
        One row per augmentation, task and draw. Columns: image_set, encoder, augmentation (label,
        "none" for Identity), normal_class, testbed, anomaly, draw, mmd, floor.

    Raises
    ------
    SsadError
        If there is nothing to measure, or images or weights are missing.
    """
    return _kept(
        Plan(
            image_set, size, images_per_class, test_images_per_class, tuple(normal_classes),
            samples, draws, encoder, encoder_size, seed,
        )
    )  # fmt: skip


def of(settings: Mapping[str, Any]) -> pd.DataFrame:
    """Return `measure` with the parameters of a chapter; those it does not know are ignored."""
    return _kept(Plan.of(settings))


def stored(settings: Mapping[str, Any]) -> pd.DataFrame | None:
    """Return what the cache has of `of`, or None: nothing is computed."""
    places = _places(Plan.of(settings))
    there = all(_read(place) is not None for place in places.values())
    return _together(places) if there else None


def committed(name: str) -> pd.DataFrame | None:
    """Return the alignment committed in ``results/<name>``, or None if that folder has none.

    Raises
    ------
    SsadError
        If there is no such folder (with the nearest name), or the file is damaged.
    """
    folders = [path.name for path in paths.RESULTS.iterdir() if path.is_dir()]
    if name not in folders:
        raise unknown("folder of results", name, folders)
    path = paths.RESULTS / name / FILE
    if not path.is_file():
        return None
    try:
        # As text first: Python's own conversion to float is exact, the reader's need not be.
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        return frame[COLUMNS].astype(NUMBERS)
    except (ValueError, KeyError, OSError) as error:
        raise SsadError(
            f"{path} is damaged: it must have the columns {', '.join(COLUMNS)}; restore it from "
            "version control"
        ) from error


def write(frame: pd.DataFrame, folder: Path) -> None:
    """Write measured alignment into a folder of results, as ``mmd.csv``."""
    try:
        frame[COLUMNS].to_csv(paths.make_folder(folder) / FILE, index=False)
    except OSError as error:
        raise from_os_error(error, f"write the alignment to {folder}") from error


def _kept(plan: Plan) -> pd.DataFrame:
    """Return the values of `plan`, each class measured once."""
    places = _places(plan)
    missing = [one for one, place in places.items() if _read(place) is None]
    if missing:
        _measure_missing(missing, places)
    return _together(places)


def _measure_missing(missing: list[Plan], places: Mapping[Plan, Path]) -> None:
    """Measure classes, side by side with the other chapters that need them.

    One that another process measures is left to it, and waited for when nothing else is to be done.
    """
    from ssad_lib.engine.progress import Progress  # tqdm is of use only where it takes time

    with Progress(len(missing), len(places), "MMD") as progress:
        for wait in (False, True):
            for one in list(missing):
                if _is_measured(one, places[one], wait=wait):
                    missing.remove(one)
                    progress.advance(f"class {one.normal_classes[0]}")


def _is_measured(one: Plan, place: Path, *, wait: bool) -> bool:
    """Measure `one` class, unless another process does so and this one shall not wait for it."""
    locks = paths.make_folder(place.parent / "locks")
    try:
        with FileLock(locks / f"{place.stem}.lock").acquire(blocking=wait):
            if _read(place) is None:  # else another process has measured it meanwhile
                _publish(_measured(one), place)
    except Timeout:
        return False
    return True


def _measured(plan: Plan) -> pd.DataFrame:
    try:
        return measured(plan)
    except KeyboardInterrupt:
        raise StoppedError(
            "stopped: classes that were measured until now are kept; run the same cell or command "
            "again to go on"
        ) from None


def _places(plan: Plan) -> dict[Plan, Path]:
    """Return the file of the values of each class; images are loaded for their fingerprint."""
    images = content(plan.image_set, plan.images_per_class, plan.test_images_per_class, plan.size)
    folder = paths.make_folder(paths.home() / "alignment")
    places = {}
    for label in plan.normal_classes:
        one = replace(plan, normal_classes=(label,))
        text = json.dumps([VERSION, RECIPE, one.key(), images], sort_keys=True)
        places[one] = folder / f"{hashlib.sha256(text.encode()).hexdigest()[:24]}.npz"
    return places


def _together(places: Mapping[Plan, Path]) -> pd.DataFrame:
    """Return the values of all classes, in their order.

    Raises
    ------
    SsadError
        If one that was there is gone.
    """
    found = [_read(place) for place in places.values()]
    if any(frame is None for frame in found):
        folder = next(iter(places.values())).parent
        raise SsadError(f"measured alignment has vanished from {folder}: run the same again")
    return pd.concat(found, ignore_index=True)


def _read(place: Path) -> pd.DataFrame | None:
    """Return the table at `place`, or None if there is none or it is damaged."""
    found = arrays.read(place, COLUMNS)
    if found is None:
        return None
    return pd.DataFrame(found).astype({name: str for name in COLUMNS if name not in NUMBERS})


def _publish(frame: pd.DataFrame, place: Path) -> None:
    columns = {name: frame[name].to_numpy(NUMBERS.get(name, np.str_)) for name in COLUMNS}
    arrays.publish(columns, place, "the measured alignment")
