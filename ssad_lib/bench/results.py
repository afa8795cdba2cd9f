"""Benchmark results: one JSON file for each benchmark, read back strictly.

The dataclasses are the schema: a file with a missing, unknown or wrongly typed field is refused in
one line. Committed results lie in ``benchmarks/results`` and are what the book shows.
"""

from __future__ import annotations

import dataclasses
import json
import math
import types
import typing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from ssad_lib import paths
from ssad_lib.bench.cases import Figure, LeftOut, Measured, Moment, Timing
from ssad_lib.bench.machine import Machine, Peak
from ssad_lib.errors import SsadError, from_os_error, unknown

SCHEMA = 1
Named = TypeVar("Named", Measured, Figure, LeftOut)


@dataclass(frozen=True)
class Results:
    """What one benchmark measured.

    Attributes
    ----------
    schema : int
        Raised when the form of the file changes.
    benchmark : str
        Its name.
    quick : bool
        Measured with tiny sizes, for a test: says nothing about speed.
    machine : Machine
    peak : Peak
    made : Moment
        The last time something was added.
    cases : tuple of Measured
    figures : tuple of Figure
    left_out : tuple of LeftOut
    """

    schema: int
    benchmark: str
    quick: bool
    machine: Machine
    peak: Peak
    made: Moment
    cases: tuple[Measured, ...]
    figures: tuple[Figure, ...]
    left_out: tuple[LeftOut, ...]

    def fraction_of_peak(self, timing: Timing) -> float | None:
        """Return the share of the machine's peak that `timing` attains, if its work is known."""
        peak = getattr(self.peak, timing.precision)
        if timing.flops is None or not peak:
            return None
        return float(timing.flops / timing.seconds.median / (peak * 1e9))


def path_of(benchmark: str) -> Path:
    """Return where the committed results of `benchmark` lie."""
    return paths.BENCHMARKS / "results" / f"{benchmark}.json"


def save(results: Results, path: Path) -> None:
    """Write `results` as JSON, its folder included."""
    paths.make_folder(path.parent)
    text = json.dumps(dataclasses.asdict(results), indent=1, ensure_ascii=False, allow_nan=False)
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise from_os_error(error, "write benchmark results") from error


def load(benchmark: str, path: Path | None = None) -> Results:
    """Return the results of `benchmark`, the committed ones unless `path` names another file.

    Raises
    ------
    SsadError
        If the file is missing, is no JSON, belongs to another benchmark, or breaks the schema.
    """
    file = path or path_of(benchmark)
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise from_os_error(error, f"read the results of the benchmark '{benchmark}'") from error
    except ValueError as error:
        raise SsadError(
            f"{file.name} is not JSON: {error}; make it again with ssad bench"
        ) from error
    try:
        results: Results = _read(Results, values, "")
    except SsadError as error:
        raise SsadError(f"{file.name} is damaged: {error}; make it again with ssad bench") from None
    if (results.schema, results.benchmark) != (SCHEMA, benchmark):
        raise SsadError(
            f"{file.name} holds the benchmark '{results.benchmark}' in form {results.schema}, not "
            f"'{benchmark}' in form {SCHEMA}; make it again with ssad bench"
        )
    return results


def merge(old: Results, new: Results) -> Results:
    """Return `old` with the cases of `new` added, or put in the place of those of the same name.

    Raises
    ------
    SsadError
        If the two were not measured on the same machine with the same versions and threads.
    """
    if old.machine != new.machine or old.quick != new.quick:
        raise SsadError(
            f"the results of '{old.benchmark}' are of another machine, of other versions or "
            "threads, or quick: measure the whole benchmark anew, without --only"
        )
    measured = {case.name for case in new.cases} | {figure.name for figure in new.figures}
    return dataclasses.replace(
        new,
        cases=_merged(old.cases, new.cases),
        figures=_merged(old.figures, new.figures),
        left_out=tuple(
            left for left in _merged(old.left_out, new.left_out) if left.name not in measured
        ),
    )


def _merged(old: tuple[Named, ...], new: tuple[Named, ...]) -> tuple[Named, ...]:
    merged: dict[str, Named] = {item.name: item for item in old}
    merged.update({item.name: item for item in new})
    return tuple(merged.values())


def _read(kind: Any, value: Any, where: str) -> Any:
    """Return the JSON `value` as `kind`: a dataclass, tuple, dict, optional or plain type."""
    if dataclasses.is_dataclass(kind):
        return _read_fields(kind, value, where)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is types.UnionType:
        return None if value is None else _read(arguments[0], value, where)
    if origin is typing.Literal and value in arguments:
        return value
    if origin is tuple and isinstance(value, list):
        return tuple(_read(arguments[0], item, f"{where}[{i}]") for i, item in enumerate(value))
    if origin is dict and isinstance(value, dict):
        return {key: _read(arguments[1], item, f"{where}.{key}") for key, item in value.items()}
    if kind is float:
        if type(value) in (int, float) and math.isfinite(value):
            return float(value)
    elif type(value) is kind:
        return value
    raise SsadError(f"{where or 'the file'} is {json.dumps(value)[:40]}")


def _read_fields(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise SsadError(f"{where or 'the file'} is {json.dumps(value)[:40]}")
    kinds = typing.get_type_hints(kind)
    for name in value:
        if name not in kinds:
            raise unknown(f"field of {where or 'the file'}", name, kinds)
    if missing := kinds.keys() - value.keys():
        raise SsadError(f"{where or 'the file'} lacks {', '.join(sorted(missing))}")
    read = {name: _read(kinds[name], value[name], f"{where}.{name}".lstrip(".")) for name in kinds}
    return kind(**read)
