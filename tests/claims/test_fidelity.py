"""How near our cells are to the printed ones."""

import pandas as pd
import pytest

from ssad_lib import claims
from ssad_lib.claims import catalogue, fidelity, sources
from ssad_lib.studies.not_magic import table_1


@pytest.fixture(scope="module")
def shares():
    return fidelity.shares().sort_index()


def test_shares_count_cells_of_the_printed_tables(shares):
    assert (shares["within .02"] <= shares["within .05"]).all()
    assert shares[["within .02", "within .05"]].stack().between(0, 1).all()
    grid = shares.loc[fidelity.TABLE_1]
    assert set(grid.index.get_level_values("source")) <= {*catalogue.GRIDS, *catalogue.ROWS}
    assert (grid["cells"] == 16).all()
    assert ("CIFAR-10, reduced", "DAE") in grid.index
    assert grid.loc[("CIFAR-10, DAE alone", "DAE"), "within .05"] == 14 / 16
    # nine other digits and eight printed methods for each of two normal digits
    assert shares.loc[("Table 2 (001)", "MNIST turned, reduced"), "cells"].item() == 144


def test_cells_are_those_of_the_table_beside_them():
    evidence = sources.load("CIFAR-10, reduced")
    cells = fidelity.grids({"it": evidence, "none": claims.this_run([])})
    assert [*cells] == ["it"]
    mine = cells["it"].loc["DAE"]
    printed, ours = table_1.paper_cells("DAE"), table_1.units(evidence.tasks)
    for (row, column), cell in mine.iterrows():
        assert cell["printed"] == printed.loc[row, column]
        chosen = ours[(ours[["model", "row", "column"]] == ["DAE", row, column]).all(axis=1)]
        assert cell["ours"] == pytest.approx(chosen["auc"].mean())
        assert cell["low"] <= cell["ours"] <= cell["high"]


def test_distance_is_counted_on_both_sides():
    cells = pd.DataFrame({"ours": [0.51, 0.46, 0.70, 0.5], "printed": [0.5] * 4})
    found = fidelity._near(cells)
    assert found["cells"] == 4
    assert (found["within .02"], found["within .05"]) == (0.5, 0.75)
    assert found["ours minus printed"] == pytest.approx(0.0425)
