import json
import sys
from multiprocessing import forkserver

import nbformat
import pytest
from papermill import PapermillExecutionError

from ssad_lib import book, paths, profiles, warm
from ssad_lib.book import execution
from ssad_lib.errors import NotFinishedError, SsadError

CHAPTER = "part/kitchen-sink"


@pytest.fixture
def runs(monkeypatch):
    """Replace the kernel by a copy of the notebook; the list holds the parameters of every run."""
    made = []

    def run(chapter, running, parameters):
        running.write_bytes(chapter.source.read_bytes())
        made.append(parameters)

    monkeypatch.setattr(execution, "_run", run)
    return made


@pytest.fixture(params=["started", "forked"])
def kernels(request, monkeypatch):
    """Both ways to get a kernel: one chapter starts its own, several fork theirs."""
    if request.param == "started":
        monkeypatch.setattr(warm, "FORKS", False)
    elif not warm.FORKS:
        pytest.skip("a fork is safe with these libraries on Linux only")
    elif not warm.prepared(warm.CHAPTERS):
        warm._chosen.clear()  # else the server of an earlier test would do
        forkserver._forkserver._stop()
        warm.prepare(warm.CHAPTERS)
    return request.param


def outputs(path):
    cells = nbformat.read(path, as_version=4).cells
    return "".join(out.get("text", "") for c in cells for out in c.get("outputs", []))


