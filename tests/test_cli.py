"""The command line: what it prints, and one clear line with exit code 2 for each bad input."""

import os
import re
import subprocess
import sys
import zipfile
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from ssad_lib import results
from ssad_lib.cli import main
from ssad_lib.errors import RunsFailedError
from ssad_lib.evidence import row_of
from ssad_lib.store import Store
from tests.data.makers import defect_files, write
from tests.test_store import record

CHAPTER = "not-magic/table-1"


def png(size=8):
    stream = BytesIO()
    Image.fromarray(np.full((size, size, 3), 7, np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def image_zip(path, change=None):
    """Write a zip of two classes with two images each, in both splits; `change` adds or removes."""
    entries = {
        f"{split}/{name}/{i}.png": png()
        for split in ("train", "test") for name in ("a", "b") for i in range(2)
    }  # fmt: skip
    entries.update(change or {})
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            if content is not None:
                archive.writestr(name, content)
    return f"folder:{path}"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with one of every damaged thing."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cifar10.zip").write_bytes(b"PK\x03\x04 and then nothing of a zip")
    image_zip(tmp_path / "leaving.zip", {"../evil/1.png": png()})
    image_zip(tmp_path / "truncated.zip", {"train/a/1.png": png()[:40]})
    image_zip(tmp_path / "sizes.zip", {"train/a/1.png": png(9)})
    image_zip(tmp_path / "absent.zip", {"test/b/0.png": None, "test/b/1.png": None})
    np.savez(tmp_path / "wrong.npz", pictures=np.zeros((2, 2)))
    (tmp_path / "results").mkdir()
    results.write([record()], tmp_path / "edited")
    (tmp_path / "edited" / "tasks.csv").write_text("key,testbed\n")
    return tmp_path


BAD_INPUT = {
    "unknown chapter": (["run", "not-magic/table-9"], r"did you mean 'not-magic/table-[12]'"),
    "chapter of text": (["run", "intro"], r"chapter 'intro' is text, there is nothing to run"),
    "unknown profile": (["run", CHAPTER, "--profile", "labtop"], r"did you mean 'laptop'"),
    "unknown parameter": (["run", CHAPTER, "-p", "epoch=3"], r"'epoch': did you mean 'epochs'"),
    "wrong type": (["run", CHAPTER, "-p", "epochs=many"], r"'epochs' takes a whole number"),
    "no value": (["run", CHAPTER, "-p", "epochs"], r"-p takes key=value"),
    "no jobs": (["run", CHAPTER, "--jobs", "0"], r"jobs must be a whole number of at least 1"),
    "jobs in words": (["run", CHAPTER, "--jobs", "two"], r"invalid int value: 'two'"),
    "missing data root": (["run", CHAPTER, "--data-root", "nowhere"], r"nowhere is not a folder"),
    "unknown command": (["biuld"], r"invalid choice: 'biuld'"),
    "unknown image set": (["data", "show", "cifar11"], r"did you mean 'cifar10'"),
    "no data root": (["data", "show", "cifar10"], r"no data root.*SSAD_DATA"),
    "set not there": (["data", "show", "svhn", "--data-root", "."], r"ssad data download svhn"),
    "damaged zip": (["data", "show", "cifar10", "--data-root", "."], r"cifar10\.zip"),
    "zip that leaves": (["data", "show", "folder:leaving.zip"], r"\.\./evil/1\.png.*leaving\.zip"),
    "truncated image": (["data", "show", "folder:truncated.zip"], r"train/a/1\.png"),
    "wrong shapes": (["data", "show", "folder:sizes.zip"], r"sizes\.zip.*size"),
    "absent class": (["data", "show", "folder:absent.zip"], r"absent\.zip.*b"),
    "npz without images": (["data", "show", "npz:wrong.npz"], r"wrong\.npz.*images"),
    "missing npz": (["data", "show", "npz:none.npz"], r"none\.npz"),
    "unknown surface": (["data", "show", "textures:weeve"], r"did you mean 'weave'"),
    "nowhere to download": (["data", "download", "svhn"], r"no data root.*SSAD_DATA"),
    "nothing to download": (["data", "download"], r"say which: ssad data download NAME"),
    "cannot download": (["data", "download", "street-digits", "--data-root", "."], r"digits"),
    "export nowhere": (["store", "export"], r"say where: ssad store export DIR"),
    "nothing to import": (["store", "import", "results"], r"runs\.csv is missing"),
    "damaged results": (["store", "import", "edited"], r"tasks\.csv has columns"),
    "unknown run": (["show", "zzzz"], r"no run with key 'zzzz'"),
    "no second store": (["compare", "results", "edited"], r"no run store in results"),
    "unknown form of a review": (["report", "--output", "a.pdf"], r"ends in \.html, \.md or"),
    "no site": (["serve"], r"no site at .*ssad build"),
}  # fmt: skip


def complaint(arguments, capsys):
    """Run the command line and return its exit code and what it wrote to standard error."""
    try:
        code = main(arguments)
    except SystemExit as leaving:  # argparse leaves by itself
        code = leaving.code
    return code, capsys.readouterr().err


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input_gets_one_line_and_exit_code_two(case, place, capsys, monkeypatch):
    monkeypatch.setattr("ssad_lib.paths.work", lambda: place / "work")
    arguments, message = BAD_INPUT[case]
    code, said = complaint(arguments, capsys)
    assert code == 2
    assert said.count("\n") == 1, said
    assert "Traceback" not in said
    assert re.search(message, said), said


def test_damaged_store_gets_one_line(place, capsys, monkeypatch):
    monkeypatch.setenv("SSAD_HOME", str(place))
    (place / "store.sqlite").write_bytes(b"this is no database at all" * 100)
    code, said = complaint(["store", "info"], capsys)
    assert (code, said.count("\n")) == (2, 1)
    assert "is damaged" in said


@pytest.mark.parametrize("home", ["/proc/ssad", "a-file"])
def test_home_that_cannot_be_written_gets_one_line(home, place, capsys, monkeypatch):
    (place / "a-file").write_text("")
    monkeypatch.setenv("SSAD_HOME", home)
    code, said = complaint(["store", "info"], capsys)
    assert (code, said.count("\n")) == (2, 1)
    assert "could not create the folder" in said


def test_debug_shows_the_traceback():
    from ssad_lib.errors import SsadError

    with pytest.raises(SsadError):
        main(["--debug", "run", "no-such-chapter"])


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are POSIX")
def test_full_disk_gets_one_line_and_leaves_no_half_written_cache(tmp_path):
    # All images have one size here: a class of 64 pixel images beside one of 8 would be refused.
    name = image_zip(tmp_path / "set.zip", {
        f"{split}/{c}/{i}.png": png(64)
        for split in ("train", "test") for c in "ab" for i in range(30)
    })  # fmt: skip
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)); "
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        f"from ssad_lib.cli import main; sys.exit(main(['data', 'show', '{name}']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ
    )
    assert done.returncode == 2, done.stderr
    assert "the disk is full" in done.stderr
    assert done.stderr.count("\n") == 1
    again = subprocess.run(
        [sys.executable, "-m", "ssad_lib.cli", "data", "show", name], capture_output=True, text=True
    )
    assert again.returncode == 0, again.stderr
    assert "train: 60 images 3×64×64" in again.stdout


