"""Claims on errors and embeddings: made-up measures with a known answer."""

import itertools

import numpy as np
import pandas as pd
import pytest

from ssad_lib import claims
from ssad_lib.data.catalogue import DIGITS
from ssad_lib.evidence import Evidence
from tests.claims import worlds

ROWS = ("none", "CutOut", "Flip", "Invert", "GEOM")
STRENGTH = {"none": 1.0, "CutOut": 1.2, "Flip": 1.4, "Invert": 2.2, "GEOM": 1.7}


def measured(change=lambda values, row, gen: values, classes=10):
    """Evidence of DAE on controlled tasks; `change` edits the measures of one row and gen."""
    random = np.random.default_rng(0)
    rows = []
    for row, gen, c in itertools.product(ROWS, worlds.GENS, range(classes)):
        matched = row.lower() == gen
        values = {
            "error_normal": 0.01 * min(STRENGTH[row], 1.7),
            "error_augmented": 0.02 * STRENGTH[row],
            "error_anomaly": 0.06 if matched else 0.03,
            "error_repair": 0.02 if matched else 0.08,
            "wasserstein": 0.001 if matched else 0.02,
            "probe_auc": {"cutout": 0.7, "flip": 0.95, "invert": 0.99}[gen],
            "position": 0.5 if matched else -2.0,
            "auc": 0.9 if matched else 0.6,
        }
        if row == "none":
            values |= {"error_repair": 0.08, "error_anomaly": 0.03, "auc": 0.65}
        values = {k: v * (1 + 0.01 * random.normal()) for k, v in change(values, row, gen).items()}
        rows.append({"key": f"{row}{c}", "model": "DAE", "row": row, "seed": 0, "normal_class": c,
                     "category": worlds.CATEGORY[row], "testbed": "controlled", "anomaly": gen,
                     **values})  # fmt: skip
    return Evidence("made up", "street-digits", DIGITS, pd.DataFrame(rows), pd.DataFrame())


def edited(**factors):
    """Multiply measures of every augmented row."""

    def change(values, row, gen):
        return values if row == "none" else {k: v * factors.get(k, 1) for k, v in values.items()}

    return change


@pytest.mark.parametrize("claim", ["A18", "A21", "A22", "A23", "A24", "A25"])
def test_supported_where_it_holds(claim):
    finding = claims.decide(claim, measured())
    assert finding.verdict == claims.SUPPORTED, finding.table()


@pytest.mark.parametrize(
    ("claim", "change"),
    [
        ("A18", edited(error_repair=20)),  # nothing is undone
        ("A18", edited(error_normal=5)),  # normals are not left alone
        ("A21", edited(error_normal=0.1)),
        ("A22", lambda v, row, gen: v | {"wasserstein": 0.02 if row.lower() == gen else 0.001}),
        ("A23", lambda v, row, gen: v | {"error_augmented": 0.01 if row == "Invert" else 0.02}),
        ("A24", lambda v, row, gen: v | {"probe_auc": 0.99 if gen == "cutout" else 0.6}),
        ("A25", lambda v, row, gen: v if row == "none" else v | {"auc": 1.3 - v["auc"]}),
    ],
)
def test_not_supported_where_it_does_not(claim, change):
    finding = claims.decide(claim, measured(change))
    assert finding.verdict == claims.CONTRADICTED, finding.table()


def test_not_run_where_a_measure_was_not_taken():
    old = measured()
    old.tasks["error_repair"] = np.nan
    assert claims.decide("A18", old).verdict == claims.NOT_RUN
    assert claims.decide("A21", old).verdict == claims.SUPPORTED
