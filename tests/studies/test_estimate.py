from dataclasses import replace

import pytest
from torch.utils.flop_counter import FlopCounterMode

from ssad_lib.cli import main
from ssad_lib.engine.images import training_images
from ssad_lib.engine.run import make_detector
from ssad_lib.errors import SsadError
from ssad_lib.spec import options
from ssad_lib.store import Store
from ssad_lib.studies import dry_run, estimate, plan
from ssad_lib.studies.estimate import Cost, Estimate, Kind
from ssad_lib.studies.grid import Budget, is_untrained
from ssad_lib.studies.not_magic import runs
from tests.engine.studies import EVERY_MODEL

COST = Cost(training=3.0, evaluation=1.0, memory=500, operations=2e12, loading=1.0)


@pytest.fixture(scope="module")
def specs():
    return runs.table_1(Budget.of(EVERY_MODEL))


class Clock:
    """A clock that only moves when told."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_cost_on_a_line_is_found_exactly(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(estimate.time, "perf_counter", clock)
    asked = []

    def work(count):
        asked.append(count)
        clock.now += 0.25 + 0.01 * count

    assert estimate._by_line(work, 10_000) == pytest.approx(0.25 + 0.01 * 10_000)
    assert max(asked) < 1000
    assert estimate._by_line(work, 5) == pytest.approx(0.25 + 0.05)


def test_what_takes_long_is_timed_once(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(estimate.time, "perf_counter", clock)
    asked = []

    def work(count):
        asked.append(count)
        clock.now += count

    assert estimate._by_line(work, 1000) == pytest.approx(1000)
    assert len(asked) == 1


def test_totals_are_sums_over_runs():
    other = Cost(training=0.0, evaluation=1.0, memory=700, operations=0.0, loading=2.0)
    found = Estimate((Kind("a", 10, COST), Kind("b", 4, other)), processes=2, starting=6.0)
    assert found.runs == 14
    assert found.work == 10 * 4 + 4
    assert found.seconds == 6 + 22
    assert found.memory == 1400
    assert found.on_gpus(4, 5.0) == pytest.approx(20e12 / (4 * 5e12))
    assert "4 GPUs at an assumed 5" in dry_run.report(found, 3, 4, 5.0)[-1]
    assert "not measured" in dry_run.report(found, 3, 4, 5.0)[-1]
    assert Estimate((), 1, 0.0).seconds == 0


@pytest.mark.parametrize("detector", ["AE", "DAE", "DeepSVDD", "DeepSAD", "AP"])
def test_every_detector_can_be_measured(specs, detector):
    trained = next(s for s in specs if s.detector == detector and not is_untrained(s))
    cost = estimate.measure(trained)
    assert cost.training > 0
    assert cost.evaluation > 0
    assert cost.memory > 50
    assert cost.operations > 1e6


def test_an_untrained_run_costs_its_evaluation_only(specs):
    cost = estimate.measure(next(s for s in specs if is_untrained(s)))
    assert cost.training == cost.operations == 0
    assert cost.seconds == cost.evaluation > 0


def test_operations_are_three_forward_passes_of_every_image_shown(specs):
    spec = next(s for s in specs if s.detector == "DeepSAD" and not is_untrained(s))
    detector, images = make_detector(spec), training_images(spec)
    epochs = detector.prepare(images).epochs
    with FlopCounterMode(display=False) as counter:
        detector.network_(images)
    # 40 images in batches of 16: the last 8 are dropped, the others are shown twice.
    expected = 3 * counter.get_total_flops() * (64 / 40) * epochs
    assert estimate.measure(spec).operations == pytest.approx(expected, rel=1e-6)


def test_runs_of_one_budget_are_one_kind_and_few_are_timed(specs, monkeypatch):
    found = estimate.estimate(specs, jobs=1)
    assert found.runs == len(specs)
    predictors = [kind for kind in found.kinds if "AP/" in kind.name]
    assert len(predictors) == 5  # four augmentations and the untrained one
    assert all(kind.cost.seconds > 0 for kind in found.kinds)


def test_dry_run_tells_and_trains_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SSAD_HOME", str(tmp_path))
    small = ["-p", "normal_classes=[0]", "-p", "images_per_class=40"]
    command = ["run", "not-magic/observation-2", "--profile", "smoke", "--dry-run", "--jobs", "1"]
    assert main([*command, *small, "--gpus", "2"]) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[0].endswith("0 are in the store")
    assert "2 GPUs at an assumed 50" in said
    assert not Store().keys()
    assert main([*command, "--gpus", "0"]) == 2


def test_plan_of_a_book_asks_what_its_chapters_ask():
    chapters = ["not-magic/table-1", "not-magic/setup", "reference/deviations"]
    planned = plan.of_book(chapters, "smoke", {})
    keys = {spec.key for spec in planned}
    assert {s.key for s in plan.of_book(chapters[:1], "smoke", {})} < keys
    assert plan.of_book(["not-magic/setup"], "smoke", {}) == []
    with pytest.raises(SsadError, match="did you mean"):
        plan.of_book(chapters, "smoek", {})


def test_durations_are_readable():
    said = [dry_run.duration(seconds) for seconds in (0.25, 89, 90, 5400, 200_000)]
    assert said == ["0.2 s", "89.0 s", "1.5 min", "1.5 h", "2.3 days"]


def test_pretraining_doubles_the_training_and_is_not_run(specs, monkeypatch):
    plain = next(s for s in specs if s.detector == "DeepSAD" and not is_untrained(s))
    chosen = {**dict(plain.detector_options), "pretrain": "ae"}
    longer = replace(plain, detector_options=options(chosen))
    monkeypatch.setattr("ssad_lib.detectors.hypersphere.train", None)  # its use would fail
    assert estimate.measure(longer).operations == 2 * estimate.measure(plain).operations
