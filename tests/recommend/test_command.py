from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ssad_lib import cli
from ssad_lib.metrics import auroc
from ssad_lib.recommend import advice as module
from ssad_lib.recommend.page import BEST

Pair = tuple[Path, Path]


@pytest.fixture(scope="module")
def recommended(spotted: Pair, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return the page of the spotted folders, and what was printed."""
    output = tmp_path_factory.mktemp("out") / "new folder" / "page.html"
    arguments = ["recommend", *map(str, spotted), "--size", "32", "--output", str(output)]
    done = subprocess.run(
        [sys.executable, "-m", "ssad_lib.cli", *arguments],
        capture_output=True, text=True, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.stderr == ""
    return output, done.stdout


def test_the_winner_is_printed_first_with_its_interval(recommended: tuple[Path, str]) -> None:
    printed = recommended[1]
    assert re.match(
        r"(CutDiff|CutOut|CutPaste) fits best, by 160 normal and 80 unlabelled", printed
    )
    assert re.search(r"95 % interval [+−]0\.\d\d to [+−]0\.\d\d", printed)
    rows = printed.split("by MMD\n")[1].split("\n\n")[0].splitlines()
    assert len(rows) == 15
    assert rows[0].split()[0] == printed.split()[0]


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_needs_nothing_else_and_its_pictures_are_described(
    recommended: tuple[Path, str],
) -> None:
    reader = Reader()
    page = recommended[0].read_text(encoding="utf-8")
    reader.feed(page)
    images = [found for tag, found in reader.tags if tag == "img"]
    *rows, light, dark = (found["alt"] or "" for found in images)  # the chart in two inks
    assert [row.partition(": ")[0] for row in rows[:2]] == ["Row “normal”", "Row “unlabelled”"]
    assert [row.partition(": ")[2] for row in rows] == ["5 images"] * (2 + BEST)
    assert len(light) > 40
    assert light == dark
    (shown,) = (found["aria-label"] or "" for _, found in reader.tags if "aria-label" in found
                and found.get("class") == "ssad-panels")  # fmt: skip
    assert shown.startswith("5 normal images, unlabelled ones")
    assert all((found["src"] or "").startswith("data:") for found in images)
    assert ("html", {"lang": "en"}) in reader.tags
    assert not re.search(r'(src|href)="https?:', page)
    assert "warning" not in [found.get("class") for _, found in reader.tags]


def test_the_printed_command_trains_the_winner(
    recommended: tuple[Path, str], tmp_path: Path
) -> None:
    command = shlex.split(recommended[1].split("to train it:")[1])
    assert command[0] == sys.executable
    program = Path(command[1])
    short = tmp_path / "short.py"
    code = program.read_text(encoding="utf-8")
    short.write_text(code.replace(f"epochs={module.EPOCHS}", "epochs=25"), encoding="utf-8")
    assert short.read_text(encoding="utf-8") != code
    done = subprocess.run([command[0], short], capture_output=True, text=True, check=True, cwd="/")
    lines = [line.split() for line in done.stdout.splitlines()]
    scores, names = [float(line[0]) for line in lines], [line[1] for line in lines]
    assert scores == sorted(scores, reverse=True)
    assert len(set(names)) == 80
    assert auroc([int(name[:3]) >= 40 for name in names], scores) > 0.6


def test_of_noise_it_says_that_it_cannot_tell(
    noisy: Pair, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "page.html"
    arguments = ["recommend", *map(str, noisy), "--size", "32", "--output", str(output)]
    assert cli.main(arguments) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Nothing can be told: by 80 normal and 40 unlabelled images")
    assert "to train it" not in printed
    assert '<p class="warning" role="note">Nothing can be told' in output.read_text("utf-8")
    assert not output.with_suffix(".py").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a, b: [a, a], "was given twice"),
        (lambda a, b: [a, b, "--size", "4"], "size is 4: give 16 to 512 pixels"),
        (lambda a, b: [a, b, "--output", "page.png"], "must be a file that ends in .html"),
        (lambda a, b: [a, str(Path(b) / "nowhere")], "one lies in the other|nowhere"),
    ],
    ids=["same", "size", "output", "nowhere"],
)
def test_bad_input_is_one_line_and_code_2(  # type: ignore[no-untyped-def]
    noisy: Pair, capsys: pytest.CaptureFixture[str], change, message: str
) -> None:
    assert cli.main(["recommend", *change(*map(str, noisy))]) == 2
    error = capsys.readouterr().err
    assert re.search(message, error)
    assert error.count("\n") == 1
