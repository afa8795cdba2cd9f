"""`ssad compare`: which runs of two stores differ and by how much, and which verdicts turn."""

import math
import os
from dataclasses import replace

import pytest

from ssad_lib import cli, results
from ssad_lib.claims import sources
from ssad_lib.claims.rule_book import Finding, Part
from ssad_lib.record import TaskResult
from ssad_lib.review import compare
from ssad_lib.review.pairs import Pair, paired, records_of
from ssad_lib.spec import RECIPE
from ssad_lib.store import Store
from tests.claims import worlds
from tests.test_spec import SPEC
from tests.test_store import record


def by_key(*records):
    return {one.spec.key: one for one in records}


def with_auc(one, **aucs):
    tasks = tuple(TaskResult("controlled", name, auc, 0.5, 2, 3) for name, auc in aucs.items())
    return replace(one, tasks=tasks)


def filled(folder, *records):
    store = Store(folder / "store.sqlite")
    for one in records:
        store.append(one)
    return folder


@pytest.fixture
def stores(tmp_path):
    """Two stores that share two runs, of which one differs, and have one of their own each."""
    first = filled(tmp_path / "a", record(0), with_auc(record(1), flip=0.5, cutout=0.6), record(2))
    second = filled(
        tmp_path / "b", record(0), with_auc(record(1), flip=0.51, cutout=0.4), record(3)
    )
    return first, second


@pytest.fixture
def worlds_apart(monkeypatch, stores):
    """In the first store the paper is right, in the second nothing has any effect."""

    def of_profile(chapter, profile, overrides):
        first = os.environ["SSAD_HOME"] == str(stores[0].resolve())
        return worlds.world() if first else worlds.world(worlds.no_effect)

    monkeypatch.setattr(sources, "of_profile", of_profile)
    return stores


def test_runs_are_paired_and_the_largest_change_is_named(stores):
    both = paired(*(records_of(folder) for folder in stores))
    assert sorted(pair.first.spec.seed for pair in both.pairs) == [0, 1]
    (pair,) = both.differing
    assert pair.first.spec.seed == 1
    assert (pair.shift.task, pair.shift.before, pair.shift.after) == ("controlled/cutout", 0.6, 0.4)
    assert [one.spec.seed for one in both.only_first] == [2]
    assert [one.spec.seed for one in both.only_second] == [3]


def test_everything_is_said(worlds_apart, capsys, monkeypatch):
    home = os.environ["SSAD_HOME"]
    assert cli.main(["compare", *map(str, worlds_apart)]) == 1  # verdicts turn
    said = capsys.readouterr().out
    assert "2 runs are in both: 1 are the same to the last bit, 1 differ" in said
    assert "−0.2000 controlled/cutout (0.6000 -> 0.4000)" in said
    assert "1 runs are in A alone" in said
    assert f"{replace(SPEC, seed=2).key[:12]} {replace(SPEC, seed=2).title}" in said
    assert "A02  supported -> " in said
    assert os.environ["SSAD_HOME"] == home


def test_two_copies_are_the_same(stores, capsys, monkeypatch):
    monkeypatch.setattr(sources, "of_profile", lambda *_: worlds.world())
    copy = filled(stores[0].parent / "c", *records_of(stores[0]).values())
    assert cli.main(["compare", str(stores[0]), str(copy)]) == 0
    said = capsys.readouterr().out
    assert "3 runs are in both: 3 are the same to the last bit, 0 differ" in said
    assert "0 turn" in said
    assert "alone" not in said


def test_nan_is_the_same_as_nan():
    one = replace(record(), loss_curve=(0.5, math.nan), measures={"spread": math.nan})
    assert Pair(one, replace(one)).is_same
    assert not Pair(one, replace(one, loss_curve=(0.5, 0.25))).is_same


