import base64
import io
import json
import re
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ssad_lib import widgets
from ssad_lib.widgets import Axis, SpriteBrowser, TableBrowser

AXES = [Axis("Augmentation", ["Identity", "CutOut", "Flip"]), Axis("Draw", 5)]


def frames(first=3, second=5, height=6, width=10):
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (first, second, height, width, 3), dtype=np.uint8)


def alt(augmentation, draw):
    return f"{AXES[0].label(augmentation)}, {AXES[1].label(draw)}"


def sheet_of(widget):
    data = widget.sheet.removeprefix("data:image/webp;base64,")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"))


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 4), st.integers(1, 7), st.integers(1, 9), st.integers(1, 9))
def test_every_frame_is_where_the_script_looks_for_it(first, second, height, width):
    pictures = frames(first, second, height, width)
    axes = [Axis("a", first), Axis("b", second)]
    widget = SpriteBrowser.from_frames(pictures, axes, alt=lambda *at: f"frame {at}")
    sheet, columns = sheet_of(widget), widget.frame["columns"]
    for a in range(first):
        for b in range(second):
            at = a * second + b  # the script's own arithmetic
            x, y = at % columns * width, at // columns * height
            np.testing.assert_array_equal(sheet[y : y + height, x : x + width], pictures[a, b])
            assert widget.alts[at] == f"frame {(a, b)}"


def test_captions_name_the_choices_unless_given():
    widget = SpriteBrowser.from_frames(frames(), AXES, alt=alt)
    assert widget.captions[0] == "Identity, Draw 1"
    assert widget.captions[-1] == "Flip, Draw 5"
    own = SpriteBrowser.from_frames(frames(), AXES, alt=alt, caption=lambda a, d: f"{a}{d}")
    assert own.captions[-1] == "24"


def test_lower_quality_is_lighter():
    exact = SpriteBrowser.from_frames(frames(height=32, width=32), AXES, alt=alt)
    lossy = SpriteBrowser.from_frames(frames(height=32, width=32), AXES, alt=alt, quality=50)
    assert len(lossy.sheet) < len(exact.sheet) / 2


@pytest.mark.parametrize(
    "bad",
    [
        frames().astype(float),
        frames()[:2],
        frames()[..., :1],
        np.moveaxis(frames(), -1, -3),
        frames()[0],
    ],
)
def test_frames_that_do_not_fit_the_axes_are_refused(bad):
    with pytest.raises(ValueError, match=r"frames must be uint8 of shape \(3, 5, 'H', 'W', 3\)"):
        SpriteBrowser.from_frames(bad, AXES, alt=alt)


def test_frame_without_an_alternative_text_is_refused():
    with pytest.raises(ValueError, match="alternative text"):
        SpriteBrowser.from_frames(frames(), AXES, alt=lambda *at: " ")


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


@pytest.mark.parametrize(
    "widget",
    [
        SpriteBrowser.from_frames(frames(), AXES, alt=alt),
        TableBrowser.from_tables(TABLES, label="Normal class", captions=CAPTIONS),
    ],
    ids=["sprites", "tables"],
)
class TestEvery:
    def test_state_is_plain_json(self, widget):
        state = widget.get_state()
        assert json.loads(json.dumps({k: v for k, v in state.items() if k != "layout"}))

    def test_state_apart_from_the_data_is_small(self, widget):
        state = widget.get_state()
        assert len(state["_esm"]) + len(state["_css"]) < 10_000

    def test_plain_text_is_one_short_line(self, widget):
        assert re.fullmatch(r"\w+\(.{1,80}\)", repr(widget))

    def test_script_asks_for_nothing(self, widget):
        assert not re.search(r"https?://|\bimport\b|\bfetch\(", str(widget._esm))


@pytest.mark.skipif(shutil.which("node") is None, reason="checks the syntax with node")
@pytest.mark.parametrize("script", sorted(widgets.ASSETS.glob("*.js")), ids=lambda p: p.name)
def test_scripts_parse(script, tmp_path):
    module = tmp_path / f"{script.stem}.mjs"
    module.write_bytes(script.read_bytes())
    subprocess.run(["node", "--check", str(module)], check=True)
