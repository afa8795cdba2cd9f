import re
from html.parser import HTMLParser
from urllib.parse import unquote

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from ssad_lib import display

matplotlib.use("Agg")
NOISE = np.random.default_rng(0).random((250, 250, 3))
ALT = "A line that rises from zero to nine."


def draw():
    figure, axes = plt.subplots(figsize=(3, 2))
    axes.plot(range(10))
    axes.set_title("Growth")
    return figure


class Tags(HTMLParser):
    """Collects the tags of a fragment and checks that they are balanced."""

    def __init__(self, text):
        super().__init__()
        self.found, self.open = [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag != "img":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def of(self, tag):
        return [attrs for name, attrs in self.found if name == tag]


def test_figure_is_drawn_for_light_and_dark_with_one_text():
    light, dark = Tags(display.figure_html(draw, ALT)).of("img")
    assert light["class"] == "ssad-light"
    assert "hidden" not in light
    assert dark["class"] == "ssad-dark"
    assert "hidden" in dark
    assert light["alt"] == dark["alt"] == ALT
    assert light["src"] != dark["src"]


def test_each_drawing_uses_its_own_ink_on_nothing():
    for image, ink in zip(
        Tags(display.figure_html(draw, ALT)).of("img"),
        (display.LIGHT_INK, display.DARK_INK),
        strict=True,
    ):
        svg = unquote(image["src"].removeprefix("data:image/svg+xml,"))
        assert ink in svg
        assert "#ffffff" not in svg


def test_drawing_keeps_the_size_that_was_asked_for_whatever_its_form():
    def exact(form):
        figure = draw()
        figure.set_size_inches(3, 2)
        plt.rcParams["savefig.bbox"] = None
        if form == "png":
            figure.axes[0].imshow(NOISE)
        return figure

    for form in ("svg", "png"):
        image = Tags(display.figure_html(lambda form=form: exact(form), ALT)).of("img")[0]
        assert image["src"].startswith(f"data:image/{form}")
        assert (image["width"], image["height"]) == ("288", "192")  # 96 CSS pixels per inch


def test_dense_pictures_are_sent_as_png():
    def dense():
        figure, axes = plt.subplots()
        axes.imshow(NOISE, interpolation="none")
        return figure

    assert "data:image/png" in display.figure_html(dense, ALT)


def test_the_same_figure_gives_the_same_page():
    assert display.figure_html(draw, ALT) == display.figure_html(draw, ALT)


def test_no_figure_stays_open_and_no_style_leaks():
    open_before, style_before = plt.get_fignums(), dict(plt.rcParams)
    display.figure_html(draw, ALT)
    assert plt.get_fignums() == open_before
    assert dict(plt.rcParams) == style_before


@pytest.mark.parametrize(
    "alt", ["", "   ", "A heat map", "results/figures/table-1.png", "a_figure_of_all_results.svg"]
)
def test_alternative_text_that_says_nothing_is_refused(alt):
    with pytest.raises(ValueError, match="alternative text"):
        display.figure_html(draw, alt)


def test_text_is_escaped():
    text = display.figure_html(draw, 'Scores "<3" & more, over all classes', caption="a < b")
    assert 'alt="Scores &quot;&lt;3&quot; &amp; more, over all classes"' in text
    assert "<figcaption>a &lt; b</figcaption>" in text


FRAME = pd.DataFrame(
    {"AUROC": [0.97, float("nan")], "runs": [30, 0], "verdict": ["<b>yes</b>", None]},
    index=pd.Index(["CutOut", "Flip"], name="augmentation"),
)


def test_table_has_a_caption_scopes_and_a_box_that_a_keyboard_can_scroll():
    tags = Tags(display.table_html(FRAME, "AUROC & verdict"))
    assert [cell["scope"] for cell in tags.of("th")] == ["col"] * 4 + ["row"] * 2
    box = tags.of("div")[0]
    assert (box["role"], box["aria-label"], box["tabindex"]) == ("region", "AUROC & verdict", "0")
    assert len(tags.of("caption")) == 1


def test_table_formats_numbers_escapes_words_and_shows_what_is_missing():
    text = display.table_html(FRAME, "c", formats={"runs": "{:03d}"}, number="{:.1f}")
    cells = re.findall(r"<td[^>]*>(.*?)</td>", text)
    assert cells == ["1.0", "030", "&lt;b&gt;yes&lt;/b&gt;", "–", "000", "–"]


def test_table_format_may_be_a_function():
    text = display.table_html(FRAME, "c", formats={"AUROC": lambda value: f"{100 * value:.0f} %"})
    assert "<td class=\"ssad-number\">97 %</td>" in text  # fmt: skip


def test_every_level_of_the_index_is_a_row_header():
    index = pd.MultiIndex.from_tuples([("DAE", "Flip"), ("DAE", "CutOut")], names=["model", "aug"])
    tags = Tags(display.table_html(pd.DataFrame({"x": [1, 2]}, index), "c"))
    assert [cell["scope"] for cell in tags.of("th")] == ["col"] * 3 + ["row"] * 4


def test_columns_of_the_same_name_keep_their_values():
    frame = pd.DataFrame([[1.0, "a"]], columns=["x", "x"])
    cells = re.findall(r'<td class="(.*?)">(.*?)</td>', display.table_html(frame, "c"))
    assert cells == [("ssad-number", "1.000"), ("ssad-words", "a")]


def test_only_columns_with_a_sentence_may_break_their_lines():
    frame = pd.DataFrame(
        {"a": ["CP-scar", "x"], "b": ["A thin rectangle, jittered and turned", ""]}
    )
    kinds = re.findall(r'<td class="(.*?)">', display.table_html(frame, "c"))
    assert kinds == ["ssad-words", "ssad-sentence"] * 2


def test_both_are_shown_in_a_notebook(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda html: shown.append(html.data))
    display.figure(draw, ALT)
    display.table(FRAME, "c")
    assert shown == [display.figure_html(draw, ALT), display.table_html(FRAME, "c")]


def test_cells_may_hold_lists_and_names_of_any_bytes():
    frame = pd.DataFrame({"sizes": [[1, 2], []], "file": ["caf\udce9", None]})
    made = display.table_html(frame, "Sizes of two files, from caf\udce9")
    assert "[1, 2]" in made
    assert "caf\\udce9" in made
    assert "–" in made
    made.encode("utf-8")
