from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest

from ssad_lib import terminal


@pytest.mark.parametrize(
    ("encoding", "printed"),
    [
        ("utf-8", "3×4 − é Ω \\udce9"),
        ("cp1252", "3×4 - é \\u03a9 \\udce9"),
        ("ascii", "3x4 - \\xe9 \\u03a9 \\udce9"),
    ],
)
def test_what_an_encoding_lacks_is_spelled(
    encoding: str, printed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(buffer, encoding))
    terminal.accept_everything()
    print("3×4 − é Ω \udce9", end="", flush=True)
    assert buffer.getvalue().decode(encoding) == printed


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_the_command_prints_to_a_pipe_of_any_encoding(encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ssad_lib.cli", "data", "show", "digits"],
        capture_output=True, check=True, env={**os.environ, "PYTHONIOENCODING": encoding},
    )  # fmt: skip
    cross = "×" if encoding == "cp1252" else "x"
    assert f"images 1{cross}32{cross}32" in done.stdout.decode(encoding)


def test_a_stream_without_an_encoding_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    terminal.accept_everything()
    print("Ω")
    assert sys.stdout.getvalue() == "Ω\n"  # type: ignore[attr-defined]
