"""Processes that begin with their imports done, and with nothing else."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from ssad_lib import warm

pytestmark = pytest.mark.skipif(not warm.FORKS, reason="a fork is safe here on Linux only")


def report(environment, answer):
    """Write what a new process is like to the file `answer`."""
    warm.begin(environment)
    threads = len(list(Path(f"/proc/{os.getppid()}/task").iterdir()))
    draws = f"{random.random()} {np.random.random()}"  # noqa: NPY002
    imported = "torch" in sys.modules and "sklearn.metrics" in sys.modules
    Path(answer).write_text(f"{threads} {os.environ.get('SSAD_MARK')} {imported} {draws}")


def test_processes_differ_in_draws_have_the_environment_and_a_server_of_one_thread(
    tmp_path, monkeypatch
):
    said = []
    for mark in "ab":
        monkeypatch.setenv("SSAD_MARK", mark)
        answer = tmp_path / mark
        process = warm.start(warm.WORKERS, report, dict(os.environ), answer)
        process.join()
        assert process.exitcode == 0
        said.append(answer.read_text().split())
    assert [words[:3] for words in said] == [["1", "a", "True"], ["1", "b", "True"]]
    assert said[0][3] != said[1][3]
    assert said[0][4] != said[1][4]


PROBED = """
import signal, sys
from pathlib import Path
Path(sys.argv[-1]).write_text(str(signal.getsignal(signal.SIGINT) is signal.SIG_IGN))
"""
PROBING = """
import os, sys
from ssad_lib import warm
if __name__ == "__main__":
    warm.start("probed", print).join()
"""


def test_the_server_is_deaf_to_ctrl_c_while_it_imports(tmp_path):
    """Else an interrupted cell shows the server's traceback."""
    answer = tmp_path / "answer"
    (tmp_path / "probed.py").write_text(PROBED.replace("sys.argv[-1]", repr(str(answer))))
    (tmp_path / "driver.py").write_text(PROBING)
    places = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[1])])
    environment = os.environ | {"PYTHONPATH": places}
    subprocess.run([sys.executable, str(tmp_path / "driver.py")], check=True, env=environment)
    assert answer.read_text() == "True"


def wait_forever(environment, mark):
    warm.begin(environment)
    Path(mark).write_text(str(os.getpid()))
    time.sleep(600)


DRIVER = """
import os, sys
from ssad_lib import warm
from tests.test_warm import wait_forever
if __name__ == "__main__":
    warm.start("math", wait_forever, dict(os.environ), sys.argv[1]).join()
"""


def test_a_process_ends_with_its_driver(tmp_path):
    mark = tmp_path / "mark"
    driver = subprocess.Popen([sys.executable, "-c", DRIVER, str(mark)])
    until = time.monotonic() + 300
    while not (mark.is_file() and mark.read_text()) and time.monotonic() < until:
        time.sleep(0.02)
    stat = Path(f"/proc/{mark.read_text()}/stat")
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    while stat.exists() and stat.read_text().split(")")[1].split()[0] != "Z":
        assert time.monotonic() < until
        time.sleep(0.02)
