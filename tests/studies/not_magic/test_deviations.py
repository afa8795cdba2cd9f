"""Other readings replace exactly the runs they change, and verdicts follow."""

import numpy as np
import pytest

from ssad_lib import claims
from ssad_lib.claims import readings
from ssad_lib.record import Record, TaskResult
from ssad_lib.studies.grid import Budget
from ssad_lib.studies.not_magic import deviations
from tests.claims import worlds
from tests.engine.studies import EVERY_MODEL

BUDGET = Budget.of({**EVERY_MODEL, "normal_classes": list(range(10))})


@pytest.fixture(scope="module")
def evidence():
    made = worlds.world()
    made.tasks["auc_simple"] = np.where(made.tasks["model"] == "AP", 0.5, np.nan)
    return made


def recorded(reading, auc):
    return [
        Record(
            spec,
            (
                *(TaskResult("controlled", g, auc, 0.5, 5, 5) for g in worlds.GENS),
                *(TaskResult("in-the-wild", str(o), auc, 0.5, 5, 5)
                  for o in range(10) if o != spec.normal_class),
            ),
            (),
            {},
        )
        for spec in deviations.runs_of(reading, BUDGET)
    ]  # fmt: skip


def test_readings_change_the_key_of_every_run():
    keys = [spec.key for spec in deviations.specs(BUDGET)]
    default = {s.key for r in deviations.READINGS for d in r.detectors for a in r.augmentations
               for s in BUDGET.specs(d, a)}  # fmt: skip
    assert len(set(keys)) == len(keys) == 10 * (1 + 2 + 2 + 4 + 4)
    assert not set(keys) & default


def test_a_reading_replaces_its_rows_only(evidence):
    reading = deviations.READINGS[1]  # probability of Flip in training
    other = deviations.replaced(evidence, recorded(reading, 0.5))
    flip = other.tasks["row"] == "Flip"
    assert (other.tasks.loc[flip & (other.tasks["model"] != "AP"), "auc"] == 0.5).all()
    same = evidence.tasks["row"] != "Flip"
    assert other.tasks.loc[~flip, "auc"].sum() == pytest.approx(
        evidence.tasks.loc[same, "auc"].sum()
    )
    table = readings.compare(reading, evidence, other)
    row = table.loc[(reading.detail, "A01")]
    assert (row["verdict"], row["verdict under it"]) == ("supported", "contradicted")
    assert row["parts that change"] >= 6


def test_the_simple_score_judges_ap_alone(evidence):
    other = deviations.with_simple_score(evidence)
    assert (other.of("AP")["auc"] == 0.5).all()
    assert other.of("DAE")["auc"].equals(evidence.of("DAE")["auc"])


def test_sums_change_no_verdict(evidence):
    other = deviations.with_sums(evidence, 256)
    assert np.allclose(other.alignment["mmd"], 65536 * evidence.alignment["mmd"])
    table = readings.compare(deviations.SUMMED, evidence, other)
    assert (table["verdict"] == table["verdict under it"]).all()
    assert (table["parts that change"] == 0).all()


def test_every_reading_is_shown(evidence):
    records = [r for reading in deviations.READINGS for r in recorded(reading, 0.7)]
    changed = deviations.every(evidence, records, BUDGET, 256)
    table = readings.verdicts(evidence, changed)
    assert set(table.index.get_level_values("claim")) <= set(claims.TESTS)
    assert len(set(table.index.get_level_values("detail"))) == 7
    browser = readings.browser(evidence, changed)
    assert "A01, distance in DeepSAD's loss" in repr(browser)
    shown = deviations.matched_auc(evidence, changed[1][1], changed[1][0])
    assert shown.loc[("DAE", "Flip", "flip"), "1"] == pytest.approx(0.7)
