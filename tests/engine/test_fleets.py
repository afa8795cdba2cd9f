import numpy as np
import pytest
import torch

from ssad_lib.detectors import DAE
from ssad_lib.engine import fleets
from ssad_lib.errors import SsadError
from ssad_lib.studies.grid import Budget
from ssad_lib.studies.not_magic import runs
from tests.engine.studies import EVERY_MODEL, specs


@pytest.fixture(scope="module")
def planned():
    return runs.table_1(Budget.of(EVERY_MODEL))


def test_every_run_is_in_one_fleet_and_members_are_alike(planned):
    made = fleets.group(planned, 8)
    assert sorted(s.key for fleet in made for s in fleet) == sorted(s.key for s in planned)
    assert max(map(len, made)) == 8
    for fleet in made:
        assert len({(s.detector, s.detector_options, s.size) for s in fleet}) == 1
        if fleet[0].detector == "AP":
            assert len({s.augmentation for s in fleet}) == 1


def test_augmentations_share_a_fleet_where_the_network_does_not_depend_on_them(planned):
    together = {s.augmentation for fleet in fleets.group(planned, 64) for s in fleet
                if fleet[0].detector == "DeepSAD"}  # fmt: skip
    assert together == {"cutout", "flip", "invert", "geom"}


def test_classes_of_different_size_are_no_fleet(planned, monkeypatch):
    monkeypatch.setattr(fleets, "_counts", lambda *_: [40, 39])
    for fleet in fleets.group(planned, 64):
        assert len({s.normal_class for s in fleet}) == 1


def test_without_gpu_runs_are_trained_alone_unless_asked(planned, monkeypatch):
    monkeypatch.delenv(fleets.MEMBERS, raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert fleets.group(planned) == [(spec,) for spec in planned]
    monkeypatch.setenv(fleets.MEMBERS, "4")
    assert max(map(len, fleets.group(planned))) == 4
    monkeypatch.delenv(fleets.MEMBERS)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert fleets.fleet_size() == fleets.LARGEST


@pytest.mark.parametrize("size", ["0", "two", "-1", "1.5"])
def test_impossible_sizes_are_refused(size, monkeypatch):
    monkeypatch.setenv(fleets.MEMBERS, size)
    with pytest.raises(SsadError, match="whole number"):
        fleets.fleet_size()


@pytest.fixture(scope="module")
def records():
    fleet = next(f for f in fleets.group(specs(), 6) if f[0].detector == "DAE")
    return fleet, fleets.perform_fleet(fleet), [fleets.perform(spec) for spec in fleet]


def test_records_of_a_fleet_are_those_of_single_runs(records):
    fleet, together, alone = records
    assert len(fleet) == 6
    for spec, ours, single in zip(fleet, together, alone, strict=True):
        assert ours.spec == single.spec == spec
        assert not ours.error
        assert ours.scores.keys() == single.scores.keys()
        for name, values in single.scores.items():
            np.testing.assert_allclose(ours.scores[name], values, atol=1e-4)
        for a, b in zip(ours.tasks, single.tasks, strict=True):
            assert (a.testbed, a.anomaly) == (b.testbed, b.anomaly)
            # Ten normals and ten anomalies: one pair that changes places moves the AUC by .01.
            assert a.auc == pytest.approx(b.auc, abs=0.021)


def test_too_little_memory_halves_the_fleet(records, monkeypatch):
    fleet, together, _ = records
    sizes = []

    def narrow(courses):
        sizes.append(len(courses))
        if len(courses) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return train_together(courses)

    train_together = fleets.train_together
    monkeypatch.setattr(fleets, "train_together", narrow)
    made = fleets.perform_fleet(fleet)
    assert sizes[0] == 6
    assert [record.spec for record in made] == list(fleet)
    assert max(size for size in sizes if size <= 2) == 2
    for ours, before in zip(made, together, strict=True):
        for name, values in before.scores.items():
            np.testing.assert_allclose(ours.scores[name], values, atol=1e-4)


def test_one_run_that_does_not_fit_is_one_clear_line(monkeypatch):
    def full(spec):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(fleets, "perform", full)
    with pytest.raises(SsadError, match=r"does not fit the memory.*batch_size"):
        fleets.perform_fleet((specs()[0],))


def test_a_failed_member_is_recorded_and_the_others_go_on(records, monkeypatch):
    fleet, _, _ = records

    def broken(courses):
        outcomes = train_together(courses)
        return [fleets.NonFiniteError("the training loss became nan"), *outcomes[1:]]

    train_together = fleets.train_together
    monkeypatch.setattr(fleets, "train_together", broken)
    made = fleets.perform_fleet(fleet[:3])
    assert [record.error for record in made] == ["the training loss became nan", "", ""]
    assert not made[0].tasks
    assert made[1].tasks


def test_members_that_fit_follow_the_free_memory():
    images = torch.rand(20, 3, 32, 32)
    course = DAE(width=4, batch_size=10).prepare(images)
    one = fleets.bytes_of_member(course, images)
    assert fleets.members_that_fit(course, images, free=10 * one) == 8
    assert fleets.members_that_fit(course, images, free=100 * one) == 80
    assert fleets.members_that_fit(course, images, free=1) == 1
    assert fleets.members_that_fit(course, images) == fleets.LARGEST
    larger = DAE(width=4, batch_size=20).prepare(images)
    assert fleets.bytes_of_member(larger, images) > one


def test_activations_are_counted_layer_by_layer():
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 5, 3, padding=1), torch.nn.Flatten())
    assert fleets._activations(network, (2, 3, 8, 8)) == 2 * (2 * 5 * 8 * 8)
