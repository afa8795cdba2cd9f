"""Committed benchmark results as the page *Status* shows them: tables, a figure, words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from ssad_lib.bench import results
from ssad_lib.bench.cases import Measured, Timing
from ssad_lib.bench.results import Results

Found = Mapping[str, Results | None]


def found(benchmarks: Iterable[str]) -> dict[str, Results | None]:
    """Return the committed results of each benchmark; None where there are none.

    Raises
    ------
    SsadError
        If a file is there but damaged.
    """
    return {
        name: results.load(name) if results.path_of(name).is_file() else None for name in benchmarks
    }


def show(found: Found, benchmark: str) -> None:
    """Display everything that is known of `benchmark`."""
    from IPython.display import Markdown, display

    from ssad_lib import figures
    from ssad_lib.display import figure, table

    known = found.get(benchmark)
    if known is None:
        display(Markdown(missing(benchmark)))
        return
    display(Markdown(surroundings(known)))
    for variants, cases in groups(known).items():
        words = f"{benchmark.capitalize()}: {known.cases[0].unit} per second"
        table(throughputs(known, cases), f"{words}, and how many times as fast ours is")
        if len(variants) > 1 and len(cases) > 1:
            drawing = figures.speed_ratios(ratios(cases))
            figure(*drawing, "Our throughput over that of others: median and quartiles")
    if known.figures:
        table(absolute(known), f"{benchmark.capitalize()}: absolute figures")
    display(Markdown(verdict(known)))


def goal(found: Found, benchmark: str, least: float, others: str, cases: str) -> None:
    """Display whether ours is `least` times as fast as `others` in the `cases` so called."""
    from IPython.display import Markdown, display

    known = found.get(benchmark)
    if known is not None:
        display(Markdown(reached(known, least, others, cases)))


def missing(benchmark: str) -> str:
    """Return what is said of a benchmark without committed results."""
    return (
        f"**Not measured**: no results of this benchmark are committed. "
        f"`ssad bench {benchmark} --save` makes them."
    )


def surroundings(known: Results) -> str:
    """Return on what and when `known` was measured, in Markdown."""
    machine, moments = known.machine, [case.made for case in known.cases] or [known.made]
    dates = sorted({moment.date[:10] for moment in moments})
    commits = sorted({moment.commit or "unknown" for moment in moments})
    loads = [moment.load for moment in moments]
    flags = f" ({', '.join(machine.flags)})" if machine.flags else ""
    device = machine.gpu or f"{machine.processor}{flags}, {machine.instruction_sets}"
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    peak = f"{known.peak.fp32:,.0f} GFLOP/s in fp32, {known.peak.bf16:,.0f} in bf16"
    if known.peak.fp32_one_thread:
        peak += (
            f" (one thread: {known.peak.fp32_one_thread:,.0f} and "
            f"{known.peak.bf16_one_thread:,.0f})"
        )
    return (
        f"Measured on {device}, {machine.threads} of {machine.cores} cores, "
        f"{_span(dates)}, commit {_span(commits)}, with {min(loads):g} to {max(loads):g} other "
        f"processes wanting to run. {versions}. Best matrix product: {peak}."
    )


def _span(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"{values[0]} to {values[-1]}"


def groups(known: Results) -> dict[tuple[str, ...], list[Measured]]:
    """Return the cases by the names of their variants: cases of one group fit into one table."""
    found: dict[tuple[str, ...], list[Measured]] = {}
    widest = sorted(known.cases, key=lambda case: -len(case.timings))
    for case in known.cases:
        names = _names(case)
        # A case that lacks a variant stands with those that have it, with a dash in its place.
        fitting = (_names(other) for other in widest if set(names) <= set(_names(other)))
        found.setdefault(next(fitting), []).append(case)
    return found


def _names(case: Measured) -> tuple[str, ...]:
    return tuple(timing.variant for timing in case.timings)


def throughputs(known: Results, cases: list[Measured]) -> pd.DataFrame:
    """Return one row per case: our throughput, then theirs and the ratio with its quartiles."""
    rows = []
    for case in cases:
        ours, *others = case.timings
        row: dict[str, object] = {"case": case.name, ours.variant: rate(ours.throughput.median)}
        share = known.fraction_of_peak(ours)
        if share is not None:
            row[f"of the {ours.precision} peak"] = f"{share:.0%}"
        for other in others:
            row[other.variant] = rate(other.throughput.median)
            row[f"ours to {other.variant}"] = times(other)
        rows.append(row)
    return pd.DataFrame(rows).set_index("case")


def rate(value: float) -> str:
    """Return a throughput with three digits, such as ``1,380,000`` or ``0.0123``."""
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.0f}" if rounded >= 100 else f"{rounded:g}"


def times(timing: Timing) -> str:
    """Return the ratio of a timing with its quartiles, such as ``3.21 (3.05–3.40)``."""
    ratio = timing.ratio
    if ratio is None:
        return ""
    return f"{ratio.median:.3g} ({ratio.low:.3g}–{ratio.high:.3g})"


def ratios(cases: list[Measured]) -> pd.DataFrame:
    """Return columns case, other, low, median, high: the ratios of every comparison."""
    rows = [
        (case.name, timing.variant, timing.ratio.low, timing.ratio.median, timing.ratio.high)
        for case in cases
        for timing in case.timings
        if timing.ratio is not None
    ]
    return pd.DataFrame(rows, columns=["case", "other", "low", "median", "high"])


def absolute(known: Results) -> pd.DataFrame:
    """Return name, value and unit of the figures that are compared with nothing."""
    rows = [(item.name, rate(item.value), item.unit, item.note) for item in known.figures]
    frame = pd.DataFrame(rows, columns=["figure", "value", "unit", "note"]).set_index("figure")
    return frame if frame["note"].any() else frame.drop(columns="note")


def verdict(known: Results) -> str:
    """Return in words where ours is slower, what is too close to call, and what was left out."""
    table = ratios(list(known.cases))
    slower = table[table["high"] < 1]
    close = table[(table["low"] <= 1) & (table["high"] >= 1)]
    lines = []
    if len(table):
        faster = len(table) - len(slower) - len(close)
        lines.append(f"- Ours is **faster in {faster} of {len(table)} comparisons**.")
    lines += [f"- **Slower**: {text}." for text in _listed(slower)]
    lines += [
        f"- Too close to call (quartiles on both sides of 1): {text}." for text in _listed(close)
    ]
    notes = {case.note: case.name.partition(",")[0] for case in known.cases if case.note}
    lines += [f"- {name}: {note}" for note, name in notes.items()]
    reasons: dict[str, list[str]] = {}
    for left in known.left_out:
        reasons.setdefault(left.reason, []).append(left.name)
    lines += [f"- Left out, {reason}: {'; '.join(names)}." for reason, names in reasons.items()]
    return "\n".join(lines)


def _listed(rows: pd.DataFrame) -> Iterator[str]:
    """Yield one text that names all `rows`, or nothing."""
    if len(rows):
        yield "; ".join(
            f"{row.case} against {row.other} ({row.median:.2g} times as fast)"
            for row in rows.itertuples()
        )


def reached(known: Results, least: float, others: str, cases: str) -> str:
    """Return in words which comparisons miss a goal.

    Parameters
    ----------
    known : Results
    least : float
        The ratio that was wanted.
    others, cases : str
        Parts of the names of the variants and of the cases that the goal is about.
    """
    table = ratios([case for case in known.cases if cases in case.name])
    table = table[table["other"].str.contains(others, regex=False)]
    missed = table[table["median"] < least]
    about = f"**The goal**: {least:g} times as fast as {others}, {cases}."
    if not len(missed):
        return f"{about} All {len(table)} comparisons reach it."
    text = next(_listed(missed))
    return f"{about} {len(missed)} of {len(table)} comparisons stay below it: {text}."
