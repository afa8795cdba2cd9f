import numpy as np
import pandas as pd
import pytest

from ssad_lib.widgets import TableBrowser
from ssad_lib.widgets.tables import range_of

TABLES = {
    "zero": pd.DataFrame({"CutOut": [0.5, 1.0], "Flip": [0.75, np.nan]}, index=["AE", "DAE"]),
    "one": pd.DataFrame({"CutOut": [0.0, 0.25]}, index=pd.Index(["AE", "DAE"], name="trained")),
}
CAPTIONS = {"zero": "class 0", "one": "class 1"}


def test_tables_carry_texts_and_shades_on_one_common_scale():
    widget = TableBrowser.from_tables(TABLES, label="Normal class", captions=CAPTIONS)
    zero, one = widget.tables["zero"], widget.tables["one"]
    assert zero["texts"] == [["0.500", "0.750"], ["1.000", "–"]]
    assert zero["shades"] == [[0.5, 0.75], [1.0, None]]
    assert one["shades"] == [[0.0], [0.25]]
    assert (one["corner"], one["columns"], one["index"]) == ("trained", ["CutOut"], ["AE", "DAE"])
    assert widget.chosen == "zero"


def test_limits_number_and_summaries_are_the_authors():
    widget = TableBrowser.from_tables(
        TABLES,
        label="x",
        captions=CAPTIONS,
        summaries={"one": "All poor."},
        number="{:.0%}",
        limits=(0.5, 0.75),
    )
    assert widget.tables["zero"]["texts"][0] == ["50%", "75%"]
    assert widget.tables["zero"]["shades"] == [[0.0, 1.0], [1.0, None]]
    assert [widget.tables[name]["summary"] for name in TABLES] == ["", "All poor."]


def test_constant_tables_have_a_shade():
    same = {"a": pd.DataFrame({"x": [0.5, 0.5]})}
    widget = TableBrowser.from_tables(same, label="x", captions={"a": "c"})
    assert widget.tables["a"]["shades"] == [[0.0], [0.0]]


@pytest.mark.parametrize(("tables", "captions"), [({}, {}), (TABLES, {"zero": "only one"})])
def test_tables_without_captions_are_refused(tables, captions):
    with pytest.raises(ValueError, match="caption"):
        TableBrowser.from_tables(tables, label="x", captions=captions)


def test_each_table_can_have_limits_of_its_own():
    small, large = pd.DataFrame({"a": [0.0, 0.1]}), pd.DataFrame({"a": [0.0, 100.0]})
    tables = {"small": small, "large": large}
    widget = TableBrowser.from_tables(
        tables, label="Table", captions={"small": "Small.", "large": "Large."},
        limits={name: range_of(table) for name, table in tables.items()},
    )  # fmt: skip
    for name in tables:
        assert widget.tables[name]["shades"] == [[0.0], [1.0]]
