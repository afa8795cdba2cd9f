"""The command ``ssad recommend NORMAL_DIR UNLABELLED_DIR``."""

from __future__ import annotations

from pathlib import Path

from ssad_lib.recommend import page
from ssad_lib.recommend.advice import advise
from ssad_lib.recommend.folders import read_two


def run(normal: Path, unlabelled: Path, size: int, output: Path, seed: int) -> None:
    """Print the ranking and write the page; every problem is found before the work starts."""
    page.check_output(output)
    advice = advise(*read_two(normal, unlabelled, size), seed=seed)
    print(advice.text())
    written = page.write(advice, output)
    print(f"\nwith pictures: {output}")
    if len(written) > 1:
        print(f"to train it:   python {written[1]}")
