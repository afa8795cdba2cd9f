"""Progress travels from a notebook's kernel to the terminal through a file."""

import io
import json
import os
import re
import subprocess
import sys
import time
from contextlib import nullcontext

import pytest

from ssad_lib.engine import progress as progress_module
from ssad_lib.engine.progress import PROGRESS_FILE, Progress, followed


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_steps_are_written_where_the_driver_asks(tmp_path, monkeypatch):
    monkeypatch.setenv(PROGRESS_FILE, str(tmp_path / "steps"))
    with Progress(missing=2, total=5, title="Table 1") as progress:
        progress.advance("a")
        progress.advance("b")
    steps = [json.loads(line) for line in (tmp_path / "steps").read_text().splitlines()]
    assert [step["done"] for step in steps] == [3, 4, 5]
    assert steps[2] == {"title": "Table 1", "done": 5, "total": 5, "what": "b"}


def test_a_terminal_shows_what_another_process_does(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with followed():
        with Progress(missing=3, total=3, title="Table 1") as progress:
            progress.advance("DAE/flip class 3")
        until = time.monotonic() + 5
        while "DAE/flip" not in terminal.getvalue() and time.monotonic() < until:
            time.sleep(0.05)
    assert "Table 1, DAE/flip class 3" in terminal.getvalue()
    assert "1/3" in terminal.getvalue()
    assert PROGRESS_FILE not in os.environ


@pytest.fixture
def log(monkeypatch, capsys):
    """Return a function that waits for so many lines in a log, where none waits half a minute."""
    monkeypatch.setattr(progress_module, "LINE_SECONDS", 0.05)
    monkeypatch.setattr(progress_module, "LOOK_SECONDS", 0.01)
    # Another test may have imported ipykernel, which else stands for a reader before a notebook.
    monkeypatch.setattr(progress_module, "_watched", lambda: False)

    def lines(wanted):
        said, until = "", time.monotonic() + 20
        while said.count("\n") < wanted and time.monotonic() < until:
            time.sleep(0.01)
            said += capsys.readouterr().err
        assert "\r" not in said
        return said.splitlines()

    return lines


LINE = r"Table 1: 3 of 5 runs, \S+(s/run|run/s), \S+ left after 00:\d\d"


def test_a_log_gets_a_line_again_and_again_while_a_single_run_trains(log):
    with Progress(missing=3, total=5, title="Table 1") as progress:
        progress.advance("AE digits")
        said = log(wanted=3)
    assert len(said) >= 3
    assert re.search(LINE + ", AE digits$", said[-1]), said


def test_a_log_gets_the_lines_of_what_another_process_does(log):
    with followed(), Progress(missing=3, total=5, title="Table 1") as progress:
        assert progress.bar.disable
        progress.advance("AE digits")
        said = log(wanted=3)
    assert re.search(LINE + ", AE digits$", said[-1]), said
    assert PROGRESS_FILE not in os.environ


def test_nothing_is_said_of_a_study_that_is_over(log):
    with followed():
        with Progress(missing=1, total=1, title="Table 1") as progress:
            log(wanted=1)  # while it trains
            progress.advance("AE digits")
            progress.note("the end")
            while "the end" not in log(wanted=1):
                pass
        time.sleep(0.3)
        print("silence", file=sys.stderr)
        assert log(wanted=1) == ["silence"]


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_note_stays(elsewhere, log):
    with (
        followed() if elsewhere else nullcontext(),
        Progress(missing=1, total=1, title="Table 1") as progress,
    ):
        progress.note("AE digits: killed; tried again")
        said = log(wanted=1)
    assert "AE digits: killed; tried again" in said


def test_a_bar_makes_no_semaphore_that_an_ended_kernel_would_leave_behind():
    code = (
        "import multiprocessing, multiprocessing.resource_tracker as tracker\n"
        "multiprocessing.set_start_method('forkserver')\n"
        "made = []\n"
        "tracker.register = lambda *named: made.append(named)\n"
        "from ssad_lib.engine.progress import Progress\n"
        "with Progress(1, 1, 'MMD') as progress:\n"
        "    progress.advance('class 3')\n"
        "print(made)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip().endswith("[]")
