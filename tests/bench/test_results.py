from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ssad_lib.bench import results
from ssad_lib.bench.cases import Figure, LeftOut, Measured, Moment, Quartiles, Timing
from ssad_lib.bench.machine import Machine, Peak
from ssad_lib.bench.results import Results
from ssad_lib.errors import SsadError

ONE, TWO, FOUR = (Quartiles(value, value, value) for value in (1.0, 2.0, 4.0))
MACHINE = Machine({"torch": "2"}, "a processor", "", 2, 2, ("avx2",), "torch AVX2", "ours")
MADE = Moment("abc", 0.5, "2026-01-01T00:00:00+00:00")


def measured(name: str, ratio: Quartiles = TWO, flops: float | None = None) -> Measured:
    timings = (
        Timing("ours", TWO, ONE, None, flops, "bf16"),
        Timing("other", FOUR, ONE, ratio, None, "fp32"),
    )
    return Measured(name, "images", 3, "", MADE, timings)


def some(**changes: Any) -> Results:
    found = Results(
        schema=1,
        benchmark="augmentations",
        quick=False,
        machine=MACHINE,
        peak=Peak(100.0, 1000.0, 50.0, 0.0),
        made=MADE,
        cases=(measured("flip"), measured("blur", flops=5e10)),
        figures=(Figure("size", 3.0, "MiB"),),
        left_out=(LeftOut("kornia", "not installed"),),
    )
    return dataclasses.replace(found, **changes)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.json"
    results.save(some(), path)
    assert results.load("augmentations", path) == some()


def change(where: list[str | int], value: Any) -> Callable[[Any], None]:
    def apply(values: Any) -> None:
        for key in where[:-1]:
            values = values[key]
        if value is KeyError:
            del values[where[-1]]
        else:
            values[where[-1]] = value

    return apply


RATIO: list[str | int] = ["cases", 1, "timings", 1, "ratio"]
DAMAGE = {
    "missing field": (change(["peak", "bf16"], KeyError), "peak lacks bf16"),
    "unknown field": (change(["machine", "core"], 2), "field of machine 'core': did you mean"),
    "text for a number": (change([*RATIO, "low"], "2"), r"ratio.low is \"2\""),
    "truth for a number": (change(["machine", "cores"], True), "machine.cores is true"),
    "part of a core": (change(["machine", "cores"], 1.5), "machine.cores is 1.5"),
    "infinite": (change([*RATIO, "high"], float("inf")), "ratio.high is Infinity"),
    "no list": (change(["cases"], {}), r"cases is \{\}"),
    "no mapping": (change(["machine"], []), r"machine is \[\]"),
    "nothing": (change(["peak", "fp32"], None), "peak.fp32 is null"),
    "precision": (change(["cases", 0, "timings", 0, "precision"], "fp8"), r"precision is \"fp8\""),
    "later form": (change(["schema"], 2), "in form 2, not 'augmentations' in form 1"),
    "other benchmark": (change(["benchmark"], "store"), "holds the benchmark 'store'"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_refused_in_one_line(tmp_path: Path, damage: str) -> None:
    spoil, message = DAMAGE[damage]
    values = copy.deepcopy(json.loads(json.dumps(dataclasses.asdict(some()))))
    spoil(values)
    path = tmp_path / "augmentations.json"
    path.write_text(json.dumps(values))
    with pytest.raises(SsadError, match=message) as caught:
        results.load("augmentations", path)
    assert "augmentations.json" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00\xff"])
def test_what_is_no_result_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "store.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(SsadError, match="make it again with ssad bench") as caught:
        results.load("store", path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(SsadError, match="read the results of the benchmark 'fleets'"):
        results.load("fleets", tmp_path / "fleets.json")


def test_merging_replaces_by_name_and_adds() -> None:
    new = some(
        made=Moment("def", 0.0, "later"),
        cases=(measured("blur", FOUR), measured("kornia", ONE)),
        figures=(),
        left_out=(),
    )
    merged = results.merge(some(), new)
    assert [case.name for case in merged.cases] == ["flip", "blur", "kornia"]
    assert merged.cases[1].timings[1].ratio == FOUR
    assert merged.figures == some().figures
    assert merged.left_out == ()  # it is measured now
    assert merged.made.commit == "def"


@pytest.mark.parametrize(
    "changes",
    [{"quick": True}, {"machine": dataclasses.replace(MACHINE, threads=1)}],
    ids=["quick", "threads"],
)
def test_results_of_different_surroundings_are_not_merged(changes: dict[str, Any]) -> None:
    with pytest.raises(SsadError, match="measure the whole benchmark anew"):
        results.merge(some(), some(**changes))


def test_the_fraction_of_the_peak_is_of_the_variants_precision() -> None:
    found = some()
    ours, other = found.cases[1].timings
    assert found.fraction_of_peak(ours) == pytest.approx(5e10 / 2 / 1e12)
    assert found.fraction_of_peak(other) is None
    silent = some(peak=Peak(0.0, 0.0, 0.0, 0.0))
    assert silent.fraction_of_peak(ours) is None


@pytest.mark.parametrize(
    "path", sorted(results.path_of("store").parent.glob("*.json")), ids=lambda p: p.stem
)
def test_committed_results_are_whole(path: Path) -> None:
    found = results.load(path.stem)
    assert not found.quick
    assert found.cases or found.figures
