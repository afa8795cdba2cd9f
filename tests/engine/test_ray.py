"""The executor on a local Ray cluster: same records, lost workers, errors, a clean end."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from ssad_lib.engine import execute, executors, fleets
from ssad_lib.errors import SsadError
from ssad_lib.store import Store
from tests.engine.studies import dying_once, scores_of, specs
from tests.engine.test_crash import alive
from tests.engine.test_executors import FailingStore

ray = pytest.importorskip("ray")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


perform_fleet = fleets.perform_fleet


def test_two_workers_one_of_them_killed_give_the_records_of_the_serial_executor(
    tmp_path, monkeypatch
):
    study, notes = specs()[::8], tmp_path / "notes"
    serial, cluster = Store(tmp_path / "serial"), Store(tmp_path / "cluster")
    execute(study, serial, executor="serial")
    monkeypatch.setenv("SSAD_TEST_NOTES", str(notes))
    monkeypatch.setattr(fleets, "perform_fleet", dying_once)
    execute(study, cluster, executor="ray", jobs=2)
    assert not ray.is_initialized()  # the cluster that it started is gone
    assert len(notes.read_text().splitlines()) >= len(study) + 1  # one of them twice
    expected, found = (store.records([spec.key for spec in study]) for store in (serial, cluster))
    assert found.keys() == expected.keys() == {spec.key for spec in study}
    for key, record in found.items():
        assert replace(record, provenance={}) == replace(expected[key], provenance={})
    expected, found = scores_of(serial, study), scores_of(cluster, study)
    assert all(np.array_equal(found[key], expected[key]) for key in expected)


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        ("127.0.0.1:1", "no Ray cluster answers at '127.0.0.1:1': .*refused"),
        ("head", "no Ray cluster answers at 'head': .*the form host:port"),
    ],
)
def test_wrong_address_is_explained_at_once(address, complaint, monkeypatch):
    monkeypatch.setenv("SSAD_RAY_ADDRESS", address)
    with pytest.raises(SsadError, match=complaint) as caught:
        execute(specs()[:1], Store(), executor="ray")
    assert "\n" not in str(caught.value)


@pytest.fixture(scope="module")
def address():
    """Return the address of a cluster that is not the executor's own."""
    executors.ray._library().init(**executors.ray._local(workers=2), **executors.ray._quiet())
    yield ray.get_runtime_context().gcs_address
    ray.shutdown()


@pytest.mark.usefixtures("address")
def test_error_of_a_run_is_one_line():
    changed = replace(specs()[0], fingerprint="other")
    with pytest.raises(SsadError, match="^image set 'street-digits' has changed.*again$"):
        execute([changed], Store(), executor="ray")
    assert ray.is_initialized()


def test_a_fleet_takes_a_whole_gpu_where_there_are_any():
    gpus = executors.ray._gpus
    assert (gpus(None, 0), gpus(None, 4), gpus(0.25, 4)) == (0, 1, 0.25)


@pytest.mark.usefixtures("address")
def test_cluster_without_gpu_is_explained(monkeypatch):
    monkeypatch.setenv("SSAD_GPUS_PER_RUN", "0.5")
    with pytest.raises(SsadError, match="no GPU in the Ray cluster.*--gpus-per-run"):
        execute(specs()[:1], Store(), executor="ray")


def sleep_in(folder):
    """Note in `folder` which process it is, and do not end."""
    (folder / str(os.getpid())).touch()
    time.sleep(600)


def sleep_in_data_root(fleet):
    sleep_in(Path(os.environ["SSAD_DATA"]))


def sleep_but_for_one(trained, folder, fleet):
    if fleet[0].key != trained:
        sleep_in(folder)
    while not list(folder.iterdir()):
        time.sleep(0.01)
    return perform_fleet(fleet)


DRIVER = """
from ssad_lib.engine import execute, fleets
from ssad_lib.store import Store
from tests.engine.studies import specs
from tests.engine.test_ray import sleep_in_data_root

fleets.perform_fleet = sleep_in_data_root
execute(specs()[:4], Store(), executor="ray")
"""


def wait_until(condition):
    until = time.monotonic() + 300
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)
    assert condition()


def test_interrupted_driver_ends_its_runs_but_not_the_cluster(address, tmp_path):
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER],
        env={**os.environ, "SSAD_RAY_ADDRESS": address, "SSAD_DATA": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: len(list(tmp_path.iterdir())) == 2 or driver.poll() is not None)
    driver.send_signal(signal.SIGINT)
    _, errors = driver.communicate(timeout=60)
    assert "stopped: 0 of 4 runs are stored" in errors
    pids = [file.name for file in tmp_path.iterdir()]
    assert len(pids) == 2  # the data root reached both workers
    wait_until(lambda: not any(alive(pid) for pid in pids))
    assert ray.get(ray.remote(alive).remote(os.getpid()))


@pytest.mark.usefixtures("address")
def test_a_store_that_cannot_be_written_cancels_the_other_runs(tmp_path, monkeypatch):
    study = specs()[:3]
    interrupted = partial(sleep_but_for_one, study[0].key, tmp_path)
    monkeypatch.setattr(fleets, "perform_fleet", interrupted)
    with pytest.raises(SsadError, match="the disk is full"):
        execute(study, FailingStore(), executor="ray")
    pids = [file.name for file in tmp_path.iterdir()]
    wait_until(lambda: not any(alive(pid) for pid in pids))
    assert ray.is_initialized()
