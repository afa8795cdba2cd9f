from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import torch

from ssad_lib import cli
from ssad_lib.localise import Model, command, saved
from ssad_lib.recommend import read_folder


@pytest.fixture(scope="module")
def said(
    parts: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Return a folder with what a first run wrote, and what it printed."""
    place = tmp_path_factory.mktemp("a user")
    done = subprocess.run(
        [
            sys.executable, "-m", "ssad_lib.cli", "localise", parts / "normal", parts / "images",
            "--size", "64", "--false-alarms", "0.2", "--save", place / "model",
            "--output", place / "report.html",
        ],
        capture_output=True, text=True, check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "SSAD_HOME": str(place / "home")},
    )  # fmt: skip
    return place, done


def test_a_user_gets_a_page_a_table_and_the_first_images(
    said: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    place, done = said
    assert done.stderr.splitlines() == [
        "ssad: training patchcore on images of 64×64 pixels",
        "ssad: looking at 9 images",
    ]
    assert re.search(r"flags \d of 28 normal images that were held out", done.stdout)
    assert "precision" not in done.stdout
    table = pd.read_csv(place / "report.csv")
    ranked = re.findall(r"^ *\d+ +[\d.]+  (?:flagged|-) +(\S+)$", done.stdout, re.MULTILINE)
    assert ranked == table["image"].tolist()
    assert sorted({name.split("/")[0] for name in ranked[:6]}) == ["hole", "metal"]
    assert (place / "report.html").stat().st_size > 30_000
    assert list((place / "home" / "features").iterdir())


def test_a_kept_model_says_the_same(
    said: tuple[Path, subprocess.CompletedProcess[str]],
    parts: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    place, _ = said
    arguments = ["localise", "--load", str(place / "model"), str(parts / "images"),
                 "--false-alarms", "0.2", "--masks", str(parts / "masks")]  # fmt: skip
    assert cli.main([*arguments, "--output", str(tmp_path / "again.html")]) == 0
    printed = capsys.readouterr().out
    assert "are marked (recall)" in printed
    assert "6 of 9 images have a defect by their masks" in printed
    first, again = pd.read_csv(place / "report.csv"), pd.read_csv(tmp_path / "again.csv")
    pd.testing.assert_frame_equal(first, again.drop(columns="defective"), rtol=1e-3)


def test_an_interrupted_training_is_said_and_can_go_on(
    parts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: object, **__: object) -> Model:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "train", stopped)
    folders = [str(parts / "normal"), str(parts / "images")]
    output = ["--size", "64", "--output", str(tmp_path / "report.html")]
    assert cli.main(["localise", *folders, *output]) == cli.INTERRUPTED
    assert "features of images are kept, run it again to go on" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


Change = Callable[[Path, Path], list[str]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (lambda p, t: [f"{p}/normal"], "name two folders: normal images to train on"),
        (lambda p, t: [f"{p}/normal"] * 2, "was given twice"),
        (lambda p, t: [f"{p}/images", f"{p}/normal"], "has 9, and 20 or more are needed"),
        (lambda p, t: [f"{p}/normal", f"{t}/nowhere"], "nowhere"),
        (lambda p, t: [f"{p}/normal", f"{p}/images", "--size", "4"], "size is 4"),
        (lambda p, t: [f"{p}/normal", f"{p}/images", "--size", "16"], "16 x 16 pixels are too sm"),
        (lambda p, t: [f"{p}/normal", f"{p}/images", "--detector", "spilt"], "'split'"),
        (lambda p, t: [f"{p}/normal", f"{p}/images", "--encoder", "x"], "unknown encoder"),
        (lambda p, t: [f"{p}/normal", f"{p}/images", "--false-alarms", "5"], "between 0 and 1"),
        (lambda p, t: [f"{p}/normal", f"{p}/images", "--output", "x.png"], "ends in .html"),
        (lambda p, t: [f"{p}/normal", f"{p}/images", "--masks", f"{p}/normal"], "no mask of"),
        (lambda p, t: ["--load", f"{t}", f"{p}/images"], "no model in"),
        (lambda p, t: ["--load", f"{t}", f"{p}/normal", f"{p}/images"], "name one folder"),
    ],
)
def test_bad_input_is_one_line_and_code_2(
    parts: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: Change,
    message: str,
) -> None:
    given = ["localise", *arguments(parts, tmp_path)]
    if "--output" not in given:
        given += ["--output", str(tmp_path / "report.html")]
    assert cli.main(given) == 2
    lines = capsys.readouterr().err.splitlines()
    problem = [line for line in lines if not line.startswith("ssad: training")]
    assert len(problem) == 1
    assert message in problem[0]


def test_an_image_of_the_normal_ones_is_named(
    parts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "images").mkdir()
    copy = (parts / "normal" / "003.png").read_bytes()
    (tmp_path / "images" / "again.png").write_bytes(copy)
    given = ["localise", str(parts / "normal"), str(tmp_path / "images"), "--size", "64"]
    assert cli.main([*given, "--output", str(tmp_path / "report.html")]) == 2
    assert "'again.png' of" in capsys.readouterr().err


def test_a_model_whose_folder_is_given_to_a_colleague_needs_no_normal_images(
    model: Model, parts: Path, tmp_path: Path
) -> None:
    saved.save(model, tmp_path)
    back = saved.load(tmp_path)
    images = read_folder(parts / "images", back.size).images
    assert torch.isfinite(torch.from_numpy(back.detector.localise(images))).all()
