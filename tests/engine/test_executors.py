"""Executors: the number of workers, the choice of one, workers that die or are left early."""

import multiprocessing
import os
import sys
import time

import pytest

from ssad_lib.engine import execute, executors, fleets
from ssad_lib.engine.executors import processes
from ssad_lib.errors import SsadError
from ssad_lib.store import Store
from tests.engine.studies import specs


@pytest.mark.parametrize("jobs", ["two", "0", "-1"])
def test_number_of_jobs_is_checked(jobs, monkeypatch):
    monkeypatch.setenv("SSAD_JOBS", jobs)
    with pytest.raises(SsadError, match=f"not '{jobs}'"):
        executors.workers()


perform_fleet = fleets.perform_fleet


def nobody_starts(environment):
    os._exit(1)


@pytest.mark.skipif(sys.platform == "win32", reason="tells signals apart")
def test_workers_that_cannot_start_end_the_study(monkeypatch):
    monkeypatch.setattr(processes, "_start_worker", nobody_starts)
    with pytest.raises(SsadError, match="die as they start.*--executor serial"):
        execute(specs()[:2], Store(), jobs=2)


def sleep_instead(fleet):
    if fleet[0].normal_class == 0:
        return perform_fleet(fleet)
    time.sleep(600)
    return []


class FailingStore(Store):
    """A store whose disk is full from the start."""

    def append(self, record, *, again=False):
        raise SsadError("the disk is full")


def test_a_store_that_cannot_be_written_ends_the_workers_at_once(monkeypatch):
    monkeypatch.setattr(fleets, "perform_fleet", sleep_instead)
    started = time.monotonic()
    with pytest.raises(SsadError, match="the disk is full"):
        execute(specs()[:2], FailingStore(), jobs=2)
    while multiprocessing.active_children() and time.monotonic() < started + 120:
        time.sleep(0.05)
    assert not multiprocessing.active_children()


@pytest.fixture
def _variables_restored(monkeypatch):
    for variable in ("SSAD_EXECUTOR", "SSAD_JOBS", "SSAD_RAY_ADDRESS", "SSAD_GPUS_PER_RUN"):
        monkeypatch.setenv(variable, "")
        monkeypatch.delenv(variable)


@pytest.mark.usefixtures("_variables_restored")
def test_what_is_chosen_reaches_other_processes():
    executors.choose("ray", 3, "head:6379", "0.25")
    assert executors.get() is executors.EXECUTORS["ray"]
    assert executors.workers() == 3
    assert executors.ray.gpus_per_run() == 0.25
    assert os.environ["SSAD_RAY_ADDRESS"] == "head:6379"


@pytest.mark.usefixtures("_variables_restored")
@pytest.mark.parametrize(
    ("choice", "complaint"),
    [
        (("rai", None, None, None), "unknown executor 'rai': did you mean 'ray'"),
        (("serial", 0, None, None), "at least 1, not '0'"),
        (("ray", None, None, "2"), "at most 1, not '2'"),
        (("ray", None, None, "many"), "at most 1, not 'many'"),
        ((None, None, "head:6379", None), "add --executor ray"),
        (("serial", None, None, "0.5"), "add --executor ray"),
    ],
)
def test_what_cannot_be_meant_is_refused(choice, complaint):
    with pytest.raises(SsadError, match=complaint):
        executors.choose(*choice)
    assert "SSAD_JOBS" not in os.environ
    assert "SSAD_GPUS_PER_RUN" not in os.environ


def test_ray_that_is_not_installed_is_explained(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(SsadError, match=r"pip install ssad-lib\[cluster\]"):
        execute(specs()[:1], Store(), executor="ray")


@pytest.mark.parametrize("name", ["serial", "processes"])
def test_one_worker_trains_in_this_process(name, monkeypatch):
    def here(fleet):  # a local function reaches no other process
        assert os.getpid() == driver
        return perform_fleet(fleet)

    driver = os.getpid()
    monkeypatch.setattr(fleets, "perform_fleet", here)
    study = specs()[:2]
    records = execute(study, Store(), jobs=1, executor=name)
    assert [record.spec for record in records] == study
