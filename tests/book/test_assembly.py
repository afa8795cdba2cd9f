import os
import threading

import pytest

from ssad_lib import book, profiles
from ssad_lib.book import assembly, contents, execution
from ssad_lib.book.times import HEADING, Times
from ssad_lib.errors import NotFinishedError, RunsFailedError, SsadError
from ssad_lib.studies import plan
from tests.engine.studies import specs

CHAPTER = "part/kitchen-sink"


@pytest.fixture
def steps(mini, monkeypatch):
    """What a build does, in its order; nothing is trained, executed or rendered."""
    done = []
    monkeypatch.setattr(plan, "of_book", lambda names, *_: specs() if CHAPTER in names else [])
    monkeypatch.setattr(
        "ssad_lib.engine.execute",
        lambda wanted, store, *, fresh, title: done.append(("train", len(wanted), fresh)),
    )

    def run(chapter, running, parameters):
        done.append(("execute", chapter.name, os.environ.get("SSAD_FRESH")))
        running.write_text("{}")

    monkeypatch.setattr(execution, "_run", run)
    monkeypatch.setattr(assembly, "stage", lambda profile, _: done.append(("stage", profile)))
    monkeypatch.setattr(assembly.warm, "prepare", lambda module: None)
    monkeypatch.setattr(assembly, "render", lambda staged, say: done.append(("render",)))
    return done


def quiet(_):
    pass


def test_runs_are_trained_before_the_first_chapter_and_pages_come_last(steps):
    book.build("smoke", say=quiet)
    assert steps[0] == ("train", len(specs()), False)
    assert steps[1] == ("execute", CHAPTER, None)
    assert [step[0] for step in steps[2:]] == ["stage", "render"]


def test_what_is_up_to_date_is_neither_trained_nor_executed(steps):
    said = []
    book.build("smoke", say=quiet)
    steps.clear()
    book.build("smoke", say=said.append)
    assert [step[0] for step in steps] == ["stage", "render"]
    assert said[0] == f"{CHAPTER}: up to date"


def test_fresh_trains_once_although_every_chapter_is_executed(steps, monkeypatch):
    book.build("smoke", say=quiet)
    steps.clear()
    monkeypatch.setenv("SSAD_FRESH", "1")  # as the command line sets it
    book.build("smoke", fresh=True, say=quiet)
    assert steps[:2] == [("train", len(specs()), True), ("execute", CHAPTER, None)]


def test_a_failing_chapter_ends_the_build_before_it_is_rendered(steps, monkeypatch):
    def fail(chapter, running, parameters):
        raise SsadError("chapter x, cell [2]: no")

    monkeypatch.setattr(execution, "_run", fail)
    with pytest.raises(SsadError, match="cell"):
        book.build("smoke", say=quiet)
    assert [step[0] for step in steps] == ["train"]


def test_chapters_are_executed_side_by_side(mini, monkeypatch):
    both = threading.Barrier(2, timeout=20)  # broken if the second waits for the first
    monkeypatch.setattr(assembly, "execute_unwatched", lambda *_, **__: both.wait())
    monkeypatch.setenv("SSAD_JOBS", "2")
    assert assembly._execute(["one", "two"], "smoke", {}, quiet, Times()) == {}


def fail_training(monkeypatch, *keys):
    def train(*_, **__):
        raise RunsFailedError("1 of 9 runs failed", dict.fromkeys(keys, "AE digits: crashed"))

    monkeypatch.setattr("ssad_lib.engine.execute", train)


def test_a_failed_run_leaves_out_the_chapters_that_need_it_and_the_book_is_built(
    steps, monkeypatch
):
    said = []
    fail_training(monkeypatch, specs()[0].key)
    with pytest.raises(NotFinishedError, match=f"without the results of {CHAPTER}") as caught:
        book.build("smoke", say=said.append)
    assert "\n" not in str(caught.value)
    assert [step[0] for step in steps] == ["stage", "render"]
    assert f"{CHAPTER}: left out: 1 of its {len(specs())} runs failed; AE digits: crashed" in said


def test_a_failed_run_leaves_the_other_chapters_as_they_are(steps, monkeypatch):
    fail_training(monkeypatch, "the key of a run that no chapter asks for")
    book.build("smoke", say=quiet)
    assert [step[0] for step in steps] == ["execute", "stage", "render"]


def test_a_dead_kernel_costs_its_own_chapter(steps, monkeypatch):
    def die(chapter, running, parameters):
        raise NotFinishedError("the kernel died, killed by signal 11 (SIGSEGV)")

    monkeypatch.setattr(execution, "_run", die)
    with pytest.raises(NotFinishedError, match="SIGSEGV"):
        book.build("smoke", say=quiet)
    assert [step[0] for step in steps] == ["train", "stage", "render"]


def test_a_build_ends_with_a_table_of_where_the_time_went(steps):
    said = []
    book.build("smoke", say=said.append)
    table = said[said.index(HEADING) + 1 :]
    assert [line.split()[0] for line in table[:4]] == ["training", CHAPTER, "rendering", "whole"]
    seconds = [float(line.split()[1]) for line in table[:4]]
    assert seconds[3] >= max(seconds[:3])


def test_the_chapter_that_measures_for_others_starts_first():
    order = ["not-magic/setup", "not-magic/table-2", "not-magic/observation-1"]
    assert assembly._longest_first(order, "smoke", {}) == [
        "not-magic/table-2", "not-magic/setup", "not-magic/observation-1",
    ]  # fmt: skip


@pytest.mark.parametrize("profile", profiles.NAMES)
def test_every_chapter_of_every_profile_has_its_place(profile):
    every = [chapter.name for chapter in contents.chapters() if chapter.source.suffix == ".ipynb"]
    assert sorted(assembly._longest_first(every, profile, {})) == sorted(every)