def test_another_recipe_or_other_images_are_compared_with_their_like():
    older = replace(SPEC, recipe=RECIPE - 1)
    oldest = replace(SPEC, recipe=RECIPE - 2)
    repainted = replace(SPEC, fingerprint="other pixels", seed=7)
    first = by_key(*(replace(record(), spec=one) for one in (older, oldest, replace(SPEC, seed=7))))
    second = by_key(*(replace(record(), spec=one) for one in (SPEC, repainted)))
    both = paired(first, second)
    assert both.counterparts == 2
    remarks = {pair.first.spec.seed: pair.remarks for pair in both.pairs}
    assert remarks == {0: [f"recipe {RECIPE - 1} against {RECIPE}"], 7: ["other images"]}
    assert [one.spec.recipe for one in both.only_first] == [RECIPE - 2]
    assert both.only_second == ()
    assert "2 of them are of two recipes" in "\n".join(compare.runs_text(both, 5))


def test_an_older_record_beside_a_shared_one_stays_alone():
    old = replace(record(), spec=replace(SPEC, recipe=RECIPE - 1))
    both = paired(by_key(record(), old), by_key(record()))
    assert len(both.pairs) == 1
    assert both.only_first == (old,)


def test_a_run_that_failed_in_one_store_comes_first():
    failed = replace(record(1), tasks=(), error="the training loss became nan")
    first = by_key(with_auc(record(0), flip=0.1), record(1))
    second = by_key(with_auc(record(0), flip=0.9), failed)
    said = compare.runs_text(paired(first, second), 5)
    assert "no task in both; A: finished; B: the training loss became nan" in said[2]
    assert "+0.8000 controlled/flip" in said[3]


def test_other_tasks_are_named():
    pair = Pair(with_auc(record(), flip=0.5), with_auc(record(), flip=0.5, invert=0.5))
    assert pair.remarks == ["only one has controlled/invert"]


def test_long_lists_are_cut_and_say_so():
    first = by_key(*(with_auc(record(seed), flip=0.5) for seed in range(5)))
    second = by_key(*(with_auc(record(seed), flip=0.5 + seed / 10) for seed in range(5)))
    said = compare.runs_text(paired(first, second), 2)
    assert "+0.4000" in said[2]
    assert "+0.3000" in said[3]
    assert said[4] == "  and 2 more: --most 4 lists them"
    assert compare.runs_text(paired(first, {}), 4)[-1] == "  and 1 more: --most 5 lists them"


PART = Part("Flip over none", 0.1, 0.05, 0.2, "AUC", 6, 0.02, 0.99)
TOLD, LOST = Finding("supported", (PART,)), Finding("not run", note="there are no runs of DAE")


def test_a_claim_that_one_store_tells_is_no_verdict_that_turns():
    said = "\n".join(compare.verdicts_text({"A01": TOLD}, {"A01": LOST}, "laptop"))
    assert "0 claims are told by both, 0 turn; 1 are told by one alone" in said
    assert "B: there are no runs of DAE" in said
    assert compare.turned({"A01": TOLD}, {"A01": LOST}) == []


def test_stores_without_the_runs_of_any_claim_say_so():
    said = compare.verdicts_text({"A01": LOST}, {"A01": LOST}, "paper")
    assert said == ["verdicts, paper profile: neither store has the runs of any claim"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("a", "nowhere"), "there is no run store in nowhere: name a folder that SSAD_HOME had"),
        (("a", "a"), "are the same folder"),
        (("a", "tables"), "SSAD_HOME=DIR ssad store import tables"),
        (("a", "a/store.sqlite"), "that is a file; its folder is a"),
        (("a", "b", "--profile", "labtop"), "did you mean 'laptop'"),
        (("a", "b", "-p", "epocks=3"), "no chapter of these claims has a parameter epocks"),
    ],
)
def test_what_cannot_be_compared_gets_one_line(names, message, stores, capsys, monkeypatch):
    monkeypatch.chdir(stores[0].parent)
    monkeypatch.setattr(sources, "of_profile", lambda *_: worlds.world())
    results.write([record()], stores[0].parent / "tables")
    assert cli.main(["compare", *names]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
    assert not (stores[0].parent / "nowhere").exists()
