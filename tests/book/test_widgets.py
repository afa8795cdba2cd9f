"""The widgets of the tiny book, moved by keyboard and mouse, against numbers computed here."""

from __future__ import annotations

import nbformat
import numpy as np
import pytest

from ssad_lib.appearance import signed
from ssad_lib.metrics import auroc_between
from ssad_lib.widgets import CherryPicker
from tests.book.conftest import MINI, SIZES, served
from tests.widgets.test_cherries import EACH, NEVER, ONCE
from tests.widgets.test_cherries import expected as picked

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize(
        ("size", "theme"), [(SIZES["desktop"], "light"), (SIZES["phone"], "dark")]
    ),
]

PAGE = "part/kitchen-sink.html"
PIXELS = "canvas => canvas.toDataURL()"


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


def field(widget, label):
    return widget.get_by_label(label, exact=True)


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
    field(widget, "Sorted by").focus()
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
        field(widget, "Sorted by").select_option(order)
        assert names.all_inner_texts() == expected
    field(widget, "Gen").select_option("gen Flip")
    assert words(widget).startswith("Invert (color): relative AUC +0.000")
    assert widget.locator("caption").inner_text().startswith("gen Flip: 1 of 4 rows beneficial")


def rates(chapter, panel, level):
    """TPR, FPR and precision at equal shares as the page should write them."""
    pooled = np.concatenate([*chapter["scores"][panel].values()])
    low, high = pooled.min(), np.quantile(pooled, 0.99)
    threshold = low + level * (high - low) / 400
    tpr, fpr = (np.mean(chapter["scores"][panel][g] >= threshold) for g in ("anomaly", "normal"))
    return [f"{value:.3f}" for value in (tpr, fpr, tpr / (tpr + fpr))]


@pytest.mark.parametrize("widget", ["ssad-histogram"], indirect=True)
def test_threshold_gives_the_rates_that_python_counts(widget, chapter):
    facts = widget.locator("dd")
    assert field(widget, "Augmentation").locator("option").all_inner_texts() == ["Identity", "GEOM"]
    slider = field(widget, "Threshold")
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
    place = widget.locator(".ssad-histogram svg").bounding_box()
    mouse = widget.page.mouse
    mouse.move(place["x"] + 2, place["y"] + 20)
    mouse.down()
    mouse.move(place["x"] + place["width"] / 2, place["y"] + 20)
    mouse.up()
    level = int(slider.input_value())
    assert abs(level - 200) <= 2
    assert facts.all_inner_texts()[:3] == rates(chapter, "Identity", level)
    field(widget, "Augmentation").select_option("GEOM")
    groups = chapter["scores"]["GEOM"]
    assert facts.all_inner_texts()[:3] == rates(chapter, "GEOM", level)
    assert facts.last.inner_text() == f"{auroc_between(groups['normal'], groups['anomaly']):.3f}"


def point_words(table, place):
    """What the page should say of the point at this place in the order of the scores."""
    row = table.sort_values("score").iloc[place]
    below = 100 * place // len(table)
    return f"{row['group']}, score {row['score']:.3g}, higher than {below} % of the points."


@pytest.mark.parametrize("widget", ["ssad-field"], indirect=True)
def test_embedding_tells_every_point_by_keyboard_and_mouse(widget, chapter):
    planes, keyboard = chapter["planes"], widget.page.keyboard
    assert words(widget).startswith("Point at a mark")
    slider = field(widget, "Point")
    slider.focus()
    keyboard.press("ArrowRight")
    assert words(widget) == point_words(planes["CutOut"], 0)
    keyboard.press("End")
    assert words(widget) == point_words(planes["CutOut"], 179)
    canvas = widget.locator("canvas")
    plain = canvas.evaluate(PIXELS)
    field(widget, "Colour by").select_option("score")
    assert canvas.evaluate(PIXELS) != plain
    assert canvas.get_attribute("aria-label").endswith("60 anomaly points, coloured by score")
    field(widget, "Case").select_option("Flip")
    assert words(widget) == "Apart, at an AUC of 0.98."
    rightmost = planes["Flip"].sort_values("score").reset_index()["x"].idxmax()
    state = chapter["EmbeddingBrowser"].from_panels(planes, label="Case").panels["Flip"]
    box = canvas.bounding_box()
    across, down = state["x"][rightmost] / 1280, state["y"][rightmost] / 960
    canvas.hover(position={"x": across * box["width"], "y": down * box["height"]})
    assert words(widget) == point_words(planes["Flip"], rightmost)


