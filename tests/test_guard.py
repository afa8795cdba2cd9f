from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CALL = "from ssad_lib import guard\nprint('script starts')\n"


def run(script: Path, *, code: str) -> subprocess.CompletedProcess[str]:
    script.write_text(code, encoding="utf-8")
    return subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)


def test_lines_of_a_script_without_a_guard_are_refused(tmp_path: Path) -> None:
    done = run(tmp_path / "mine.py", code=CALL + "guard.check_script()\n")
    assert done.returncode == 1
    assert f"line 3 of {tmp_path / 'mine.py'} starts processes" in done.stderr
    assert 'put what it does under `if __name__ == "__main__":`' in done.stderr


@pytest.mark.parametrize(
    "rest",
    [
        "if __name__ == '__main__':\n    guard.check_script()\n",
        "if '__main__' == __name__:\n    def go():\n        guard.check_script()\n    go()\n",
    ],
)
def test_a_guard_is_enough(tmp_path: Path, rest: str) -> None:
    done = run(tmp_path / "mine.py", code=CALL + rest)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_function_called_outside_the_guard_is_refused(tmp_path: Path) -> None:
    rest = "def go():\n    guard.check_script()\nif __name__ == '__main__':\n    pass\ngo()\n"
    assert "line 7 of" in run(tmp_path / "mine.py", code=CALL + rest).stderr


def test_a_command_without_a_file_is_left_alone() -> None:
    code = "from ssad_lib import guard; guard.check_script()"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_command_in_a_bare_script_says_so_once(tmp_path: Path) -> None:
    arguments = ["run", "not-magic/table-1", "--profile", "smoke", "--dry-run"]
    code = CALL + f"import sys\nfrom ssad_lib import cli\nsys.exit(cli.main({arguments!r}))\n"
    done = run(tmp_path / "mine.py", code=code)
    assert done.returncode == 2
    assert done.stdout.count("script starts") == 1
    assert done.stderr.count("\n") == 1
    assert "line 5 of" in done.stderr
