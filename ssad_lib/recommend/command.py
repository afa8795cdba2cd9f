"""The command ``ssad recommend NORMAL_DIR UNLABELLED_DIR``."""

from __future__ import annotations

from pathlib import Path

from ssad_lib.recommend import page
from ssad_lib.recommend.advice import advise
from ssad_lib.recommend.folders import read_two


def run(normal: Path, unlabelled: Path, size: int, output: Path, seed: int) -> None:
    """Write the page and print the ranking; every problem is found before the work starts."""
    page.check_output(output)
    advice = advise(*read_two(normal, unlabelled, size), seed=seed)
    written = page.write(advice, output)  # before anything is printed: a pipe may break
    print(advice.text())
    print(f"\nwith pictures: {output}")
    if len(written) > 1:
        print(f"to train it:   {page.command(output)}")
