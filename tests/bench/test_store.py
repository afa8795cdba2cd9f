"""The measuring of the store, at a small scale: what it fills, what it returns."""

from itertools import islice

from ssad_lib.bench import store as measuring
from ssad_lib.store import Store


def test_a_store_is_filled_and_every_figure_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(measuring, "READINGS", 1)
    figures = measuring.measure(tmp_path, records=400)
    assert len(Store(tmp_path / "store.sqlite").keys()) == 400
    assert all(value > 0 for value in figures.values())
    assert figures["append_ms_median"] <= figures["append_ms_p99"]
    assert figures["kib_per_record"] == figures["size_mib"] * 1024 / 400


def test_synthetic_records_are_all_different_and_as_large_as_said():
    records = list(islice(measuring.synthetic(), 300))
    assert len({record.spec.key for record in records}) == 300
    for record in records:
        assert len(record.tasks) == 12
        assert sum(map(len, record.scores.values())) == 2_040
