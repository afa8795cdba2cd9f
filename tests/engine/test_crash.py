"""``kill -9`` at random moments costs no finished run, repeats none, and changes no bit."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from ssad_lib.engine import execute
from ssad_lib.store import Store
from tests.engine.studies import scores_of, specs

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
        until = time.monotonic() + 20
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
