from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from ssad_lib.bench import page, results
from ssad_lib.bench.cases import Figure, LeftOut, Measured, Quartiles, Timing
from ssad_lib.bench.results import Results
from tests.bench.test_results import MADE, some


def case(name: str, flops: float | None = None, **others: tuple[float, float, float]) -> Measured:
    """A case in which ours does 1,234,567 images a second."""
    speed = Quartiles(1e6, 1_234_567.0, 2e6)
    ours = Timing("ours", Quartiles(1.0, 1.0, 1.0), speed, None, flops, "bf16")
    theirs = (
        Timing(other, speed, Quartiles(3.0, 3.21987, 4.0), Quartiles(*ratio), None, "fp32")
        for other, ratio in others.items()
    )
    return Measured(name, "images", 3, "", MADE, (ours, *theirs))


KNOWN = some(
    cases=(
        case("flip, batch 4", torchvision=(9, 12, 14), kornia=(2, 3, 4)),
        case("geom, batch 4", torchvision=(5, 6, 7)),
        case("mask, batch 4", torchvision=(11, 12, 13), kornia=(0.7, 0.8, 0.9)),
        case("mask, batch 9", torchvision=(0.9, 1.1, 1.3), kornia=(1.2, 1.3, 1.4)),
        case("DAE", flops=2.5e11, loop=(4.0, 5.0, 6.0)),
    ),
    left_out=(LeftOut("geom, kornia", "has no such operation"), LeftOut("ray", "not installed")),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("ssad_lib.paths.BENCHMARKS", tmp_path)
    return tmp_path


def test_a_missing_file_is_said_and_a_damaged_one_refused(folder: Path) -> None:
    results.save(KNOWN, results.path_of("augmentations"))
    found = page.found(["augmentations", "store"])
    assert found == {"augmentations": KNOWN, "store": None}
    assert "`ssad bench store --save`" in page.missing("store")
    results.path_of("store").write_text("{")
    with pytest.raises(Exception, match=r"store\.json is not JSON"):
        page.found(["store"])


def test_cases_of_like_variants_share_a_table() -> None:
    grouped = page.groups(KNOWN)
    assert list(grouped) == [("ours", "torchvision", "kornia"), ("ours", "loop")]
    first, second = (page.throughputs(KNOWN, cases) for cases in grouped.values())
    assert list(first.index) == ["flip, batch 4", "geom, batch 4", "mask, batch 4", "mask, batch 9"]
    assert first.loc["flip, batch 4", "ours"] == "1,230,000"
    assert first.loc["flip, batch 4", "torchvision"] == "3.22"
    assert first.loc["flip, batch 4", "ours to kornia"] == "3 (2–4)"
    assert first["kornia"].isna().tolist() == [False, True, False, False]
    assert second.loc["DAE", "of the bf16 peak"] == "25%"


def test_losses_are_said_in_words() -> None:
    text = page.verdict(KNOWN)
    assert "faster in 6 of 8 comparisons" in text
    assert "**Slower**: mask, batch 4 against kornia (0.8 times as fast)." in text
    assert "Too close to call (quartiles on both sides of 1): mask, batch 9 against torch" in text
    assert "Left out, has no such operation: geom, kornia." in text
    assert "Slower" not in page.verdict(some())


def test_a_goal_names_what_misses_it() -> None:
    text = page.reached(KNOWN, 10, "torchvision", "batch 4")
    assert "1 of 3 comparisons stay below it: geom, batch 4 against torchvision (6 times" in text
    assert "All 1 comparisons reach it" in page.reached(KNOWN, 1.1, "torchvision", "batch 9")


def test_the_surroundings_are_said() -> None:
    later = dataclasses.replace(MADE, date="2026-02-03T04:05:06+00:00", commit="def", load=2.5)
    known = some(cases=(KNOWN.cases[0], dataclasses.replace(KNOWN.cases[1], made=later)))
    text = page.surroundings(known)
    for part in (
        "a processor (avx2), torch AVX2, 2 of 2 cores",
        "2026-01-01 to 2026-02-03",
        "abc to def",
        "0.5 to 2.5 other",
        "torch 2",
        "100 GFLOP/s in fp32, 1,000 in bf16",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("value", "text"), [(1_234_567, "1,230,000"),
    (99.96, "100"), (12.34, "12.3"), (0.00123, "0.00123")]
)  # fmt: skip
def test_throughputs_have_three_digits(value: float, text: str) -> None:
    assert page.rate(value) == text


@pytest.mark.parametrize("known", [KNOWN, some(cases=(), figures=(Figure("size", 3.0, "MiB"),))])
def test_everything_is_shown(known: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr("IPython.display.display", lambda item: shown.append(item.data))
    page.show({"augmentations": known}, "augmentations")
    text = "\n".join(shown)
    assert "Measured on a processor" in text
    assert ("<img" in text) == bool(known.cases)
    assert ("MiB" in text) == bool(known.figures)
    page.show({"store": None}, "store")
    page.show({}, "fleets")
    assert [said.startswith("**Not measured**") for said in shown[-2:]] == [True, True]
    page.goal({"augmentations": known}, "augmentations", 10, "torchvision", "batch 4")