def test_kernel_is_this_python_and_gets_the_parameters(
    mini, monkeypatch, tmp_path, write_chapter, kernels
):
    elsewhere = tmp_path / "kernels" / "python3"  # what another environment may have registered
    elsewhere.mkdir(parents=True)
    spec = {"argv": ["/nowhere/python"], "display_name": "x", "language": "python"}
    (elsewhere / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    write_chapter("import sys, tqdm\nprint(sys.executable, profile, overrides)\n"
                "for _ in tqdm.tqdm(range(3)): pass")  # fmt: skip
    path = book.execute(CHAPTER, "smoke", {"epochs": 3, "gens": ["flip"]}, say=lambda _: None)
    assert outputs(path).strip() == f"{sys.executable} smoke {{'epochs': 3, 'gens': ['flip']}}"
    assert not path.with_name("kitchen-sink.failed.ipynb").exists()


def test_failing_cell_gives_one_line_and_a_readable_notebook_beside_the_last_good_one(
    mini, write_chapter
):
    write_chapter("print('good')")
    good = book.execute(CHAPTER, "smoke", say=lambda _: None)
    before = good.read_bytes()
    write_chapter("fine = 1", "raise ValueError('first line\\nlast \\x1b[1mline')")
    with pytest.raises(SsadError) as caught:
        book.execute(CHAPTER, "smoke", say=lambda _: None)
    failed = good.with_name("kitchen-sink.failed.ipynb")
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(f"chapter {CHAPTER}, cell [4]: ValueError: last")
    assert str(failed) in str(caught.value)
    assert "An Exception was encountered" in failed.read_text()
    assert good.read_bytes() == before


@pytest.mark.parametrize(
    ("cell", "how"),
    [
        ("import os; os._exit(9)", "ended by itself with exit code 9"),
        (
            "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
            r"killed by signal 11 \(SIGSEGV",
        ),
    ],
)
def test_dead_kernel_is_one_clear_line_that_says_how(cell, how, mini, write_chapter, kernels):
    write_chapter(cell)
    with pytest.raises(NotFinishedError, match=rf"chapter {CHAPTER}: the kernel died, {how}"):
        book.execute(CHAPTER, "smoke", say=lambda _: None)


def test_kernels_share_nothing(mini, write_chapter, monkeypatch, kernels):
    """Not the namespace, not changes to modules, not the folder, not the state of a generator."""
    write_chapter(
        "import os, threading, numpy as np, ssad_lib",
        "print('mark' in globals(), hasattr(ssad_lib, 'mark'), os.environ['SSAD_MARK'])",
        "mark = ssad_lib.mark = 1; os.chdir('/')",
        "print(np.random.random())",
    )
    said = []
    for mark in ("first", "second"):
        monkeypatch.setenv("SSAD_MARK", mark)
        path = book.execute(CHAPTER, "smoke", fresh=True, say=lambda _: None)
        said.append(outputs(path).splitlines())
    assert [lines[0] for lines in said] == ["False False first", "False False second"]
    assert said[0][1] != said[1][1]


def test_a_kernel_draws_a_figure_and_trains_in_processes_of_its_own(mini, write_chapter, kernels):
    write_chapter(
        "import matplotlib.pyplot as plt; plt.plot([1, 2]);",
        "from ssad_lib.engine.executors import processes",
        "print(list(processes.outcomes([(1,), (2,)], 2, list)))",
    )
    path = book.execute(CHAPTER, "smoke", say=lambda _: None)
    cells = nbformat.read(path, as_version=4).cells
    kinds = {kind for c in cells for out in c.get("outputs", []) for kind in out.get("data", {})}
    assert "image/png" in kinds
    assert sorted(eval(outputs(path))) == [[1], [2]]


def test_a_run_that_failed_in_a_cell_is_no_bad_input(mini):
    error = PapermillExecutionError(3, 2, "", "RunsFailedError", "1 of 3 runs failed", [])
    made = execution._failure(book.find(CHAPTER), error, paths.work() / "x.ipynb")
    assert isinstance(made, NotFinishedError)
    assert "cell [2]: 1 of 3 runs failed (see" in str(made)


def test_a_cell_that_raises_our_error_is_repeated_without_decoration(mini):
    error = PapermillExecutionError(3, 2, "", "SsadError", "no data root: pass --data-root", [])
    line = str(execution._failure(book.find(CHAPTER), error, paths.work() / "x.ipynb"))
    assert line.startswith(f"chapter {CHAPTER}, cell [2]: no data root: pass --data-root (see ")


def test_nothing_is_executed_twice(mini, runs):
    said = []
    for _ in range(2):
        book.execute(CHAPTER, "smoke", {"epochs": 2}, say=said.append)
    assert runs == [{"profile": "smoke", "overrides": {"epochs": 2}}]
    assert said[-1] == f"{CHAPTER}: up to date"


def test_fresh_executes_again(mini, runs):
    book.execute(CHAPTER, "smoke", say=lambda _: None)
    book.execute(CHAPTER, "smoke", fresh=True, say=lambda _: None)
    assert len(runs) == 2


@pytest.mark.parametrize("moves", [0, 1])
def test_a_run_killed_before_its_stamp_counts_for_nothing(mini, runs, monkeypatch, moves):
    output = book.execute(CHAPTER, "smoke", say=lambda _: None)
    replace, left = type(output).replace, [True] * moves

    def killed(self, target):
        if not left:
            raise KeyboardInterrupt
        left.pop()
        return replace(self, target)

    monkeypatch.setattr(type(output), "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        book.execute(CHAPTER, "laptop", fresh=True, say=lambda _: None)
    for profile in ("smoke", "laptop"):
        key = execution.fingerprint(book.find(CHAPTER).source, profile, {})
        assert not execution.is_current(execution.executed(CHAPTER, "laptop"), key)


def test_bad_settings_stop_before_anything_runs(mini, runs, monkeypatch):
    def refuse(*_):
        raise SsadError("unknown parameter 'epoch'")

    monkeypatch.setattr(profiles, "settings", refuse)
    with pytest.raises(SsadError, match="unknown parameter"):
        book.execute(CHAPTER, "smoke", {"epoch": 1})
    assert runs == []


def test_a_text_chapter_has_nothing_to_run(mini, runs):
    with pytest.raises(SsadError, match=f"'intro' is text.*choose one of: {CHAPTER}"):
        book.execute("intro", "smoke")


@pytest.fixture
def world(mini, monkeypatch, tmp_path):
    """A small world of everything a chapter reads, each in one file."""
    files = {
        "PACKAGE": ("module.py", "script.js"),
        "PARAMETERS": ("smoke.yaml",),
        "PAPER_VALUES": ("table.csv",),
        "RESULTS": ("cifar10-reduced/records.csv",),
    }
    made = []
    for name, paths_in in files.items():
        monkeypatch.setattr(paths, name, tmp_path / name)
        for inside in paths_in:
            path = tmp_path / name / inside
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("before")
            made.append(path)
    monkeypatch.setattr(paths, "CLAIMS", tmp_path / "claims.yml")
    paths.CLAIMS.write_text("before")
    return [*made, paths.CLAIMS, mini.folder / f"{CHAPTER}.ipynb"]


def test_fingerprint_depends_on_every_file_a_chapter_reads(world):
    def key():
        return execution.fingerprint(world[-1], "smoke", {})

    for path in world:
        before = key()
        assert key() == before
        content = path.read_text()
        path.write_text(content + " ")
        assert key() != before, path
        path.write_text(content)
        assert key() == before


def test_fingerprint_depends_on_parameters_versions_and_data(world, monkeypatch):
    source = world[-1]

    def key(profile="smoke", overrides=()):
        return execution.fingerprint(source, profile, dict(overrides))

    keys = [key(), key("laptop"), key(overrides={"epochs": 1}), key(overrides={"epochs": "1"})]
    with monkeypatch.context() as patch:
        patch.setenv("SSAD_DATA", "/data")
        keys.append(key())
    with monkeypatch.context() as patch:
        patch.setattr(execution.metadata, "version", lambda _: "0.0.1")
        keys.append(key())
    with monkeypatch.context() as patch:
        patch.setattr(execution.platform, "python_version", lambda: "3.0")
        keys.append(key())
    assert len(set(keys)) == len(keys)
