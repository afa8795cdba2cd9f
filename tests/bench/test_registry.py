from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
import torch

from ssad_lib.bench import registry, report
from ssad_lib.bench.cases import Case, Figure, LeftOut, Variant
from ssad_lib.errors import SsadError


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A benchmark of its own, registered for one test."""
    module = ModuleType("ssad_lib.bench.toy")

    def cases(quick: bool) -> Iterator[Case | Figure | LeftOut]:
        threads = torch.get_num_threads()
        yield Figure("threads", threads, "threads")
        for name in ("Slow", "fast"):
            variants = (
                Variant("ours", lambda: sum(range(100)), 10, flops=1e3),
                Variant("other", lambda: sum(range(200)), 10),
            )
            yield Case(f"{name}, batch 10", "images", variants, 3, 0, 0.0)
        yield LeftOut("third", "not installed")

    module.cases = cases  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ssad_lib.bench.toy", module)
    monkeypatch.setitem(registry._MODULES, "toy", "toy")
    return module


def test_a_benchmark_is_run_with_its_threads(toy: ModuleType) -> None:
    before, said = torch.get_num_threads(), []
    found = registry.run("toy", quick=True, threads=1, say=said.append)
    assert torch.get_num_threads() == before
    assert said == ["Slow, batch 10", "fast, batch 10"]
    assert [case.name for case in found.cases] == said
    assert found.figures[0].value == found.machine.threads == 1
    assert found.left_out[0].reason == "not installed"
    assert found.quick


def test_only_some_cases_are_measured(toy: ModuleType) -> None:
    found = registry.run("toy", quick=True, only="SLOW")
    assert [case.name for case in found.cases] == ["Slow, batch 10"]
    assert not found.figures
    assert not found.left_out
    with pytest.raises(SsadError, match="nothing in the benchmark 'toy' has 'none' in its name"):
        registry.run("toy", quick=True, only="none")


def test_the_report_says_everything(toy: ModuleType) -> None:
    text = report.as_text(registry.run("toy", quick=True))
    for part in ("quick: no measure of speed", "Slow, batch 10", "images/s", "times as fast",
                 "of the fp32 peak", "threads: ", "left out: third: not installed"):  # fmt: skip
        assert part in text


def test_unknown_benchmarks_and_threads_are_refused() -> None:
    with pytest.raises(SsadError, match=r"unknown benchmark 'augmentation': did you mean"):
        registry.run("augmentation")
    with pytest.raises(SsadError, match="threads must be a whole number of at least 1, not 0"):
        registry.run("alignment", threads=0)


@pytest.mark.parametrize("name", registry.names())
def test_every_registered_benchmark_is_there(name: str) -> None:
    module = importlib.import_module(f"ssad_lib.bench.{registry._MODULES[name]}")
    assert callable(module.cases)


@pytest.mark.parametrize("name", ["alignment", "statistics", "store"])
def test_small_benchmarks_run_quickly(name: str) -> None:
    found = registry.run(name, quick=True)
    assert found.cases or found.figures
