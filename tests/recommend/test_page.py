from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import torch

from ssad_lib import selection
from ssad_lib.errors import SsadError
from ssad_lib.recommend import Advice, Folder, page
from ssad_lib.selection import Ranking


def advice(winner: bool, caveats: tuple[str, ...] = (), where: Path = Path("here")) -> Advice:
    """An advice that needs no computing."""
    chosen = {name: one for name, one in selection.candidates().items() if name in "cutout flip"}
    row = {"direction": 0.5, "direction_low": 0.4, "direction_high": 0.6, "first": 0.5}
    table = pd.DataFrame(
        [
            {"label": one.label, "category": one.category, "p": 0.001 if winner else 0.5, **row,
             "dsv": 1.0, "validation_loss": 1.0, "mmd": 1.0}
            for one in chosen.values()
        ],
        index=list(chosen),
    )  # fmt: skip
    images = torch.rand(6, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    names = tuple(f"{i}.png" for i in range(6))
    normal, other = (Folder(where / name, names, images) for name in ("a b", "it's"))
    return Advice(normal, other, chosen, Ranking(table, "direction", 40, 20), caveats)


def test_what_is_ours_is_replaced_and_a_stale_program_goes(tmp_path: Path) -> None:
    output = tmp_path / "new" / "page.html"
    program = output.with_suffix(".py")
    for _ in range(2):
        assert page.write(advice(winner=True), output) == [output, program]
        assert program.exists()
    assert page.write(advice(winner=False), output) == [output]
    assert not program.exists()


@pytest.mark.parametrize("winner", [True, False])
def test_a_program_of_the_user_stays(tmp_path: Path, winner: bool) -> None:
    (tmp_path / "page.py").write_text("# a week of work\n")
    with pytest.raises(SsadError, match=r"would replace .*page.py, which is yours or was changed"):
        page.write(advice(winner), tmp_path / "page.html")
    assert (tmp_path / "page.py").read_text() == "# a week of work\n"
    assert not (tmp_path / "page.html").exists()


def test_a_program_that_was_changed_is_the_users(tmp_path: Path) -> None:
    output = tmp_path / "page.html"
    _, program = page.write(advice(winner=True), output)
    program.write_text(program.read_text().replace("epochs=150", "epochs=9"))
    with pytest.raises(SsadError, match="which is yours or was changed"):
        page.check_output(output)
    assert "epochs=9" in program.read_text()


def test_a_page_of_the_user_stays(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<title>mine</title>")
    with pytest.raises(SsadError, match=r"page.html is no page of a recommendation; give another"):
        page.write(advice(winner=True), tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text() == "<title>mine</title>"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("page.png", "must be a file that ends in .html"),
        ("", "must be a file that ends in .html"),
        ("folder.html", "must be a file that ends in .html"),
        ("file/page.html", "could not"),
        ("program.html", "would replace"),
        ("x" * 300 + ".html", "could not write the page"),
    ],
)
def test_an_output_that_cannot_be_is_found_before_the_work(
    tmp_path: Path, name: str, message: str
) -> None:
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "program.py").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(SsadError, match=message):
        page.check_output(tmp_path / name)


def test_checking_leaves_nothing_behind(tmp_path: Path) -> None:
    page.check_output(tmp_path / "page.html")
    assert list(tmp_path.iterdir()) == []


def test_the_program_names_its_folders_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    program = advice(winner=True).program()
    assert program is not None
    assert f"read_folder({str(tmp_path / 'here' / 'a b')!r}, size=16)" in program
    assert f"read_folder({str(tmp_path / 'here') + os.sep + 'it' + chr(39) + 's'!r}" in program
    command = page.command(Path("my page.html"))
    assert shlex.split(command) == [sys.executable, str(tmp_path / "my page.py")]
    (tmp_path / "my page.py").write_text("print('runs')")
    done = subprocess.run(command, shell=True, cwd="/", capture_output=True, text=True, check=True)
    assert done.stdout == "runs\n"


def test_caveats_come_before_any_advice(tmp_path: Path) -> None:
    said = "The folders differ in more than anomalies: size."
    found = advice(winner=True, caveats=(said,))
    assert found.text().startswith(said + "\n")
    output, _ = page.write(found, tmp_path / "page.html")
    text = output.read_text("utf-8")
    assert text.index(said) < text.index("fits best")
    assert f'<p class="warning" role="note">{said}</p>' in text


def test_a_folder_whose_name_is_not_utf8(tmp_path: Path) -> None:
    where = tmp_path / os.fsdecode(b"pr\xfcfung")
    found = advice(winner=True, where=where)
    output, program = page.write(found, tmp_path / "page.html")
    assert "pr\\udcfcfung" in output.read_text("utf-8")
    compile(program.read_text("utf-8"), "program", "exec")
    assert page.write(found, output) == [output, program]
