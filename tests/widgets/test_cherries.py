import json
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest

from ssad_lib.appearance import CATEGORIES
from ssad_lib.widgets import CherryPicker
from ssad_lib.widgets.cherries import PEEKS

NEVER, ONCE, EACH = PEEKS
LABELS = ["Rotate", "CutOut", "Invert", "Noise", "GEOM"]


def trials(seeds=2, tasks=7, seed=0):
    """AUC of made-up tasks, in any order of the rows."""
    random = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product([range(tasks), range(seeds)], names=["normal_class", "seed"])
    values = random.uniform(0.3, 0.9, (len(index), len(LABELS) + 1))
    return pd.DataFrame(values, index, [*LABELS, "none"])


def machine(**tables):
    return CherryPicker.from_tables(tables or {"made up": trials()}, label="Detector", plain="none")


def shuffled(count, seed):
    """Fisher and Yates with mulberry32, in Python's whole numbers."""
    mask, state, order = 2**32 - 1, seed & (2**32 - 1), list(range(count))
    for i in range(count - 1, 0, -1):
        state = (state + 0x6D2B79F5) & mask
        mixed = ((state ^ (state >> 15)) * (state | 1)) & mask
        mixed ^= (mixed + (((mixed ^ (mixed >> 7)) * (mixed | 61)) & mask)) & mask
        j = int(((mixed ^ (mixed >> 14)) & mask) / 2**32 * (i + 1))
        order[i], order[j] = order[j], order[i]
    return order


def expected(panel, peek, tried, tasks, seeds, draw):
    """Reported, honest and plain AUC, wins and false wins, computed without the page."""
    auc, plain = np.array(panel["auc"]), np.array(panel["plain"])
    chosen = shuffled(auc.shape[1], 3 * draw)[:tasks]
    auc, plain = auc[:, chosen], plain[:, chosen].mean(axis=0)
    order = shuffled(auc.shape[2], 3 * draw + 1)
    there = shuffled(len(auc), 3 * draw + 2)[:seeds]
    honest = auc.mean(axis=(0, 2))
    candidates = auc[np.ix_(there, range(tasks), order[:tried])]
    told = {
        NEVER: candidates[0, :, 0],
        ONCE: max((candidates[s, :, a] for a in range(tried) for s in range(seeds)), key=np.mean),
        EACH: candidates.max(axis=(0, 2)),
    }[peek]
    won = told > plain
    false = won & (honest <= plain)
    return [told.mean(), honest.mean(), plain.mean(), int(won.sum()), int(false.sum())]


def asked(widget, cases):
    """What the script of the page answers, run by node: the same five numbers for each case."""
    code = (
        "const nothing = { querySelector: () => ({}) };\n"
        "globalThis.DOMParser = class { parseFromString() { return nothing; } };\n"
        + widget.get_state()["_esm"].replace("export default { render };", "")
        + f"""
        const panels = {json.dumps(widget.panels)};
        const answers = {json.dumps(cases)}.map(([name, peek, tried, tasks, seeds, draw]) => {{
          const drawn = benchmark(panels[name], {{ draw, tasks, seeds }});
          const told = reports(drawn, peek)[tried - 1];
          return [...[told, drawn.honest, drawn.plain].map(mean), ...wins(told, drawn)];
        }});
        console.log(JSON.stringify(answers));"""
    )
    done = subprocess.run(["node", "-e", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.skipif(shutil.which("node") is None, reason="runs the script with node")
def test_page_reports_what_python_computes():
    widget = machine(one=trials(seeds=1), two=trials(seeds=3, tasks=20, seed=1))
    cases = [
        (name, peek, tried, tasks, seeds, draw)
        for name, most in {"one": 1, "two": 3}.items()
        for peek in PEEKS
        for tried, tasks, seeds, draw in [(1, 7, 1, 1), (3, 4, most, 2), (5, 7, most, 123)]
    ]
    answers = asked(widget, cases)
    for (name, *case), answer in zip(cases, answers, strict=True):
        assert answer == pytest.approx(expected(widget.panels[name], *case), abs=1e-9), case
    assert len({tuple(answer) for answer in answers}) > len(cases) / 2


@pytest.mark.skipif(shutil.which("node") is None, reason="runs the script with node")
def test_more_tries_report_more_only_if_labels_are_seen():
    for peek, grows in zip(PEEKS, (False, True, True), strict=True):
        told = [row[0] for row in asked(machine(), [("made up", peek, k, 7, 2, 5)
                                                    for k in range(1, 6)])]  # fmt: skip
        steps = np.diff(told)
        assert (steps >= 0).all()
        assert steps.any() == grows


def test_state_holds_the_tables_rounded_by_seed():
    table = trials()
    panel = machine(a=table).panels["a"]
    assert panel["augmentations"] == LABELS
    for seed in (0, 1):
        rows = table.xs(seed, level="seed")
        np.testing.assert_allclose(panel["auc"][seed], rows[LABELS], atol=5e-5)
        np.testing.assert_allclose(panel["plain"][seed], rows["none"], atol=5e-5)


def test_tables_without_seeds_have_one():
    table = trials(seeds=1).droplevel("seed")
    assert machine(a=table).panels["a"]["plain"] == [np.round(table["none"], 4).tolist()]


def test_starts_with_all_tasks_of_the_first_panel():
    widget = machine(a=trials(tasks=7), b=trials(tasks=3))
    assert (widget.panel, widget.tasks, widget.tried, widget.peek) == ("a", 7, 1, EACH)


def test_marks_are_told_apart_by_shape():
    marks = machine().marks
    assert len({shape for *_, shape in marks}) == len(marks) == 3
    known = {mark.colour for mark in CATEGORIES.values()}
    assert {colour for _, colour, _ in marks} <= known  # those whose contrast is tested


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({}, "at least one table"),
        ({"a": trials().drop(columns="none")}, "needs the column 'none'"),
        ({"a": trials()[["none"]]}, "one augmentation or more"),
        ({"a": trials().iloc[1:]}, "has gaps"),
        ({"a": trials().where(trials() > 0.31)}, "has gaps"),
    ],
)
def test_tables_that_cannot_be_shown_are_refused(tables, message):
    with pytest.raises(ValueError, match=message):
        CherryPicker.from_tables(tables, label="Detector", plain="none")
