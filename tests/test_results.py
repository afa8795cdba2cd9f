"""Results as CSV: exact round trip, refused when edited, importable."""

import pytest

from ssad_lib import paths, results
from ssad_lib.errors import SsadError
from ssad_lib.store import Store
from tests.test_store import record


def test_round_trip_keeps_every_bit_but_the_scores(tmp_path):
    written = [record(seed, auc=seed / 7) for seed in range(5)]
    results.write(written, tmp_path)
    read = {r.spec.key: r for r in results.read(tmp_path)}
    for original in written:
        copy = read[original.spec.key]
        assert copy.scores == {}
        assert (copy.spec, copy.tasks, copy.loss_curve, copy.provenance, copy.error) == (
            original.spec, original.tasks, original.loss_curve, original.provenance, "",
        )  # fmt: skip


def test_writing_twice_gives_the_same_bytes(tmp_path):
    written = [record(seed) for seed in range(5)]
    results.write(written, tmp_path / "a")
    results.write(written[::-1], tmp_path / "b")
    for name in ("runs.csv", "tasks.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_export_of_an_import_is_the_same(tmp_path):
    results.write([record(seed) for seed in range(3)], tmp_path / "a")
    store = Store()
    assert results.import_into(store, tmp_path / "a") == 3
    results.write(store.records(sorted(store.keys())).values(), tmp_path / "b")
    for name in ("runs.csv", "tasks.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_import_keeps_what_the_store_has(tmp_path):
    store = Store()
    store.append(record(0, auc=0.25))
    results.write([record(0, auc=0.75)], tmp_path)
    results.import_into(store, tmp_path)
    (kept,) = store.records([record(0).spec.key]).values()
    assert kept.tasks[0].auc == 0.25


def test_edited_specification_is_refused(tmp_path):
    results.write([record(0)], tmp_path)
    path = tmp_path / "runs.csv"
    path.write_text(path.read_text().replace('""seed"":0', '""seed"":1'))
    with pytest.raises(SsadError, match=r"runs.csv: key .* does not belong to its specification"):
        results.read(tmp_path)


def test_missing_and_damaged_files_are_named(tmp_path):
    with pytest.raises(SsadError, match=r"runs.csv is missing"):
        results.read(tmp_path)
    (tmp_path / "runs.csv").write_text("a,b\n1,2\n")
    with pytest.raises(SsadError, match=r"runs.csv has columns \['a', 'b'\], expected"):
        results.read(tmp_path)


def test_unknown_folder_is_named():
    with pytest.raises(SsadError, match="did you mean 'cifar10-reduced'"):
        results.committed("cifar-reduced")


@pytest.mark.parametrize(
    "folder", [p.parent for p in paths.RESULTS.glob("*/runs.csv")], ids=lambda p: p.name
)
def test_committed_records_are_whole(folder):
    records = results.read(folder)
    assert records
    for one in records:
        assert not one.error
        assert one.tasks
        assert {"seconds", "commit", "torch", "device", "version"} <= one.provenance.keys()
        assert "dirty" not in one.provenance["commit"]
