"""``kill -9`` of a driver costs no finished run and changes no bit, of a worker its own run."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from ssad_lib.engine import execute, fleets
from ssad_lib.engine.executors.crashes import Crash, settled
from ssad_lib.errors import RunsFailedError
from ssad_lib.store import Store
from tests.engine.studies import dying, dying_once, guilty, scores_of, specs

KILLS = int(os.environ.get("SSAD_TEST_KILLS", "3"))
ROOT = Path(__file__).resolve().parents[2]


def start(notes):
    notes.write_text("")
    return subprocess.Popen(
        [sys.executable, "-m", "tests.engine.studies", "2"],
        cwd=ROOT,
        env={**os.environ, "SSAD_TEST_NOTES": str(notes)},
    )


def kill_after(driver, store, more):
    """Kill the driver once `more` records were added, a random instant later."""
    before = len(store.keys())
    while len(store.keys()) < before + more and driver.poll() is None:
        time.sleep(0.01)
    time.sleep(random.uniform(0, 0.2))
    driver.send_signal(signal.SIGKILL)
    driver.wait()


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_killed_studies_end_like_an_undisturbed_one(tmp_path):
    study, notes, store = specs(), tmp_path / "notes", Store()
    for _ in range(KILLS):
        stored = store.keys()
        driver = start(notes)
        kill_after(driver, store, more=random.randint(0, 2))
        begun = [line.split() for line in notes.read_text().splitlines()]
        assert stored.isdisjoint(key for _, key in begun)
        until = time.monotonic() + 120
        while any(alive(pid) for pid, _ in begun) and time.monotonic() < until:
            time.sleep(0.05)
        assert not any(alive(pid) for pid, _ in begun), "a worker outlived its driver"
    stored = store.keys()
    assert start(notes).wait() == 0
    resumed = [line.split()[1] for line in notes.read_text().splitlines()]
    assert sorted(resumed) == sorted({spec.key for spec in study} - stored)

    undisturbed = Store(tmp_path / "undisturbed")
    execute(study, undisturbed, jobs=1)
    ours, theirs = scores_of(store, study), scores_of(undisturbed, study)
    assert ours.keys() == theirs.keys() == {spec.key for spec in study}
    assert all(np.array_equal(ours[key], theirs[key]) for key in ours)
    tasks = [store.records(list(ours))[key].tasks for key in ours]
    assert tasks == [undisturbed.records(list(ours))[key].tasks for key in ours]


@pytest.fixture
def tried(tmp_path, monkeypatch):
    """Return a function that says which keys were tried so far, each as often as it was."""
    notes = tmp_path / "notes"
    notes.touch()
    monkeypatch.setenv("SSAD_TEST_NOTES", str(notes))
    return lambda: [line.split()[1] for line in notes.read_text().splitlines()]


signals = pytest.mark.skipif(sys.platform == "win32", reason="tells signals apart")


@signals
@pytest.mark.parametrize("executor", ["processes", "ray"])
def test_dead_workers_cost_their_own_runs_and_these_are_tried_again_the_next_time(
    executor, tried, monkeypatch, capfd
):
    if executor == "ray":
        pytest.importorskip("ray")
    study, store = specs()[:4], Store()
    by_kill, by_fault = guilty(study)
    monkeypatch.setattr(fleets, "perform_fleet", dying)
    with pytest.raises(RunsFailedError, match="^2 of 4 runs failed, the others are") as caught:
        execute(study, store, jobs=2, executor=executor)
    assert "\n" not in str(caught.value)
    assert set(caught.value.runs) == {by_kill, by_fault}
    assert caught.value.runs[by_kill].startswith(study[1].title)
    assert "killed by signal 9 (SIGKILL)" in caught.value.runs[by_kill]
    assert "killed by signal 11 (SIGSEGV)" in caught.value.runs[by_fault]
    assert capfd.readouterr().err.count("tried again, alone, after the others") == 2
    assert store.keys() == {spec.key for spec in study} - {by_kill, by_fault}
    assert set(store.crashes()) == {by_kill, by_fault}
    assert sorted(tried()) == sorted([spec.key for spec in study] + [by_kill, by_fault])

    monkeypatch.setattr(fleets, "perform_fleet", fleets_perform)
    assert len(execute(study, store, jobs=1)) == 4
    assert store.crashes() == {}


fleets_perform = fleets.perform_fleet


@signals
def test_a_run_whose_worker_dies_once_is_stored_and_no_failure(tried, monkeypatch):
    study, store = specs()[:2], Store()
    monkeypatch.setattr(fleets, "perform_fleet", dying_once)
    assert [record.spec for record in execute(study, store, jobs=2)] == study
    assert len(tried()) == 3
    assert set(tried()) == {spec.key for spec in study}
    assert store.crashes() == {}


@signals
def test_one_missing_run_that_crashes_does_not_take_the_driver_with_it(tried, monkeypatch):
    study = specs()[1:2]
    monkeypatch.setattr(fleets, "perform_fleet", dying)
    with pytest.raises(RunsFailedError, match=r"1 of 1 runs failed.*SIGKILL.*run the same command"):
        execute(study, Store(), jobs=2)


def test_a_fleet_is_split_until_only_the_guilty_run_fails():
    fleet = tuple(specs()[:9])
    sizes = []

    def alone(part):
        sizes.append(len(part))
        return Crash(part, "gone") if fleet[6] in part else [spec.key for spec in part]

    outcomes = list(settled((outcome for outcome in [Crash(fleet, "gone")]), alone))
    last = [outcome for outcome in outcomes if isinstance(outcome, Crash) and outcome.final]
    assert [crash.fleet for crash in last] == [(fleet[6],)]
    finished = [key for key in outcomes if not isinstance(key, Crash)]
    assert sorted(finished) == sorted(spec.key for spec in fleet if spec != fleet[6])
    assert sizes == [4, 5, 2, 3, 1, 2]


def test_an_interrupted_study_ends_what_it_had_begun():
    closed = []

    def first():
        try:
            yield ["record"]
            yield ["another"]
        finally:
            closed.append(True)

    outcomes = settled(first(), alone=lambda fleet: [])
    next(outcomes)
    outcomes.close()
    assert closed == [True]
