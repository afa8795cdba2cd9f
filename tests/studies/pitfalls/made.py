"""Made-up evidence whose best augmentations are known: by task, by image set, and by luck alone."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd

from ssad_lib.claims import sources
from ssad_lib.data.catalogue import DIGITS
from ssad_lib.evidence import TASK, Evidence
from ssad_lib.studies.pitfalls import controls
from tests.studies.not_magic.made import budget, record

ROWS = {"Rotate": "geometric", "GEOM": "geometric", "CutPaste": "local", "Invert": "color"}
NAMES = ["key", "model", "row", "category", *TASK, "auc"]


def evidence(auc, *, classes=4, seeds=1, models=("DAE",), name="this run", image_set="digits"):
    """Evidence in which `auc(row, normal_class, anomaly, seed)` is the AUC of every task."""
    rows = [
        (f"{model}-{row}-{c}-{seed}", model, row, ROWS.get(row, "none"), image_set, c, seed,
         "in-the-wild", DIGITS[other], auc(row, c, other, seed))
        for model, row, c, seed, other in itertools.product(
            models, [*ROWS, "none", "untrained"], range(classes), range(seeds), range(classes))
        if other != c
    ]  # fmt: skip
    return Evidence(name, image_set, DIGITS, pd.DataFrame(rows, columns=NAMES), pd.DataFrame())


def luck(noise=0.05, seed=0):
    """AUC in which augmentations do nothing: 0.7 and the luck of every training."""

    def auc(row, normal_class, anomaly, run):
        key = [seed, len(row), ord(row[0]), normal_class, anomaly, run]
        return 0.7 + noise * np.random.default_rng(key).normal()

    return auc


def records(shift, *, rows=("cutpaste", "geom", "rotate"), classes=(6, 7), seeds=(0,)):
    """Records with raw scores of AE and DAE; anomalies are `shift(row, digit)` deviations off."""
    chosen = budget(normal_classes=list(classes), seeds=list(seeds))
    specs = [*chosen.specs("AE"), *(s for row in rows for s in chosen.specs("DAE", row))]

    def of(spec, digit):
        return shift(spec.augmentation if spec.detector == "DAE" else "none", digit)

    return [record(spec, of) for spec in specs]


def with_halves(made):
    """Evidence of records, their halves included."""
    return replace(sources.this_run(made), halves=controls.halves(made))
