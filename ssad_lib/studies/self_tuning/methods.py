"""Records of paper 001 as one table: a row per method, task and seed."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ssad_lib.record import Record
from ssad_lib.spec import RunSpec
from ssad_lib.studies.self_tuning.runs import (
    ABLATIONS,
    BASELINE,
    FAMILIES,
    REDRAWN,
    TUNER,
    UNTRAINED,
)

TUNED = "ST-SSAD"
PLAIN = {"AE": "AE", "DeepSVDD": "D-SVDD"}  # in the words of the paper's tables
COLUMNS = ["key", "method", "image_set", "normal_class", "testbed", "anomaly", "seed", "auc"]
TASK = ["image_set", "normal_class", "anomaly"]


def method_of(spec: RunSpec) -> str:
    """Return the column of the paper's tables that `spec` belongs to, such as ``"RS-CO"``."""
    chosen = dict(spec.detector_options)
    if spec.detector == TUNER:
        variants = (name for name, given in ABLATIONS.items() if given.items() <= chosen.items())
        *_, last = variants  # every run has the empty options of the first
        return last
    if spec.detector != BASELINE:
        return PLAIN.get(spec.detector, spec.detector)
    if chosen["epochs"] == 0:
        return UNTRAINED
    redrawn = {value: name for name, value in REDRAWN.items()}[str(chosen["redraw"])]
    family = {value: name for name, value in FAMILIES.items()}[spec.augmentation]
    return f"{redrawn}-{family}"


def table(records: Iterable[Record]) -> pd.DataFrame:
    """Return one row per run and task: `COLUMNS`, and the measures of the run and of the task.

    Failed runs have no rows.
    """
    rows = [
        {
            "key": record.spec.key,
            "method": method_of(record.spec),
            "image_set": record.spec.image_set,
            "normal_class": record.spec.normal_class,
            "testbed": task.testbed,
            "anomaly": task.anomaly,
            "seed": record.spec.seed,
            "auc": task.auc,
            **record.measures,
            **task.measures,
        }
        for record in records
        for task in record.tasks
    ]
    return pd.DataFrame(rows, columns=None if rows else COLUMNS)
