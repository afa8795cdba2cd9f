"""Measured borders: kept by what decides them, committed beside the records of a profile."""

import pandas as pd
import pytest

from ssad_lib import paths
from ssad_lib.errors import SsadError
from ssad_lib.studies.outlier_exposure import measured, toy
from tests.studies.outlier_exposure.test_toy import Distance, Upwards, border

SETTINGS = {"seeds": [0], "epochs": 30, "shown_seed": 0}


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "home", lambda: tmp_path / "home")
    return tmp_path / "home"


def test_borders_are_kept_for_the_parameters_that_decide_them(home):
    assert measured.stored(SETTINGS) is None
    table, other_table = (
        toy.measured(toy.areas([one]), toy.scores([one]))
        for one in (border(Distance()), border(Upwards(), 0.0))
    )
    measured.keep(SETTINGS, table)
    assert list(table.columns) == measured.COLUMNS
    pd.testing.assert_frame_equal(
        measured.stored(SETTINGS | {"shown_seed": 5}), table, check_exact=False, rtol=1e-5
    )
    for other in ({"seeds": [1]}, {"epochs": 31}):
        assert measured.stored(SETTINGS | other) is None
    measured.keep(SETTINGS, other_table)
    assert not measured.stored(SETTINGS)["bounded"].any()


def test_committed_borders_are_read_back(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    assert measured.committed("laptop") is None
    found = [border(Distance())]
    table = toy.measured(toy.areas(found), toy.scores(found))
    measured.write(table, tmp_path / "laptop")
    read = measured.committed("laptop")
    assert read["bounded"].tolist() == [True]
    assert read["auc"].iloc[0] == pytest.approx(table["auc"].iloc[0], rel=1e-5)
    (tmp_path / "laptop" / measured.FILE).write_text("seed,auc\n0,1\n")
    with pytest.raises(SsadError, match=r"borders\.csv is damaged: it must have the columns"):
        measured.committed("laptop")
