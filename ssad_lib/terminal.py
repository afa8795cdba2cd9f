"""What is printed arrives: terminals, pipes and files of any encoding, names of any bytes."""

from __future__ import annotations

import codecs
import sys

PLAIN = str.maketrans(
    {
        "×": "x", "−": "-", "–": "-", "—": "-", "·": "*", "≤": "<=", "≥": ">=", "→": "->",
        "…": "...", "“": '"', "”": '"', "‘": "'", "’": "'", "²": "^2", "⁰": "^0", "¹": "^1",
        "³": "^3",
        "▁": "1", "▂": "2", "▃": "3", "▄": "4", "▅": "5", "▆": "6", "▇": "7", "█": "8",
    }
)  # fmt: skip
NAME = "ssad-plain"


def accept_everything() -> None:
    """Let the standard streams spell what their encoding lacks, instead of failing on it."""
    codecs.register_error(NAME, _plain)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a notebook's streams take all text
            stream.reconfigure(errors=NAME)


def _plain(error: UnicodeError) -> tuple[str, int]:
    """Return an ASCII spelling of what cannot be encoded: a sign like it, or its escape."""
    assert isinstance(error, UnicodeEncodeError)
    missing = error.object[error.start : error.end]
    spelled = missing.translate(PLAIN).encode("ascii", "backslashreplace").decode("ascii")
    return spelled, error.end
