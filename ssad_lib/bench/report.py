"""A benchmark as text, for the terminal."""

from __future__ import annotations

from ssad_lib.bench.cases import Measured, Quartiles
from ssad_lib.bench.results import Results


def as_text(results: Results) -> str:
    """Return the tables of a benchmark; a ratio above 1 says that ours is faster."""
    machine, made = results.machine, results.made
    lines = [
        f"{results.benchmark}{' (quick: no measure of speed)' if results.quick else ''}",
        f"  {machine.gpu or machine.processor}, {machine.threads} threads, load {made.load:g}, "
        f"commit {made.commit or 'unknown'}",
        f"  peak GFLOP/s: fp32 {results.peak.fp32:,.0f}, bf16 {results.peak.bf16:,.0f}",
    ]
    for case in results.cases:
        lines += [f"  {case.name}", *_rows(results, case)]
    lines += [f"  {f.name}: {f.value:,.4g} {f.unit}" for f in results.figures]
    lines += [f"  left out: {left.name}: {left.reason}" for left in results.left_out]
    return "\n".join(lines)


def _rows(results: Results, case: Measured) -> list[str]:
    rows = []
    for timing in case.timings:
        row = f"    {timing.variant:44}{timing.throughput.median:>14,.4g} {case.unit}/s"
        if timing.ratio is not None:
            row += f"   ours is {spread(timing.ratio)} times as fast"
        share = results.fraction_of_peak(timing)
        if share is not None:
            row += f"   {share:.1%} of the {timing.precision} peak"
        rows.append(row)
    return rows


def spread(ratio: Quartiles) -> str:
    """Return a ratio with its quartiles, such as ``3.21 (3.05 to 3.40)``."""
    return f"{ratio.median:.3g} ({ratio.low:.3g} to {ratio.high:.3g})"