def pair_words(chapter, detector, normal, anomaly):
    """What the page should say of a pair, from the scores."""
    groups = [[(name, normal, scored) for scored in (normal, anomaly)] for name in ("AE", detector)]
    aucs = [round(auroc_between(*(chapter["pairs"][key] for key in keys)), 3) for keys in groups]
    return (
        f"{normal} (normal) against {anomaly}: AUC {aucs[0]:.3f} of AE, {aucs[1]:.3f} of "
        f"{detector}, difference {signed(aucs[1] - aucs[0])}."
    )


@pytest.mark.parametrize("widget", ["ssad-pairs"], indirect=True)
def test_pairs_are_chosen_from_lists_and_in_the_grid(widget, chapter):
    keyboard, cells = widget.page.keyboard, widget.locator("td[aria-selected=true]")
    assert words(widget) == pair_words(chapter, "DAE, Rotate", "automobile", "truck")
    field(widget, "Anomaly class").select_option("frog")
    assert words(widget) == pair_words(chapter, "DAE, Rotate", "automobile", "frog")
    field(widget, "Normal class").select_option("frog")  # the two change places
    assert words(widget) == pair_words(chapter, "DAE, Rotate", "frog", "automobile")
    cells.focus()
    keyboard.press("ArrowRight")
    assert words(widget) == pair_words(chapter, "DAE, Rotate", "frog", "truck")
    keyboard.press("ArrowUp")  # over truck against itself
    assert words(widget) == pair_words(chapter, "DAE, Rotate", "automobile", "truck")
    widget.locator("tbody tr").nth(1).locator("td").nth(2).click()
    assert words(widget) == pair_words(chapter, "DAE, Rotate", "truck", "frog")
    field(widget, "Detector").select_option("DAE, CutOut")
    assert words(widget) == pair_words(chapter, "DAE, CutOut", "truck", "frog")
    field(widget, "Cells").select_option("without")
    auc = auroc_between(*(chapter["pairs"]["AE", "truck", name] for name in ("truck", "frog")))
    assert abs(int(cells.inner_text()) - 100 * auc) <= 0.51
    assert "AUC without × 100" in widget.locator("caption").inner_text()


@pytest.mark.parametrize("widget", ["ssad-heads span"], indirect=True)
def test_reconstructions_are_stepped_through_under_their_names(widget):
    assert widget.locator(".ssad-heads span").all_inner_texts() == ["original", "AE", "DAE"]
    canvas = widget.locator("canvas")
    seen = {canvas.evaluate(PIXELS)}
    field(widget, "Image").focus()
    widget.page.keyboard.press("ArrowRight")
    seen.add(canvas.evaluate(PIXELS))
    field(widget, "Group").select_option("anomaly")
    seen.add(canvas.evaluate(PIXELS))
    assert len(seen) == 3
    assert words(widget) == "anomaly, Image 2"


def tries(chapter, panel, peek, tried, tasks, seeds, draw):
    """What the facts of the machine should say, from the tables of the chapter."""
    name = {"DAE": "trials", "AP": "two_seeds"}[panel]
    state = CherryPicker.from_tables({panel: chapter[name]}, label="x", plain="none").panels[panel]
    *aucs, won, lucky = picked(state, peek, tried, tasks, seeds, draw)
    return [*(f"{auc:.3f}" for auc in aucs), f"{won} of {tasks}", f"{lucky} of {won}"]


@pytest.mark.parametrize("widget", ["ssad-tries"], indirect=True)
def test_cherries_are_picked_by_keyboard_and_mouse(widget, chapter):
    keyboard, facts = widget.page.keyboard, widget.locator("dd")
    assert facts.all_inner_texts() == tries(chapter, "DAE", EACH, 1, 12, 1, 1)
    assert widget.get_by_label("Seeds tried").count() == 0  # there is only one
    field(widget, "Augmentations tried").focus()
    keyboard.press("ArrowRight")
    keyboard.press("ArrowRight")
    assert facts.all_inner_texts() == tries(chapter, "DAE", EACH, 3, 12, 1, 1)
    field(widget, "Peek at the labels").select_option(NEVER)
    honest = facts.all_inner_texts()
    assert honest == tries(chapter, "DAE", NEVER, 3, 12, 1, 1)
    again = widget.get_by_role("button", name="Try again")
    again.click()
    again.press("Enter")
    assert facts.all_inner_texts() == tries(chapter, "DAE", NEVER, 3, 12, 1, 3)
    assert widget.locator("line.ssad-earlier").count() == 2
    assert words(widget).startswith(f"Draw 3: {facts.first.inner_text()} reported, ")
    field(widget, "Detector").select_option("AP")
    field(widget, "Seeds tried").focus()
    keyboard.press("End")
    field(widget, "Peek at the labels").select_option(ONCE)
    assert facts.all_inner_texts() == tries(chapter, "AP", ONCE, 3, 6, 2, 3)
    assert widget.locator("line.ssad-earlier").count() == 0  # other settings start anew