def test_a_nan_loss_fails_the_chapter_and_keeps_the_other_runs(capsys):
    arguments = [
        "run", CHAPTER, "--profile", "smoke", "-p", "learning_rate=1e30", "-p", "epochs=2",
        "-p", "normal_classes=[0]", "-p", "images_per_class=30", "--jobs", "1",
    ]  # fmt: skip
    code, said = complaint(arguments, capsys)
    assert code == 1  # a run failed: 2 is for what cannot be meant
    assert "runs failed, the others are stored" in said
    assert "the training loss became" in said
    store = Store()
    stored = store.records(sorted(store.keys())).values()
    failed = {row_of(r.spec) for r in stored if r.error}
    assert failed == {"none", "CutOut", "Flip", "Invert", "GEOM"}  # the untrained one is fine
    assert {r.spec.detector for r in stored if r.error} == {"AE", "DAE"}
    assert {"DeepSVDD", "DeepSAD", "AP"} <= {r.spec.detector for r in stored if not r.error}


HEAVY = ("torch", "pandas", "scipy", "sklearn", "matplotlib")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["verify", "--help"],
        ["list"],
        ["data", "list"],
        ["data", "show", "cifar11"],
        ["store", "info"],
        ["show", "zzzz"],
        ["compare", "nowhere", "nowhere"],
        ["report", "--output", "review.pdf"],
        ["run", "not-magic/table-9"],
        ["run", CHAPTER, "-p", "epoch=3"],
        ["build", "--help"],
    ],
    ids=" ".join,
)
def test_what_computes_nothing_imports_nothing_heavy(arguments):
    code = (
        "import sys\nfrom ssad_lib.cli import main\n"
        f"try: main({arguments})\nexcept SystemExit: pass\n"
        f"print('heavy:', *[name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "heavy:"


def test_what_is_said_of_a_long_command_is_not_held_back(tmp_path):
    """A log is a file, in which Python keeps lines back until some kilobytes are full."""
    code = (
        "import os, sys\nfrom ssad_lib import book\nfrom ssad_lib.cli import main\n"
        "book.build = lambda *_, **__: (print('training'), os._exit(0))\n"
        "main(['build', '--profile', 'smoke'])"
    )
    with (tmp_path / "log").open("w") as log:
        subprocess.run([sys.executable, "-c", code], stdout=log, check=True)
    assert (tmp_path / "log").read_text() == "training\n"


def test_a_failed_run_is_one_line_and_exit_code_one(capsys, monkeypatch):
    def fail(*_, **__):
        raise RunsFailedError("1 of 3 runs failed", {"key": "AE digits: crashed"})

    monkeypatch.setattr("ssad_lib.book.build", fail)
    code, said = complaint(["build", "--profile", "smoke"], capsys)
    assert (code, said) == (1, "ssad: 1 of 3 runs failed\n")


def test_store_info_tells_of_crashes(capsys):
    Store().note_crash(record().spec, "killed by signal 11 (SIGSEGV)")
    assert main(["store", "info"]) == 0
    assert "0 runs" in (said := capsys.readouterr().out)
    assert "1 more crashed and are tried again" in said


def test_list_names_everything(capsys):
    assert main(["list"]) == 0
    said = capsys.readouterr().out
    for name in ("not-magic/table-1", "laptop", "street-digits", "cp-scar"):
        assert name in said


def test_doctor_reports_the_machine(capsys):
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "torch" in said
    assert any(name in said for name in ("laptop", "colab", "paper"))


def test_data_list_needs_no_root(capsys):
    assert main(["data", "list"]) == 0
    said = capsys.readouterr().out
    assert "street-digits" in said
    assert "embedded" in said


def test_columns_of_data_list_stand_apart_whatever_a_folder_is_called(capsys, tmp_path):
    write(tmp_path / "surfaces_of_commutators", defect_files())
    assert main(["data", "list", "--data-root", str(tmp_path)]) == 0
    rows = [re.split(r" {2,}", line) for line in capsys.readouterr().out.splitlines()]
    assert {len(row) for row in rows} == {3}
    assert ["mvtec:surfaces_of_commutators", "found", str(tmp_path)] in rows


def test_data_show_states_source_and_licence(capsys):
    assert main(["data", "show", "digits"]) == 0
    said = capsys.readouterr().out
    assert "10 classes" in said
    assert "licence: " in said


def test_store_commands(capsys, tmp_path):
    Store().append(record())
    assert main(["store", "info"]) == 0
    assert "1 runs" in capsys.readouterr().out
    assert main(["store", "export", str(tmp_path / "out")]) == 0
    assert main(["store", "export", str(tmp_path / "x"), "--image-set", "street-digit"]) == 2
    assert "did you mean 'street-digits'" in capsys.readouterr().err
    assert main(["store", "import", str(tmp_path / "out")]) == 0
