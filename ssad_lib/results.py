"""Records as tables, and committed records as plain CSV under ``results/``.

A folder of results holds ``runs.csv`` (one row per run: specification, loss curve, provenance) and
``tasks.csv`` (one row per run and task). Raw scores stay in the store: too large to commit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import astuple
from pathlib import Path

import pandas as pd

from ssad_lib import paths
from ssad_lib.errors import SsadError, from_os_error, unknown
from ssad_lib.record import Record, TaskResult
from ssad_lib.spec import RunSpec
from ssad_lib.store import Store

RUN_COLUMNS = ["key", "spec", "error", "loss_curve", "provenance", "measures"]
TASK_COLUMNS = [
    "key",
    "testbed",
    "anomaly",
    "auc",
    "average_precision",
    "normals",
    "anomalies",
    "measures",
]
NUMBERS = {"auc": float, "average_precision": float, "normals": int, "anomalies": int}


def table(records: Iterable[Record]) -> pd.DataFrame:
    """Return one row per run and task: what was run, and its AUC and average precision.

    Columns: key, detector, augmentation, epochs, image_set, normal_class, seed, testbed, anomaly,
    auc, average_precision, normals, anomalies, and one for every measure of a task (NaN where it
    was not taken). Failed runs have no rows.
    """
    rows = [
        {
            "key": record.spec.key,
            "detector": record.spec.detector,
            "augmentation": record.spec.augmentation,
            "epochs": dict(record.spec.detector_options).get("epochs"),
            "image_set": record.spec.image_set,
            "normal_class": record.spec.normal_class,
            "seed": record.spec.seed,
            **{name: value for name, value in vars(task).items() if name != "measures"},
            **task.measures,
        }
        for record in records
        for task in record.tasks
    ]
    return pd.DataFrame(rows)


def write(records: Iterable[Record], folder: Path) -> None:
    """Write `records` as ``runs.csv`` and ``tasks.csv`` into `folder`, sorted by key.

    Floats are written so that reading them gives the same bits.
    """
    ordered = sorted(records, key=lambda record: record.spec.key)
    runs = [
        (
            record.spec.key,
            record.spec.json,
            record.error,
            json.dumps(record.loss_curve),
            json.dumps(record.provenance, sort_keys=True),
            json.dumps(record.measures),
        )
        for record in ordered
    ]
    tasks = [
        (record.spec.key, *astuple(task)[:-1], json.dumps(task.measures))
        for record in ordered
        for task in record.tasks
    ]
    try:
        paths.make_folder(folder)
        pd.DataFrame(runs, columns=RUN_COLUMNS).to_csv(folder / "runs.csv", index=False)
        pd.DataFrame(tasks, columns=TASK_COLUMNS).to_csv(folder / "tasks.csv", index=False)
    except OSError as error:
        raise from_os_error(error, f"write the results to {folder}") from error


def read(folder: Path) -> list[Record]:
    """Return the records written to `folder` by `write` (without raw scores).

    Raises
    ------
    SsadError
        If a file is missing or damaged, or a key does not belong to its specification.
    """
    runs = _read_csv(folder / "runs.csv", RUN_COLUMNS)
    tasks = _read_csv(folder / "tasks.csv", TASK_COLUMNS)
    by_key = {
        str(key): tuple(
            TaskResult(*[*row[1:-1], json.loads(row[-1])])
            for row in group.itertuples(index=False, name=None)
        )
        for key, group in tasks.groupby("key")
    }
    records = []
    for row in runs.to_dict("records"):
        spec = RunSpec.from_json(row["spec"])
        if spec.key != row["key"]:
            raise SsadError(
                f"{folder / 'runs.csv'}: key {row['key']} does not belong to its specification "
                f"(that is {spec.key}): the file was edited; restore it from version control"
            )
        records.append(
            Record(
                spec=spec,
                tasks=by_key.get(row["key"], ()),
                loss_curve=tuple(json.loads(row["loss_curve"])),
                provenance=json.loads(row["provenance"]),
                measures=json.loads(row["measures"]),
                error=row["error"],
            )
        )
    return records


def committed(name: str) -> list[Record]:
    """Return the committed records of ``results/<name>``.

    Raises
    ------
    SsadError
        If there is no such folder (with the nearest name).
    """
    folders = [path.name for path in paths.RESULTS.iterdir() if path.is_dir()]
    if name not in folders:
        raise unknown("folder of results", name, folders)
    return read(paths.RESULTS / name)


def import_into(store: Store, folder: Path) -> int:
    """Add the records of `folder` to `store`, keeping those it has; return how many were read."""
    records = read(folder)
    for record in records:
        store.append(record)
    return len(records)


def _read_csv(path: Path, columns: list[str]) -> pd.DataFrame:
    try:
        # As text first: Python's own conversion to float is exact, the reader's need not be.
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    except FileNotFoundError as error:
        raise SsadError(
            f"{path} is missing: a folder of results holds runs.csv and tasks.csv"
        ) from error
    except (ValueError, OSError) as error:
        raise SsadError(f"{path} cannot be read as CSV: {error}") from error
    if list(frame.columns) != columns:
        raise SsadError(f"{path} has columns {list(frame.columns)}, expected {columns}")
    try:
        return frame.astype({name: kind for name, kind in NUMBERS.items() if name in columns})
    except ValueError as error:
        raise SsadError(f"{path} holds what should be a number and is not: {error}") from error
