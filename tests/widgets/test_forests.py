import numpy as np
import pytest

from ssad_lib.widgets import ForestBrowser
from tests.figures.tables import effects


def rows_of(table):
    widget = ForestBrowser.from_tables({"gen CutOut": table}, label="Gen")
    return {row["name"]: row for row in widget.panels["gen CutOut"]["rows"]}


def test_rows_carry_numbers_and_their_texts():
    table = effects()
    row, numbers = rows_of(table)["CutOut"], table.loc["CutOut"]
    assert (row["effect"], row["low"], row["high"], row["p"]) == tuple(
        numbers[["pseudo_median", "low", "high", "p_value"]]
    )
    assert row["texts"][0] == f"{numbers['pseudo_median']:+.3f}"
    assert row["texts"][1] == f"{numbers['low']:+.3f} to {numbers['high']:+.3f}"
    assert row["texts"][2:] == ["<0.001", f"{numbers['p_holm']:.3f}"]
    assert (row["category"], row["n"], row["verdict"]) == ("local", 12, "beneficial")
    assert rows_of(table)["Invert"]["verdict"] == "harmful"


def test_row_that_was_not_run_has_no_numbers():
    table = effects()
    table.loc["Noise", ["pseudo_median", "low", "high", "p_value", "p_holm", "n"]] = np.nan
    row = rows_of(table)["Noise"]
    assert [row[key] for key in ("effect", "low", "high", "p", "n")] == [None] * 5
    assert row["texts"] == ["–"] * 4


def test_summary_counts_what_helps_and_what_hurts():
    widget = ForestBrowser.from_tables({"a": effects()}, label="Gen")
    assert widget.panels["a"]["summary"] == (
        "1 of 5 rows beneficial (p < 0.05), 1 harmful (p > 0.95)."
    )


def test_no_table_is_refused():
    with pytest.raises(ValueError, match="at least one table"):
        ForestBrowser.from_tables({}, label="Gen")
