import matplotlib.pyplot as plt
import numpy as np

from ssad_lib.appearance import CATEGORIES, p_text
from ssad_lib.figures import forest, method_gains
from tests.figures.tables import effects, gains


def drawn(panels):
    figure = forest(panels).make()
    figure.draw_without_rendering()
    yield figure
    plt.close(figure)


def test_rows_are_sorted_and_carry_their_numbers():
    table = effects()
    (figure,) = drawn({"gen CutOut": table})
    (axis,) = figure.axes
    ranked = table.sort_values("pseudo_median")  # the lowest row of the plot first
    names = [
        label.get_text()
        for label in sorted(axis.get_yticklabels(), key=lambda t: t.get_position()[1])
    ]
    assert names == list(ranked.index)
    places = {
        round(float(y)): float(x)
        for marks in axis.collections[1::2]
        for x, y in marks.get_offsets()
    }
    np.testing.assert_allclose([places[y] for y in sorted(places)], ranked["pseudo_median"])
    bars = [lines.get_segments()[0][:, 0] for lines in axis.collections[::2]]
    np.testing.assert_allclose(
        sorted(map(tuple, bars)), sorted(zip(table["low"], table["high"], strict=True))
    )
    assert [t.get_text() for t in axis.texts[::-1]][1:] == [p_text(p) for p in ranked["p_value"]]


def test_colour_and_shape_tell_the_category():
    table = effects()
    (figure,) = drawn({"gen CutOut": table})
    (legend,) = figure.legends
    shown = {
        text.get_text(): line
        for text, line in zip(legend.get_texts(), legend.get_lines(), strict=True)
    }
    assert set(shown) == set(table["category"])
    assert len({line.get_marker() for line in shown.values()}) == len(shown)
    assert all(line.get_color() == CATEGORIES[name].colour for name, line in shown.items())


def test_text_says_every_row_best_first_and_counts_effects():
    said = forest({"gen CutOut": effects()}).alt
    assert "gen CutOut: 1 of 5 beneficial at p < 0.05, 1 harmful at p > 0.95; CutOut +0." in said
    assert said.index("CutOut +") < said.index("Noise") < said.index("Invert −")


def test_row_without_numbers_comes_last_and_is_not_counted():
    table, other = effects(0), effects(1)
    for one in (table, other):
        one.loc["Rotate", ["pseudo_median", "low", "high", "p_value", "p_holm"]] = np.nan
    (figure,) = drawn({"a": table, "b": other})
    assert [a.get_yticklabels()[-1].get_text() for a in figure.axes] == ["Rotate", "Rotate"]
    assert "1 of 4 beneficial" in forest({"a": table}).alt
    assert "Rotate" not in forest({"a": table}).alt


def test_panels_have_one_order_of_rows_by_their_mean():
    table, other = effects(0), effects(1)
    other["pseudo_median"] = other["pseudo_median"].to_numpy()[::-1]
    (figure,) = drawn({"a": table, "b": other})
    orders = [[tick.get_text() for tick in axis.get_yticklabels()] for axis in figure.axes]
    mean = (table["pseudo_median"] + other["pseudo_median"]).sort_values(ascending=False)
    assert orders == [list(mean.index)] * 2


def test_gains_have_one_order_of_methods_a_mark_by_their_p_and_the_p_beside_them():
    figure = method_gains({"ours": gains(), "theirs": gains().iloc[::-1]}, "ST-SSAD").make()
    figure.draw_without_rendering()
    ours, theirs = figure.axes
    (legend,) = figure.legends
    marks = [text.get_text() for text in legend.get_texts()]
    places = [tuple(c.get_offsets()[0]) for c in ours.collections[1::2]][:2]
    rows = [[tick.get_text() for tick in axis.get_yticklabels()] for axis in (ours, theirs)]
    said = [text.get_text() for text in ours.texts]
    plt.close(figure)
    assert rows == [["RS-CO", "AE", "FO"]] * 2
    assert places == [(0.2, 2.0), (-0.1, 1.0)]
    assert marks == ["beneficial", "harmful", "not tested"]
    assert said == ["0.010", "0.980", "–", "p"]


def test_a_gain_of_few_units_is_never_called_harmful():
    figure = method_gains({"ours": gains().assign(n=2, p=1.0)}, "ST-SSAD").make()
    (legend,) = figure.legends
    marks = [text.get_text() for text in legend.get_texts()]
    plt.close(figure)
    assert marks == ["fewer than 5 units"]
