import re

import numpy as np
import pandas as pd
import pytest

from ssad_lib.appearance import number
from ssad_lib.tables import table_html
from tests.test_display import Tags

FRAME = pd.DataFrame(
    {"AUROC": [0.97, float("nan")], "runs": [30, 0], "note": ["<b>yes</b>", None]},
    index=pd.Index(["CutOut", "Flip"], name="augmentation"),
)


def cells(frame, **options):
    """Return the rows of a table, each a list of its texts, the headings first."""
    rows = re.findall(r"<tr.*?</tr>", table_html(frame, "c", **options))
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]


def column(values, name="x", **options):
    return [row[1] for row in cells(pd.DataFrame({name: values}), **options)[1:]]


def test_table_has_a_caption_scopes_and_a_box_that_a_keyboard_can_scroll():
    tags = Tags(table_html(FRAME, "AUROC & verdict"))
    assert [cell["scope"] for cell in tags.of("th")] == ["col"] * 4 + ["row"] * 2
    box = tags.of("div")[0]
    assert (box["role"], box["aria-label"], box["tabindex"]) == ("region", "AUROC & verdict", "0")
    assert len(tags.of("caption")) == 1


def test_table_formats_numbers_escapes_words_and_shows_what_is_missing():
    shown = cells(FRAME, formats={"runs": "{:04.1f}"}, decimals="{:.1f}")
    assert shown[1:] == [
        ["CutOut", "1.0", "30.0", "&lt;b&gt;yes&lt;/b&gt;"],
        ["Flip", "–", "00.0", "–"],
    ]


def test_table_format_may_be_a_function():
    shown = column([0.97], formats={"x": lambda value: f"{100 * value:.0f} %"})
    assert shown == ["97 %"]


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (0.5, "{:.3f}", "0.500"),
        (-0.0123, "{:+.3f}", "−0.012"),
        (-5.55112e-17, "{:.6g}", "0.000"),
        (-0.0004, "{:+.3f}", "0.000"),
        (3.8e-06, "{:.2g}", "0.000"),
        (3.84e-02, "{:.1e}", "0.038"),
        (1.5e7, "{:.3g}", "15,000,000"),
        (-1234.5678, "{:.3f}", "−1,235"),
        (123.45678, "{:.5f}", "123.5"),
        (0.0123456789, "{:.10f}", "0.012"),
        (2940000.0, "{:,.0f}", "2,940,000"),
        (0.05, "{:.0%}", "5%"),
        (-30.0, "{:.0f}°", "−30°"),
        (float("nan"), "{:.3f}", "–"),
    ],
)
def test_no_number_has_an_exponent_a_sign_of_nought_or_digits_that_mean_nothing(value, form, text):
    assert number(value, form) == text
    assert column([value], formats={"x": form}) == [text]


def test_counts_are_whole_even_where_one_is_missing():
    assert column([11.0, np.nan], "n") == ["11", "–"]
    assert column([1.0, 1.0], "seeds") == ["1", "1"]
    assert column([12000, 3]) == ["12,000", "3"]
    assert column(pd.Series([3.0, None], dtype=object), "n") == ["3", "–"]


def test_a_share_that_happens_to_be_whole_stays_a_share():
    assert column([1.0, 0.0]) == ["1.000", "0.000"]


@pytest.mark.parametrize("name", ["p", "p_against", "p_value, by pairs", "p, every seed", "p of τ"])
def test_p_values_are_written_as_such_whatever_the_format(name):
    assert column([0.0, 1e-14, 0.0123, 1.0], name, formats={name: "{:.2g}"}) == [
        "&lt;0.001", "&lt;0.001", "0.012", "&gt;0.999",
    ]  # fmt: skip


def test_a_name_that_begins_with_p_is_no_p_value():
    assert column([0.0], "paper") == ["0.000"]
    assert column([0.0], "pseudo_median") == ["0.000"]


def test_low_and_high_are_one_cell_and_the_verdict_stands_first():
    frame = pd.DataFrame(
        {"effect": [0.2, 0.1], "low": [-0.1, np.nan], "high": [0.3, np.nan], "n": [9, 2],
         "verdict": ["supported", "not run"]}
    )  # fmt: skip
    head, one, other = cells(frame, formats=dict.fromkeys(["low", "high"], "{:+.2f}"))
    assert head == ["", "verdict", "effect", "interval", "n"]
    assert one == ["0", "supported", "0.200", "[−0.10, +0.30]", "9"]
    assert other == ["1", "not run", "0.100", "–", "2"]


def test_headings_are_words_but_symbols_stay():
    names = ["p_against", "pseudo_median", "e_inv"]
    assert cells(pd.DataFrame([[1.0, 1.0, 1.0]], columns=names))[0][1:] == [
        "p against", "pseudo median", "e_inv",
    ]  # fmt: skip


def test_rows_that_share_their_first_label_stand_below_it():
    index = pd.MultiIndex.from_tuples(
        [("DAE", "Flip"), ("DAE", "CutOut"), ("6", "Flip")], names=["model", "augmentation"]
    )
    made = table_html(pd.DataFrame({"x": [1, 2, 3]}, index), "c")
    shown = cells(pd.DataFrame({"x": [1, 2, 3]}, index))
    assert shown == [
        ["augmentation", "x"], ["DAE"], ["Flip", "1"], ["CutOut", "2"], ["model: 6"], ["Flip", "3"],
    ]  # fmt: skip
    groups = [cell for cell in Tags(made).of("th") if cell["scope"] == "rowgroup"]
    assert [group["colspan"] for group in groups] == ["2", "2"]
    assert made.count("<tbody>") == 2


def test_labels_that_never_repeat_are_row_headers_of_every_level():
    index = pd.MultiIndex.from_tuples([("DAE", "Flip"), ("AE", "CutOut")], names=["model", "aug"])
    tags = Tags(table_html(pd.DataFrame({"x": [1, 2]}, index), "c"))
    assert [cell["scope"] for cell in tags.of("th")] == ["col"] * 3 + ["row"] * 4


def test_columns_of_the_same_name_keep_their_values():
    assert cells(pd.DataFrame([[1.0, "a"]], columns=["x", "x"]))[1] == ["0", "1.000", "a"]


def test_cells_say_what_they_hold():
    frame = pd.DataFrame(
        {"a": ["CP-scar", "x"], "b": ["A thin rectangle, jittered and turned", ""], "c": [1, None]}
    )
    kinds = re.findall(r'<td class="(.*?)">', table_html(frame, "c"))
    assert kinds == ["ssad-words", "ssad-sentence", "ssad-number"] * 2


def test_cells_may_hold_lists_and_names_of_any_bytes():
    frame = pd.DataFrame({"sizes": [[1, 2], []], "file": ["caf\udce9", None]})
    made = table_html(frame, "Sizes of two files, from caf\udce9")
    assert "[1, 2]" in made
    assert "caf\\udce9" in made
    assert "–" in made
    made.encode("utf-8")
