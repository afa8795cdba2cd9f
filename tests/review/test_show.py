"""`ssad show KEY`: the record of one run, found by the beginning of its key."""

import math
import re
from dataclasses import replace

import pytest

from ssad_lib import cli, paths, results
from ssad_lib.record import Record, TaskResult
from ssad_lib.review.show import WIDTH, lines, sparkline
from ssad_lib.store import Store
from tests.test_spec import SPEC
from tests.test_store import record


@pytest.fixture
def committed(tmp_path, monkeypatch):
    """A folder of committed results with one run of its own."""
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    one = record(seed=90)
    results.write([one], tmp_path / "some-grid")
    return one


def shown(prefix, capsys):
    assert cli.main(["show", prefix]) == 0
    return capsys.readouterr().out


def complaint(prefix, capsys):
    assert cli.main(["show", prefix]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


def test_a_record_is_shown_with_all_that_is_known(committed, capsys):
    one = replace(record(), measures={"collapsed": 0.0, "spread": 1 / 3})
    Store().append(one)
    said = shown(one.spec.key[:8].upper(), capsys)
    assert said.startswith(f"run         {one.spec.key}\n")
    assert str(paths.store()) in said
    for name, value in one.spec.detector_options:
        assert f"{name} {value}" in said
    assert "normal class 3, seed 0" in said
    assert "█▁" in said
    assert "0.3333 to 0.25 in 2 epochs" in said
    assert "collapsed 0, spread 0.3333" in said
    assert re.search(r"controlled +flip +0\.3000 +0\.3333 +2 +3\n", said)
    assert "raw scores  normal 2, controlled/flip 3" in said
    assert "commit abc" in said
    assert "failed" not in said


def test_committed_records_are_found_too(committed, capsys):
    said = shown(committed.spec.key, capsys)
    assert "some-grid" in said
    assert "raw scores  not kept with it" in said
    Store().append(committed)
    assert str(paths.store()) in shown(committed.spec.key, capsys)  # there it has its scores


def test_a_failed_run_says_why(committed, capsys):
    failed = Record(SPEC, (), (0.5, math.nan), {}, error="the training loss became nan in epoch 2")
    Store().append(failed)
    said = shown(SPEC.key, capsys)
    assert "failed      the training loss became nan" in said
    assert "▁×" in said
    assert "tasks       none" in said


def test_an_ambiguous_beginning_lists_the_keys(committed, capsys):
    keys = [committed.spec.key]
    for seed in range(40):
        Store().append(record(seed))
        keys.append(replace(SPEC, seed=seed).key)
    start = max((key[0] for key in keys), key=lambda sign: sum(key[0] == sign for key in keys))
    mine = sorted(key for key in keys if key[0] == start)
    said = complaint(start, capsys)
    assert f"'{start}' begins {len(mine)} keys" in said
    assert mine[0][:12] in said
    assert "street-digits class 3 seed" in said
    assert re.search(r" and 3\d more$", complaint("", capsys))


def test_an_unknown_key_gets_the_nearest(committed, capsys):
    Store().append(record())
    key = SPEC.key
    wrong = key[:5] + ("0" if key[5] != "0" else "1") + key[6:10]
    said = complaint(wrong, capsys)
    assert f"no run with key '{wrong}'" in said
    assert f"the nearest is {key[:12]} ({SPEC.title})" in said
    assert "ssad verify --json" in complaint("zzzzzzzz", capsys)


def test_without_a_store_the_committed_records_are_there_and_none_is_made(committed, capsys):
    assert "is no run store yet" in complaint("zzzz", capsys)
    shown(committed.spec.key[:10], capsys)
    assert not paths.store().exists()


def test_a_run_whose_process_died_says_how(committed, capsys):
    Store().note_crash(SPEC, "killed by signal 9 (SIGKILL)")
    assert "has no record: killed by signal 9" in complaint(SPEC.key[:10], capsys)


def test_no_line_is_wider_than_a_terminal_however_much_was_measured():
    measures = {f"measure_{number}": number / 7 for number in range(30)}
    task = TaskResult("controlled", "flip", 0.5, 0.5, 10, 10, measures)
    said = lines(replace(record(), tasks=(task,), measures=measures), "a store")
    named = [line for line in said if "://" not in line]
    assert max(map(len, named)) <= WIDTH + 12
    text = "\n".join(said)
    assert all(re.search(rf"\b{name}\b", text) for name in measures)
    assert "4.143" in text  # the last one


@pytest.mark.parametrize(
    ("curve", "drawn"),
    [
        ([1.0, 0.0], "█▁"),
        ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], "▁▂▃▄▅▆▇█"),
        ([2.0, 2.0], "▁▁"),
        ([math.nan, math.inf], "××"),
        ([], ""),
    ],
)
def test_sparklines(curve, drawn):
    assert sparkline(curve) == drawn


def test_a_long_curve_is_drawn_by_means_of_neighbours():
    assert sparkline([float(i // 100) for i in range(800)], width=8) == "▁▂▃▄▅▆▇█"
    assert len(sparkline([1.0, 0.5] * 77)) == 60
