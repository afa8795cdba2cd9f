"""Records become one tidy table in the words of the paper's tables."""

import numpy as np
import pandas as pd
import pytest

from ssad_lib.evidence import MODELS, Evidence, model_of, row_of, tidy
from ssad_lib.record import Record, TaskResult
from ssad_lib.studies.grid import Budget
from ssad_lib.studies.not_magic import runs
from tests.engine.studies import EVERY_MODEL


def recorded(spec, auc=0.7, error=""):
    tasks = (
        TaskResult("controlled", "flip", auc, 0.5, 5, 5, {"position": 0.25}),
        TaskResult("in-the-wild", "9", auc - 0.1, 0.5, 5, 5),
    )
    return Record(spec, () if error else tasks, (), {}, measures={"error_normal": 0.1}, error=error)


@pytest.fixture(scope="module")
def specs():
    return runs.table_1(Budget.of(EVERY_MODEL))


def test_every_run_has_a_model_and_a_row(specs):
    assert {model_of(spec) for spec in specs} == {"DAE", "DeepSAD", "AP"}
    rows = {row_of(spec) for spec in specs if spec.detector in MODELS.values()}
    assert rows == {"untrained", "none"}
    assert row_of(next(s for s in specs if s.detector == "AP")) == "untrained"


def test_tidy_holds_measures_of_task_and_run(specs):
    frame = tidy([recorded(spec) for spec in specs])
    assert len(frame) == 2 * len(specs)
    assert frame["error_normal"].eq(0.1).all()
    controlled = frame["testbed"] == "controlled"
    assert frame["position"].notna().eq(controlled).all()
    assert frame.loc[frame["row"] == "CutOut", "category"].eq("local").all()


def test_failed_runs_are_left_out(specs):
    records = [recorded(specs[0]), recorded(specs[1], error="the loss became nan")]
    assert set(tidy(records)["key"]) == {specs[0].key}
    assert tidy([]).empty


def test_gains_are_paired_by_class_seed_and_task(specs):
    records = [
        recorded(spec, 0.6 + 0.1 * spec.normal_class + 0.05 * (row_of(spec) == "Flip"))
        for spec in specs
    ]
    evidence = Evidence("made up", "street-digits", (), tidy(records), pd.DataFrame())
    gains = evidence.gains("DAE")
    assert set(gains["row"]) == {"CutOut", "Flip", "Invert", "GEOM"}
    flip = gains["row"] == "Flip"
    assert gains.loc[flip, "gain"].to_numpy() == pytest.approx(0.05)
    assert np.allclose(gains.loc[~flip, "gain"], 0)
    assert evidence.gains("AP").empty  # there is no AP without augmentation
