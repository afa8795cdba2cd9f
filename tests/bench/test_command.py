"""`ssad bench` from end to end."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest

from ssad_lib import augment
from ssad_lib.bench import registry, results
from ssad_lib.cli import main


def test_augmentations_are_measured_and_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "augmentations.json"
    assert main(["bench", "augmentations", "--quick", "--output", str(path)]) == 0
    found = results.load("augmentations", path)
    assert [case.name for case in found.cases] == [f"{name}, batch 8" for name in augment.names()]
    assert all(len(case.timings) >= 3 for case in found.cases)
    said = capsys.readouterr()
    assert "simclr, batch 8" in said.out
    assert f"wrote {path}" in said.err
    assert main(["bench", "augmentations", "--quick", "--only", "FLIP", "--output", str(path)]) == 0
    again = results.load("augmentations", path)
    assert [case.name for case in again.cases] == [case.name for case in found.cases]
    assert again.cases[0] == found.cases[0]
    assert again.cases[3] != found.cases[3]


def test_without_kornia_its_cases_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("kornia"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    found = registry.run("augmentations", quick=True, only="o")  # flip has no o
    assert [left.name for left in found.left_out] == ["kornia"]
    assert all("kornia" not in t.variant for case in found.cases for t in case.timings)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bench", "augmentation"], "did you mean 'augmentations'"),
        (["bench", "alignment", "stor"], "did you mean 'store'"),
        (["bench", "alignment", "store", "--output", "x.json"], "takes one benchmark at a time"),
        (["bench", "alignment", "--quick", "--save"], "leave --save or --quick out"),
        (["bench", "alignment", "--threads", "0"], "threads must be a whole number"),
        (["bench", "alignment", "--quick", "--output", "/proc/none/x"], "could not create"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_two(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert message in said
