"""Progress travels from a notebook's kernel to the terminal through a file."""

import io
import json
import os
import sys
import time

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
    assert [step["done"] for step in steps] == [4, 5]
    assert steps[1] == {"title": "Table 1", "done": 5, "total": 5, "what": "b"}


def test_a_terminal_shows_what_another_process_does(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with followed():
        with Progress(missing=3, total=3, title="Table 1") as progress:
            progress.advance("DAE/flip class 3")
        until = time.monotonic() + 5
        while "DAE/flip" not in terminal.getvalue() and time.monotonic() < until:
            time.sleep(0.05)
    assert "Table 1: DAE/flip class 3" in terminal.getvalue()
    assert "1/3" in terminal.getvalue()
    assert PROGRESS_FILE not in os.environ


def test_without_a_terminal_a_notebook_keeps_no_bar(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with followed(), Progress(missing=1, total=1, title="Table 1") as progress:
        assert progress.bar.disable
        progress.advance("DAE/flip class 3")
    assert sys.stderr.getvalue() == ""
    assert PROGRESS_FILE not in os.environ
