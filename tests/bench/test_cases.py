from __future__ import annotations

import gc
from collections.abc import Callable

import pytest

from ssad_lib.bench.cases import Case, Moment, Quartiles, Variant, measure
from ssad_lib.errors import SsadError

NOW = Moment("", 0.0, "")


class World:
    """Time that passes only while somebody works."""

    def __init__(self) -> None:
        self.now = 0.0
        self.log: list[str] = []

    def clock(self) -> float:
        return self.now

    def work(self, name: str, *seconds: float) -> Callable[[], None]:
        """Return a call that takes each of these times in turn, and the last one from then on."""
        left = list(seconds)

        def call() -> None:
            self.log.append(name)
            self.now += left.pop(0) if len(left) > 1 else left[0]

        return call


def test_ratios_are_paired_and_medians_are_over_repetitions() -> None:
    # The machine slows down by 10 between repetitions: the times spread, the ratio does not.
    world = World()
    ours = world.work("ours", 1.0, 2.0, 10.0, 100.0)
    other = world.work("other", 1.0, 6.0, 30.0, 300.0)
    case = Case(
        "a", "images", (Variant("ours", ours, 8), Variant("other", other, 4)),
        repetitions=3, warm_up=1, shortest=0.0,
    )  # fmt: skip
    measured = measure(case, NOW, world.clock)
    mine, theirs = measured.timings
    assert mine.seconds == Quartiles(6.0, 10.0, 55.0)
    assert theirs.seconds == Quartiles(18.0, 30.0, 165.0)
    assert mine.throughput.median == pytest.approx(0.8)
    assert mine.ratio is None
    assert [theirs.ratio.low, theirs.ratio.median, theirs.ratio.high] == pytest.approx([6, 6, 6])
    assert measured.repetitions == 3


def test_variants_run_in_turns_after_a_warm_up() -> None:
    world = World()
    variants = tuple(Variant(name, world.work(name, 1.0), 1) for name in "ab")
    measure(Case("turns", "runs", variants, 3, warm_up=2, shortest=0.0), NOW, world.clock)
    assert "".join(world.log) == "aabb" + "ababab"


def test_short_calls_are_repeated_within_one_timing() -> None:
    world = World()
    variants = (Variant("fast", world.work("f", 0.01), 2), Variant("slow", world.work("s", 1.0), 2))
    measured = measure(Case("short", "images", variants, 2, 0, 0.05), NOW, world.clock)
    assert world.log.count("s") == 1 + 2  # the calibration, then one call for each repetition
    assert world.log.count("f") == 1 + 2 * 5
    assert measured.timings[0].seconds.median == pytest.approx(0.01)
    assert measured.timings[1].ratio.median == pytest.approx(100)


def test_a_spread_ratio_has_its_quartiles() -> None:
    world = World()
    other = world.work("other", *(float(i) for i in range(1, 6)))
    variants = (Variant("ours", world.work("ours", 1.0), 1), Variant("other", other, 1))
    measured = measure(Case("spread", "images", variants, 5, 0, 0.0), NOW, world.clock)
    assert measured.timings[1].ratio == Quartiles(2.0, 3.0, 4.0)


def test_garbage_is_collected_again_even_after_a_failure() -> None:
    def fails() -> None:
        assert not gc.isenabled()
        raise ZeroDivisionError

    case = Case("failing", "runs", (Variant("ours", fails, 1),), 1, 0, 0.0)
    with pytest.raises(ZeroDivisionError):
        measure(case, NOW)
    assert gc.isenabled()


@pytest.mark.parametrize("names", ["", "aa"])
def test_variants_need_names_of_their_own(names: str) -> None:
    variants = tuple(Variant(name, lambda: None, 1) for name in names)
    with pytest.raises(SsadError, match="case 'twins' needs variants of different names"):
        measure(Case("twins", "runs", variants), NOW)
