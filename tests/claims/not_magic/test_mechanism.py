"""Claims on errors and embeddings: made-up measures with a known answer."""

import itertools

import numpy as np
import pandas as pd
import pytest

from ssad_lib import claims
from ssad_lib.data.catalogue import DIGITS
from ssad_lib.evidence import Evidence
from ssad_lib.tasks import IN_THE_WILD
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
                     "image_set": worlds.NAME,
                     "category": worlds.CATEGORY[row], "testbed": "controlled", "anomaly": gen,
                     **values})  # fmt: skip
    return Evidence("made up", "street-digits", DIGITS, pd.DataFrame(rows), pd.DataFrame())


def edited(**factors):
    """Multiply measures of every augmented row."""

    def change(values, row, gen):
        return values if row == "none" else {k: v * factors.get(k, 1) for k, v in values.items()}

    return change


@pytest.mark.parametrize("claim", ["A18", "A21", "A22", "A23", "A24"])
def test_supported_where_it_holds(claim):
    finding = claims.decide(claim, measured())
    assert finding.verdict == claims.SUPPORTED, finding.table()


def positioned(gain, scatter=lambda inside: 0.05):
    """Tasks in the wild at positions inside and outside, and what each gains by row."""
    random = np.random.default_rng(0)
    rows = []
    for row, c, kind in itertools.product(ROWS, range(10), range(9)):
        inside = kind % 3 == 0 if row != "GEOM" else kind % 3 != 0
        auc = 0.6 if row == "none" else 0.6 + gain(row, inside) + scatter(inside) * random.normal()
        rows.append({"key": f"{row}{c}", "model": "DAE", "row": row, "seed": 0, "normal_class": c,
                     "image_set": worlds.NAME, "category": worlds.CATEGORY[row],
                     "testbed": IN_THE_WILD, "anomaly": str(kind), "auc": auc,
                     "position": 0.5 if inside else 2.0})  # fmt: skip
    return Evidence("made up", worlds.NAME, DIGITS, pd.DataFrame(rows), pd.DataFrame())


def test_a_position_between_helps_within_an_augmentation():
    between = claims.decide("A25", positioned(lambda row, inside: 0.05 if inside else -0.05))
    assert between.verdict == claims.SUPPORTED
    beyond = claims.decide("A25", positioned(lambda row, inside: -0.05 if inside else 0.05))
    assert beyond.verdict == claims.CONTRADICTED
    # GEOM helps and has most tasks inside, whatever their position: no sign of the claim.
    confounded = claims.decide("A25", positioned(lambda row, inside: 0.2 * (row == "GEOM") - 0.1))
    assert confounded.verdict == claims.INCONCLUSIVE
    assert claims.decide("A25", measured()).verdict == claims.NOT_RUN  # controlled tasks alone


def test_a_position_is_worth_its_mean_gain_not_a_number_of_gains():
    # All lose .05 on average; those outside scatter widely, so that more of them gain.
    evidence = positioned(lambda row, inside: -0.05, lambda inside: 0.01 if inside else 0.2)
    gained = evidence.gains("DAE").assign(won=lambda table: table["gain"] > 0)
    won = gained.groupby(gained["position"].between(0, 1))["won"].mean()
    assert won[True] < 0.05
    assert won[False] > 0.3
    finding = claims.decide("A25", evidence)
    assert finding.verdict == claims.INCONCLUSIVE, finding.table()
    (part,) = claims.decide("A25", positioned(lambda row, inside: 0.03 * inside)).parts
    assert part.low < 0.03 < part.high
    assert part.unit == "AUC"


def test_small_errors_alone_do_not_match():
    """Distances a tenth as large because all errors are: the ratio is what counts."""
    small = claims.decide(
        "A22",
        measured(
            lambda v, row, gen: (
                v
                if row != "none"
                else v
                | {"wasserstein": v["wasserstein"] / 30, "error_anomaly": v["error_anomaly"] / 30}
            )
        ),
    )
    assert small.verdict == claims.SUPPORTED


@pytest.mark.parametrize(
    ("claim", "change"),
    [
        ("A18", edited(error_repair=20)),  # nothing is undone
        ("A18", edited(error_normal=5)),  # normals are not left alone
        ("A21", edited(error_normal=0.1)),
        ("A22", lambda v, row, gen: v | {"wasserstein": 0.02 if row.lower() == gen else 0.001}),
        ("A23", lambda v, row, gen: v | {"error_augmented": 0.01 if row == "Invert" else 0.02}),
        ("A24", lambda v, row, gen: v | {"probe_auc": 0.99 if gen == "cutout" else 0.6}),
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
