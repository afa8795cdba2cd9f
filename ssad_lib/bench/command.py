"""What ``ssad bench`` does: run benchmarks, print their tables, keep their results."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from ssad_lib.bench import registry, report, results
from ssad_lib.errors import SsadError, unknown


def run(
    benchmarks: Sequence[str],
    *,
    quick: bool = False,
    threads: int | None = None,
    only: str = "",
    output: Path | None = None,
    commit: bool = False,
) -> None:
    """Run benchmarks one after the other and print what they found.

    Parameters
    ----------
    benchmarks : sequence of str
        Names; none means all.
    quick : bool
        Tiny sizes, to try the machinery.
    threads : int, optional
        Default all cores.
    only : str
        Measure only what has this in its name, and add it to results that are there already.
    output : Path, optional
        Write the results of the one benchmark there.
    commit : bool
        Write the results where the book reads them.

    Raises
    ------
    SsadError
        For an unknown name, a file for several benchmarks, or tiny sizes that are to be kept.
    """
    names = list(benchmarks) or registry.names()
    for name in names:  # all are checked before the first one starts
        if name not in registry.names():
            raise unknown("benchmark", name, registry.names())
    if output and len(names) > 1:
        raise SsadError("--output takes one benchmark at a time: say which, `ssad bench NAME`")
    if commit and quick:
        raise SsadError("--quick measures nothing worth keeping: leave --save or --quick out")
    for name in names:
        found = registry.run(name, quick=quick, threads=threads, only=only, say=_say)
        print(report.as_text(found))
        for path in (output, results.path_of(name) if commit else None):
            if path:
                together = only and path.is_file()
                results.save(
                    results.merge(results.load(name, path), found) if together else found, path
                )
                _say(f"wrote {path}")


def _say(line: str) -> None:
    print(f"  {line}", file=sys.stderr)
