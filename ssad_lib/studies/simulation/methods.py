"""Records of paper 004 as one table: a row per run, method and task."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from ssad_lib.record import Record
from ssad_lib.spec import RunSpec, options
from ssad_lib.studies.simulation.runs import BUDGET, METHODS, PLAIN, UNTRAINED, detector_options
from ssad_lib.tasks import ONE_VS_REST, SIMULATED

COLUMNS = [
    "key", "method", "image_set", "normal_class", "seed", "testbed", "anomaly", "auc", "ap",
]  # fmt: skip
PIXELS = ["pixel_auroc", "pixel_ap", "aupro", "pixel_share"]
RUN = [
    "similarity_reconstructed", "similarity_judged", "similarity_unseen", "flagged_judged",
    "flagged_unseen",
]  # fmt: skip


def names_of(spec: RunSpec) -> tuple[str, ...]:
    """Return the methods whose run `spec` is: several, where a selection is DRAEM's simulation."""
    if spec.detector == PLAIN:
        return (PLAIN,)
    chosen: dict[str, Any] = dict(spec.detector_options)
    if chosen.get("epochs") == 0:
        return (UNTRAINED,)
    settings = {name: chosen.get(name, "") for name in ("source", "precision", "encoder")}
    for name in BUDGET:
        settings[f"sim_{name}"] = settings[f"nsa_{name}"] = chosen.get(name)
    return tuple(
        name
        for name, method in METHODS.items()
        if method.detector == spec.detector
        and options(detector_options(settings, spec.image_set, method)) == spec.detector_options
    )


def table(records: Iterable[Record]) -> pd.DataFrame:
    """Return one row per run, method and task: `COLUMNS`, `PIXELS` and `RUN`, NaN for unknown.

    A run of several methods has rows for each; failed runs have none.
    """
    rows = [
        {
            "key": record.spec.key,
            "method": name,
            "image_set": record.spec.image_set,
            "normal_class": record.spec.normal_class,
            "seed": record.spec.seed,
            "testbed": task.testbed,
            "anomaly": task.anomaly,
            "auc": task.auc,
            "ap": task.average_precision,
            **{measure: task.measures.get(measure) for measure in PIXELS},
            **{measure: record.measures.get(measure) for measure in RUN},
        }
        for record in records
        for name in names_of(record.spec)
        for task in record.tasks
    ]
    found = pd.DataFrame(rows, columns=[*COLUMNS, *PIXELS, *RUN])
    return found.astype(dict.fromkeys([*PIXELS, *RUN], float))


def defects(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the real defects, all kinds together."""
    return runs[runs["testbed"] == ONE_VS_REST]


def simulated(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the simulated anomalies."""
    return runs[runs["testbed"] == SIMULATED]
