from html.parser import HTMLParser
from urllib.parse import unquote

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from ssad_lib import appearance, display, tables

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
        if tag not in ("img", "source"):
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


def wide():
    width = 3 if appearance.NARROW.get() else 9
    figure, axes = plt.subplots(figsize=(width, 2), layout="constrained")
    axes.set_title("Growth", fontsize=12)
    axes.tick_params(labelsize=9)
    return figure


def test_a_figure_that_fits_a_phone_is_drawn_once_for_all_screens():
    assert Tags(display.figure_html(draw, ALT)).of("source") == []


def test_a_wide_figure_is_drawn_for_narrow_columns_too():
    tags = Tags(display.figure_html(wide, ALT))
    images, sources = tags.of("img"), tags.of("source")
    assert len(images) == len(sources) == 2
    for image, source, ink in zip(
        images, sources, (display.LIGHT_INK, display.DARK_INK), strict=True
    ):
        assert int(image["width"]) > 800
        assert int(source["width"]) < 300
        assert image["data-text"] == source["data-text"] == "12.0"  # the ticks, in pixels
        assert " " not in source["srcset"]
        assert ink in unquote(source["srcset"])
        least = int(image["width"]) * display.SMALLEST_TEXT / 12
        narrowest = int(source["media"].split("max-width:")[1].split("px")[0])
        assert narrowest - display.MARGINS - 1 <= least <= narrowest - display.MARGINS
    assert appearance.NARROW.get() is False


def test_words_that_nobody_sees_do_not_count_as_small():
    def drawn():
        figure = draw()
        figure.text(0, 0, "hidden", fontsize=1, visible=False)
        figure.text(0, 0, " ", fontsize=1)
        figure.text(0, 0, "seen", fontsize=8)
        return figure

    assert Tags(display.figure_html(drawn, ALT)).of("img")[0]["data-text"] == "10.7"


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


FRAME = pd.DataFrame({"AUROC": [0.97, 0.5]}, index=["CutOut", "Flip"])


def test_both_are_shown_in_a_notebook(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda html: shown.append(html.data))
    display.figure(draw, ALT)
    display.table(FRAME, "c")
    assert shown == [display.figure_html(draw, ALT), tables.table_html(FRAME, "c")]


@pytest.mark.parametrize("alt", ["", "short", "a-picture-of-something.png"])
def test_rows_of_images_need_an_alternative_text(alt):
    with pytest.raises(ValueError, match="alternative text"):
        display.image_rows_html({"a": np.zeros((1, 1, 8, 8))}, alt)


def test_long_table_is_behind_its_caption_and_number_of_rows(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda one: shown.append(one.data))
    frame = pd.DataFrame({"effect": [0.1, 0.2]}, index=["a < b", "c"])
    display.folded_table(frame, "Claim A01 & its parts")
    (page,) = shown
    assert "<summary>Claim A01 &amp; its parts (2 rows)</summary>" in page
    assert [tag for tag, _ in Tags(page).found][:2] == ["details", "summary"]
    assert "open" not in Tags(page).of("details")[0]
    assert "a &lt; b" in page
    display.folded_table(frame[:1], "Claim A02")
    assert "Claim A02 (1 row)" in shown[1]


def test_folded_figure_keeps_its_text_and_both_inks(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda one: shown.append(one.data))
    display.folded_figure(draw, ALT, "Growth, on carpet")
    tags = Tags(shown[0])
    assert "<summary>Growth, on carpet</summary>" in shown[0]
    assert [image["class"] for image in tags.of("img")] == ["ssad-light", "ssad-dark"]
    assert {image["alt"] for image in tags.of("img")} == {ALT}
