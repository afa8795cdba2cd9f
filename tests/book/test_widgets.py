"""The widgets of the tiny book, moved by keyboard and mouse, against numbers computed here."""

from __future__ import annotations

import nbformat
import numpy as np
import pytest

from ssad_lib.appearance import signed
from ssad_lib.metrics import auroc_between
from tests.book.conftest import MINI, served

pytestmark = pytest.mark.browser

PAGE = "part/kitchen-sink.html"


@pytest.fixture(scope="session")
def site(built, chromium):
    """The tiny book, served."""
    with served(built.site) as site:
        yield site


@pytest.fixture(scope="session")
def chapter():
    """The variables of the tiny chapter, whose cells are run here once more."""
    notebook = nbformat.read(MINI / "part" / "kitchen-sink.ipynb", as_version=4)
    variables: dict = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and not cell.metadata.get("tags"):
            exec(compile(cell.source, cell.id, "exec"), variables)
    return variables


@pytest.fixture
def widget(visit, request):
    """The widget of the page that has a part of this class."""
    page = visit.open(PAGE)
    yield page.locator(f".ssad-widget:has(.{request.param})")
    assert visit.complaints == []


def words(widget):
    return widget.locator("[aria-live]").inner_text()


def forest_words(name, row):
    effect, low, high = (signed(row[key]) for key in ("pseudo_median", "low", "high"))
    category = row["category"]
    return f"{name} ({category}): relative AUC {effect}, 95 % interval {low} to {high}, p "


@pytest.mark.parametrize("widget", ["ssad-forest"], indirect=True)
def test_forest_rows_say_their_numbers_and_are_sorted(widget, chapter):
    keyboard, forest = widget.page.keyboard, chapter["forest"]
    names = widget.locator("tbody th")
    assert names.all_inner_texts() == ["CutOut", "Rotate", "Invert", "SimCLR"]
    widget.get_by_label("Sorted by").focus()
    keyboard.press("Tab")  # the table is one stop, its first row
    assert words(widget).startswith(forest_words("CutOut", forest.loc["CutOut"]))
    keyboard.press("ArrowDown")
    assert words(widget).startswith(forest_words("Rotate", forest.loc["Rotate"]))
    assert words(widget).endswith("p 0.210, after Holm 0.210, n = 20: no clear effect.")
    keyboard.press("End")
    assert words(widget) == "SimCLR (mixed): not run."
    widget.locator("tbody tr", has_text="Invert").hover()
    assert words(widget).endswith("p >0.999, after Holm >0.999, n = 20: harmful.")
    for order, expected in {
        "name": ["CutOut", "Invert", "Rotate", "SimCLR"],
        "category": ["Rotate", "CutOut", "Invert", "SimCLR"],
        "p": ["CutOut", "Rotate", "Invert", "SimCLR"],
    }.items():
        widget.get_by_label("Sorted by").select_option(order)
        assert names.all_inner_texts() == expected
    widget.get_by_label("Gen").select_option("gen Flip")
    assert words(widget).startswith("Invert (color): relative AUC +0.000")
    assert widget.locator("caption").inner_text().startswith("gen Flip: 1 of 4 rows beneficial")


def rates(chapter, panel, level):
    """TPR, FPR and precision at equal shares as the page should write them."""
    pooled = np.concatenate([s for groups in chapter["scores"].values() for s in groups.values()])
    low, high = pooled.min(), np.quantile(pooled, 0.995)
    threshold = low + level * (high - low) / 400
    tpr, fpr = (np.mean(chapter["scores"][panel][g] >= threshold) for g in ("anomaly", "normal"))
    return [f"{value:.3f}" for value in (tpr, fpr, tpr / (tpr + fpr))]


@pytest.mark.parametrize("widget", ["ssad-histogram"], indirect=True)
def test_threshold_gives_the_rates_that_python_counts(widget, chapter):
    facts = widget.locator("dd")
    slider = widget.get_by_label("Threshold")
    level = int(slider.input_value())
    assert facts.all_inner_texts()[:3] == rates(chapter, "Identity", level)
    slider.focus()
    for _ in range(7):
        widget.page.keyboard.press("ArrowRight")
    assert facts.all_inner_texts()[:3] == rates(chapter, "Identity", level + 7)
    tpr = float(rates(chapter, "Identity", level + 7)[0])
    assert f"{100 * tpr:.1f} % of the anomalies" in words(widget)
    box = widget.locator(".ssad-histogram svg").bounding_box()
    widget.locator(".ssad-histogram").click(position={"x": box["width"] / 4, "y": 20})
    level = int(slider.input_value())
    assert abs(level - 100) <= 2
    assert facts.all_inner_texts()[:3] == rates(chapter, "Identity", level)
    widget.get_by_label("Augmentation").select_option("GEOM")
    groups = chapter["scores"]["GEOM"]
    assert facts.all_inner_texts()[:3] == rates(chapter, "GEOM", level)
    assert facts.last.inner_text() == f"{auroc_between(groups['normal'], groups['anomaly']):.3f}"
