"""Rules that hold for the whole house: what is committed, imported, printed in the readme."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LONGEST_MODULE = 300


def committed():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_no_committed_file_names_a_registry_or_this_machine():
    # Written in parts, or this file would be the one that names them.
    hosts = [
        "py" + "pi.org",
        "python" + "hosted",
        "registry.npm" + "js",
        "/home/" + "user",
        "/work" + "/",
    ]
    for path in committed():
        text = path.read_bytes().decode("utf-8", "ignore")
        assert not [host for host in hosts if host in text], path


def test_modules_fit_a_short_reading():
    for path in (ROOT / "ssad_lib").rglob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE, path


def test_no_global_random_state():
    forbidden = re.compile(r"\b(torch\.manual_seed|np\.random\.(seed|rand|normal)|random\.seed)\b")
    for path in (ROOT / "ssad_lib").rglob("*.py"):
        assert not forbidden.search(path.read_text(encoding="utf-8")), path


def test_importing_the_library_stays_light():
    """A worker process imports detectors, data and augmentations: nothing of the book's stack."""
    code = (
        "import sys; from ssad_lib import augment, data, engine; "
        "print(*[m for m in ('torchvision', 'matplotlib', 'papermill', 'anywidget', 'sphinx') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.fixture(scope="module")
def readme():
    return (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_of_the_readme_runs(readme, capsys):
    (code,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    exec(compile(code.replace("epochs=20", "epochs=2"), "README.md", "exec"), {})
    assert 0 <= float(capsys.readouterr().out) <= 1


def test_the_commands_of_the_readme_exist(readme):
    from ssad_lib.cli import _parser

    parser = _parser()
    commands = re.findall(r"^\.venv/bin/ssad (.+)$", readme, re.MULTILINE)
    assert len(commands) >= 5
    for command in commands:
        parser.parse_args(command.split())  # leaves with an error if it is not understood


def test_make_targets_of_the_readme_exist(readme):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", readme, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
