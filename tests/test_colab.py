"""The first cell of a chapter on Colab, and what a notebook shows of errors and interrupts."""

import os
import sys
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from ssad_lib import book, colab, profiles
from ssad_lib.data.catalogue import FROM_DATA_ROOT
from ssad_lib.errors import SsadError, StoppedError


@pytest.fixture
def session(tmp_path, monkeypatch):
    """A folder of a session without a data root; what is downloaded, and where to."""
    fetched = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(colab.data, "download", lambda name, root: fetched.append((name, root)))
    monkeypatch.setattr(colab, "_explain_interrupts", lambda: None)
    monkeypatch.setenv("SSAD_DATA", "to be put back after the test")
    del os.environ["SSAD_DATA"]
    return fetched


def on(profile, monkeypatch):
    monkeypatch.setattr(profiles, "default", lambda: profile)


@pytest.mark.parametrize(
    ("chapter", "profile", "needed"),
    [
        ("not-magic/table-1", "colab", ["cifar10"]),
        ("self-tuning/table-2", "colab", ["mnist"]),
        ("self-tuning/table-1", "colab", []),
        ("scorecard", "colab", []),
        ("not-magic/table-1", "laptop", []),
        ("self-tuning/table-2", "laptop", []),
    ],
)
def test_what_the_profile_needs_is_fetched_and_nothing_else(
    chapter, profile, needed, session, monkeypatch, capsys, tmp_path
):
    on(profile, monkeypatch)
    colab.prepare(chapter)
    assert session == [(name, tmp_path / "data") for name in needed]
    assert Path(os.environ["SSAD_DATA"]) == tmp_path / "data"
    said = capsys.readouterr().out
    assert said.startswith(f"{chapter}, {profile} profile: ")
    assert said.count("\n") == 1
    assert (needed[0] if needed else "nothing to fetch") in said


def test_a_data_root_of_the_student_is_used(session, monkeypatch, tmp_path):
    on("colab", monkeypatch)
    monkeypatch.setenv("SSAD_DATA", str(tmp_path / "drive"))
    colab.prepare("not-magic/setup")
    assert session == [("cifar10", tmp_path / "drive")]


def test_every_image_set_that_a_chapter_names_can_be_told():
    for profile in profiles.NAMES:
        for chapter in book.chapters():
            settings = profiles.settings(chapter.name, profile)
            one = [settings.get(name, "") for name in ("image_set", "outliers")]
            named = [*one, *settings.get("surfaces", [])]
            wanted = {name for name in named if name in FROM_DATA_ROOT}
            assert set(colab.image_sets(settings)) == wanted


def test_an_image_set_that_is_named_twice_is_fetched_once():
    assert colab.image_sets({"a": "mnist", "b": ["mnist", "svhn", "x"], "c": 3}) == [
        "mnist",
        "svhn",
    ]


@pytest.fixture
def shell():
    """A shell of IPython, as a notebook has one."""
    InteractiveShell.clear_instance()
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()
    sys.modules["builtins"].__dict__.pop("get_ipython", None)


def shown(shell, code, capsys):
    result = shell.run_cell(code)
    assert not result.success
    out, err = capsys.readouterr()
    return [line for line in (out + err).splitlines() if line]


def test_a_failed_download_stops_the_first_cell_with_one_line(session, shell, monkeypatch, capsys):
    def fail(name, root):
        raise SsadError(f"could not download {name}: no route to host; check the network")

    on("colab", monkeypatch)
    monkeypatch.setattr(colab.data, "download", fail)
    said = shown(shell, "from ssad_lib import colab\ncolab.prepare('not-magic/table-1')", capsys)
    assert said == ["ssad: could not download cifar10: no route to host; check the network"]


def test_errors_that_a_user_can_solve_are_one_line_in_a_notebook(shell, capsys):
    said = shown(shell, "from ssad_lib import profiles\nprofiles.read('labtop')", capsys)
    assert said == ["ssad: unknown profile 'labtop': did you mean 'laptop'?"]


def test_other_errors_keep_their_traceback(shell, capsys):
    assert len(shown(shell, "1 / 0", capsys)) > 2


def test_an_interrupted_cell_says_how_to_go_on(shell, capsys):
    colab._explain_interrupts()
    said = shown(shell, "def work():\n    raise KeyboardInterrupt\nwork()", capsys)
    assert said == ["ssad: stopped: finished runs are kept; run this cell again to go on"]
    code = "from ssad_lib.errors import StoppedError\nraise StoppedError('stopped: 3 of 5 runs')"
    assert shown(shell, code, capsys) == ["ssad: stopped: 3 of 5 runs"]
    assert shell.run_cell("1 + 1").success


def test_an_interrupted_study_says_so_without_the_hook_too(shell, capsys):
    code = "from ssad_lib.errors import StoppedError\nraise StoppedError('stopped: 3 of 5 runs')"
    assert shown(shell, code, capsys) == ["ssad: stopped: 3 of 5 runs"]
    assert issubclass(StoppedError, KeyboardInterrupt)  # `except Exception` does not swallow it
