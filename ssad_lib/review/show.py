"""The command ``ssad show KEY``: a record as a reviewer reads it."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from ssad_lib.record import Record, TaskResult
from ssad_lib.review import lookup
from ssad_lib.spec import RunSpec

MARGIN, WIDTH = 12, 88  # signs before what is said, and of it in one line
WIDEST = 60  # epochs of a curve that have a sign of their own
NAMED = 2  # columns of a table of tasks that name the task
BARS = "▁▂▃▄▅▆▇█"
BROKEN = "×"  # a loss that is no number


def run(prefix: str) -> None:
    """Print the record of the one run whose key begins with `prefix`.

    Raises
    ------
    SsadError
        If there is none, or more than one.
    """
    found = lookup.find(prefix)
    print("\n".join(lines(found.record, str(found.place))))


def lines(record: Record, place: str) -> list[str]:
    """Return a record as text: specification, budget, curve, measures, tasks, provenance."""
    spec = record.spec
    blocks: list[tuple[str, Sequence[str]]] = [
        ("run", [spec.key, spec.title]),
        ("kept in", [place]),
        ("failed", [record.error] if record.error else []),
        ("spec", _specification(spec)),
        ("budget", [_pairs(dict(spec.detector_options)) or "none"]),
        ("loss", _curve(record.loss_curve)),
        ("measures", [_pairs(record.measures, _number) or "none"]),
        ("tasks", _tasks(record.tasks)),
        ("raw scores", [_scores(record)]),
        ("made", [f"{name} {value}" for name, value in sorted(record.provenance.items())]),
    ]
    return [line for name, said in blocks for line in _block(name, said)]


def sparkline(values: Sequence[float], width: int = WIDEST) -> str:
    """Return a curve as one sign for each value, or for each of `width` means of neighbours.

    The lowest sign is the least value and the highest the largest; ``×`` stands for no number.
    """
    if len(values) > width:
        ends = [round(place * len(values) / width) for place in range(width + 1)]
        values = [sum(values[a:b]) / (b - a) for a, b in pairwise(ends)]
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return BROKEN * len(values)
    low, high = min(finite), max(finite)
    step = (high - low) / (len(BARS) - 1) or 1.0
    return "".join(
        BARS[round((value - low) / step)] if math.isfinite(value) else BROKEN for value in values
    )


def _block(name: str, said: Sequence[str]) -> Iterator[str]:
    wrapped = [part for line in said for part in _wrapped(line)]
    for place, line in enumerate(wrapped):
        yield f"{'' if place else name:{MARGIN}}{line}".rstrip()


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False) or [""]


def _specification(spec: RunSpec) -> list[str]:
    images = spec.images_per_class or "all"
    tested = spec.test_images_per_class or "all"
    size = f"{spec.size}×{spec.size} pixels" if spec.size else "pixels as they are"
    tuned = f", tuned on {spec.unlabelled} without its labels" if spec.unlabelled else ""
    return [
        f"detector {spec.detector}",
        f"augmentation {spec.augmentation} {_pairs(dict(spec.augmentation_options))}".rstrip(),
        f"image set {spec.image_set}: {images} training and {tested} test images a class, {size}",
        f"normal class {spec.normal_class}, seed {spec.seed}",
        f"testbeds {', '.join(spec.testbeds)}{tuned}",
        f"recipe {spec.recipe}, images {spec.fingerprint}",
    ]


def _curve(curve: Sequence[float]) -> list[str]:
    if not curve:
        return ["none: nothing was trained"]
    count = f"{len(curve)} epoch{'s' * (len(curve) > 1)}"
    return [sparkline(curve), f"{curve[0]:.4g} to {curve[-1]:.4g} in {count}"]


def _tasks(tasks: Sequence[TaskResult]) -> list[str]:
    """Return the tasks as a table, and below it as many more as it takes to show all columns."""
    if not tasks:
        return ["none"]
    columns = [
        ["testbed", *(task.testbed for task in tasks)],
        ["anomaly", *(task.anomaly for task in tasks)],
        ["AUC", *(f"{task.auc:.4f}" for task in tasks)],
        ["AP", *(f"{task.average_precision:.4f}" for task in tasks)],
        ["normals", *(str(task.normals) for task in tasks)],
        ["anomalies", *(str(task.anomalies) for task in tasks)],
    ]
    for name in dict.fromkeys(name for task in tasks for name in task.measures):
        columns.append([name, *(_number(task.measures.get(name)) for task in tasks)])
    padded = [
        [f"{cell:{'<' if place < NAMED else '>'}{max(map(len, column))}}" for cell in column]
        for place, column in enumerate(columns)
    ]
    return _side_by_side(padded[:NAMED], padded[NAMED:])


def _side_by_side(names: Sequence[list[str]], others: Sequence[list[str]]) -> list[str]:
    """Return columns as lines; where they do not fit, the rest follows below the same names."""
    shown = list(names)
    for place, column in enumerate(others):
        wider = sum(len(one[0]) + 2 for one in [*shown, column]) > WIDTH
        if wider and len(shown) > len(names):
            return [*_lines(shown), "", *_side_by_side(names, others[place:])]
        shown.append(column)
    return _lines(shown)


def _lines(columns: Sequence[list[str]]) -> list[str]:
    return ["  ".join(row).rstrip() for row in zip(*columns, strict=True)]


def _scores(record: Record) -> str:
    counts = [f"{name} {len(values)}" for name, values in record.scores.items()]
    return ", ".join(counts) or "not kept with it"


def _pairs(values: Mapping[str, Any], form: Callable[[Any], str] = str) -> str:
    return ", ".join(f"{name} {form(value)}" for name, value in values.items())


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"
