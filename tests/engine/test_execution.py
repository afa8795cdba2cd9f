"""Execution: only what is missing, bitwise the same however it is run, failures recorded."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from ssad_lib.engine import execute, execution, executors, fleets, perform
from ssad_lib.errors import SsadError, StoppedError
from ssad_lib.spec import options
from ssad_lib.store import Store
from tests.engine.studies import noted, scores_of, specs


@pytest.fixture
def trained(tmp_path, monkeypatch):
    """Return a function that says which keys were trained so far, in order."""
    notes = tmp_path / "notes"
    notes.touch()
    monkeypatch.setenv("SSAD_TEST_NOTES", str(notes))
    monkeypatch.setattr(fleets, "perform_fleet", noted)
    return lambda: [line.split()[1] for line in notes.read_text().splitlines()]


def test_alone_in_a_study_and_in_two_processes_are_bitwise_equal(tmp_path):
    study = specs()[::3]
    serial, parallel = Store(tmp_path / "serial"), Store(tmp_path / "parallel")
    execute(study, serial, jobs=1)
    execute(study[::-1], parallel, jobs=2)
    one, two = scores_of(serial, study), scores_of(parallel, study)
    alone = np.concatenate(list(perform(study[-1]).scores.values()))
    assert all(np.array_equal(one[key], two[key]) for key in one)
    assert np.array_equal(alone, one[study[-1].key])


def test_only_what_is_missing_is_trained(trained):
    study, store = specs()[:4], Store()
    execute(study[:2], store, jobs=1)
    execute([*study, study[0]], store, jobs=1)
    assert trained() == [spec.key for spec in study]
    execute(study[:1], store, jobs=1, fresh=True)
    assert trained()[4:] == [study[0].key]


def interrupted_after(count):
    """Return an executor that is interrupted after so many runs."""

    def performed(groups, workers):
        for fleet in groups[:count]:
            yield from noted(fleet)
        raise KeyboardInterrupt

    return performed


def test_an_interrupted_study_says_what_is_stored_and_goes_on_from_there(trained, monkeypatch):
    study, store = specs()[:4], Store()
    monkeypatch.setattr(executors, "get", lambda name: interrupted_after(3))
    with pytest.raises(StoppedError, match=r"^stopped: 3 of 4 runs are stored; run the same cell"):
        execute(study, store)
    with pytest.raises(StoppedError, match=r"trained anew until now are stored$"):
        execute(study, store, fresh=True)
    monkeypatch.undo()
    assert len(store.keys()) == 3


def test_records_come_in_the_order_of_the_study():
    study, store = specs()[:3], Store()
    assert [r.spec for r in execute(study[::-1], store, jobs=1)] == study[::-1]


@pytest.fixture
def with_a_bad_run():
    good = specs()[-2:]
    bad = replace(
        good[0],
        detector_options=options({**dict(good[0].detector_options), "learning_rate": 1e30}),
    )
    return [bad, *good]


def test_a_failed_run_is_recorded_and_the_others_go_on(with_a_bad_run, trained):
    store = Store()
    with pytest.raises(SsadError, match=r"1 of 3 runs failed.*training loss became nan"):
        execute(with_a_bad_run, store, jobs=1)
    records = store.records([spec.key for spec in with_a_bad_run])
    errors = [bool(records[spec.key].error) for spec in with_a_bad_run]
    assert errors == [True, False, False]
    with pytest.raises(SsadError, match="1 of 3 runs failed"):
        execute(with_a_bad_run, store, jobs=1)
    assert len(trained()) == 3  # the failure is a result, too: it is not tried again


def test_changed_images_are_refused():
    with pytest.raises(SsadError, match="has changed since the study was planned"):
        perform(replace(specs()[0], fingerprint="other"))


def test_scores_that_are_not_finite_fail_the_run():
    """One huge step: the loss before it was finite, the network after it is not."""
    good = specs()[-1]
    budget = {**dict(good.detector_options), "learning_rate": 1e30, "epochs": 1, "batch_size": 64}
    record = perform(replace(good, detector_options=options(budget)))
    assert "became NaN or infinite" in record.error
    assert record.tasks == ()


HOLD = """
import sys, time
from filelock import FileLock
lock = FileLock(sys.argv[1])
lock.acquire()
print("held", flush=True)
time.sleep(600)
"""


@pytest.fixture
def occupied(monkeypatch):
    """Return a store, a process that holds its lock as a training study does, and the progress."""
    store = Store()
    steps = store.path.with_name("steps")
    monkeypatch.setenv("SSAD_PROGRESS", str(steps))
    monkeypatch.setattr(execution, "PATIENCE", 0.1)
    command = [sys.executable, "-c", HOLD, f"{store.path}.lock"]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"held\n"
    yield store, holder, steps
    holder.kill()
    holder.communicate()


def in_background(*arguments, **options):
    thread = threading.Thread(target=execute, args=arguments, kwargs=options, daemon=True)
    thread.start()
    return thread


def wait_until(condition):
    until = time.monotonic() + 300
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    assert condition()


def test_a_study_waits_for_another_or_its_death_and_trains_what_that_left(occupied, trained):
    store, holder, steps = occupied
    study = specs()[:3]
    later = in_background(study, store, jobs=1)
    wait_until(lambda: steps.is_file() and "waits for another study" in steps.read_text())
    store.append(perform(study[1]))  # by the study that holds the lock
    assert later.is_alive()
    assert trained() == []
    holder.kill()  # the system frees its lock
    later.join(60)
    assert trained() == [study[0].key, study[2].key]
    assert store.keys() == {spec.key for spec in study}


def test_what_is_stored_is_read_without_waiting(occupied):
    store, _, _ = occupied
    store.append(perform(specs()[0]))
    assert len(execute(specs()[:1], store)) == 1


def test_a_study_that_waits_can_be_interrupted(occupied):
    store, _, steps = occupied
    interrupt = threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT))
    interrupt.start()
    with pytest.raises(KeyboardInterrupt):
        execute(specs()[:1], store, jobs=1)
    assert "waits" in steps.read_text()
