"""What holds for every widget: a small state of plain values, scripts that parse and ask nobody."""

import json
import re
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest

from ssad_lib import widgets
from ssad_lib.appearance import CATEGORIES
from ssad_lib.widgets.parts import ASSETS
from tests.figures.tables import effects, embedded, pair_scores, scores

WIDGETS = {
    "sprites": widgets.SpriteBrowser.from_frames(
        np.zeros((2, 4, 4, 3), np.uint8), [widgets.Axis("Draw", 2)], alt="draw {}".format
    ),
    "tables": widgets.TableBrowser.from_tables(
        {"zero": pd.DataFrame({"CutOut": [0.5]})},
        label="Normal class",
        captions={"zero": "class 0"},
    ),
    "forests": widgets.ForestBrowser.from_tables({"gen CutOut": effects()}, label="Gen"),
    "embeddings": widgets.EmbeddingBrowser.from_panels({"Flip": embedded()}, label="Gen"),
    "pairs": widgets.PairBrowser.from_scores(
        pair_scores(), {"DAE, Rotate": "AE"}, classes=["6", "9"]
    ),
    "cherries": widgets.CherryPicker.from_tables(
        {"DAE": pd.DataFrame({"none": [0.5, 0.6], "CutOut": [0.6, 0.5]})},
        label="Detector",
        plain="none",
    ),
    "masks": widgets.MaskExplorer.from_maps(
        np.zeros((1, 1, 4, 4), np.uint8),
        np.ones((1, 4, 4), np.float32),
        names=["a.png"],
        held_out=np.ones(3, np.float32),
        threshold=1.0,
    ),
    "thresholds": widgets.ThresholdExplorer.from_scores({"GEOM": scores()}, label="Augmentation"),
}


@pytest.fixture(params=WIDGETS)
def widget(request):
    return WIDGETS[request.param]


def test_state_is_plain_json(widget):
    state = widget.get_state()
    plain = {name: state[name] for name in state if name != "layout" and not name.startswith("_")}
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain


def test_order_of_choices_survives_a_saved_page_that_sorts_keys():
    tables = {"gen Flip": effects(), "gen CutOut": effects()}
    widget = widgets.ForestBrowser.from_tables(tables, label="Gen")
    assert widget.names == ["gen Flip", "gen CutOut"]
    assert [name for name, *_ in widget.marks] == list(CATEGORIES)


def test_state_apart_from_the_data_is_small(widget):
    state = widget.get_state()
    assert len(state["_esm"]) + len(state["_css"]) < 18_000


def test_plain_text_is_one_short_line(widget):
    assert re.fullmatch(r"\w+\(.{1,80}\)", repr(widget))


def test_script_asks_for_nothing(widget):
    state = widget.get_state()
    assert not re.search(r"https?:|//\w+\.|\bimport\b|\bfetch\(", state["_esm"] + state["_css"])


@pytest.mark.skipif(shutil.which("node") is None, reason="checks the syntax with node")
def test_script_parses_as_one_module(widget, tmp_path):
    module = tmp_path / "widget.mjs"
    module.write_text(widget.get_state()["_esm"], encoding="utf-8")
    subprocess.run(["node", "--check", str(module)], check=True)


def test_every_asset_is_used():
    states = [widget.get_state() for widget in WIDGETS.values()]
    parts = "".join(state["_esm"] + state["_css"] for state in states)
    for file in [*ASSETS.glob("*.js"), *ASSETS.glob("*.css")]:
        assert file.read_text(encoding="utf-8") in parts, file


def test_own_styles_of_widgets_do_not_meet():
    """A page has the styles of all its widgets at once."""
    shared = set()
    for file in (ASSETS / f"{name}.css" for name in ("widgets", "plots", "facts")):
        shared |= set(re.findall(r"\.ssad-[\w-]+", file.read_text(encoding="utf-8")))
    seen = set(shared)
    for file in sorted(ASSETS.glob("*_*.css")):
        own = set(re.findall(r"\.ssad-[\w-]+", file.read_text(encoding="utf-8"))) - shared
        assert not own & seen, file
        seen |= own
