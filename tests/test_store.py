"""The run store: exact, append-only, safe with two writers, clear when it cannot write."""

import multiprocessing
import sqlite3
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ssad_lib.errors import SsadError
from ssad_lib.record import Record, TaskResult
from ssad_lib.store import SCHEMA, Store, _prepare
from tests.test_spec import SPEC


def record(seed=0, auc=0.1 + 0.2, size=5):
    scores = np.random.default_rng(seed).random(size, dtype=np.float32)
    return Record(
        spec=replace(SPEC, seed=seed),
        tasks=(TaskResult("controlled", "flip", auc, 1 / 3, 2, 3),),
        loss_curve=(1 / 3, 0.25),
        provenance={"seconds": 1.5, "commit": "abc"},
        scores={"normal": scores[:2], "controlled/flip": scores[2:]},
    )


def test_a_record_comes_back_bit_by_bit():
    store, written = Store(), record()
    store.append(written)
    read = store.records([written.spec.key], scores=True)[written.spec.key]
    assert replace(read, scores={}) == replace(written, scores={})
    assert read.scores.keys() == written.scores.keys()
    assert all(np.array_equal(read.scores[n], written.scores[n]) for n in written.scores)


def test_a_stored_record_is_never_changed():
    store = Store()
    store.append(record(auc=0.5))
    store.append(record(auc=0.9))
    assert store.records([record().spec.key])[record().spec.key].tasks[0].auc == 0.5


def test_training_again_appends_a_later_attempt_and_keeps_the_first():
    store = Store()
    store.append(record(auc=0.5))
    store.append(record(auc=0.9), again=True)
    assert store.records([record().spec.key])[record().spec.key].tasks[0].auc == 0.9
    with sqlite3.connect(store.path) as connection:
        assert connection.execute("SELECT attempt, auc FROM tasks").fetchall() == [
            (0, 0.5),
            (1, 0.9),
        ]


def test_unknown_keys_are_left_out():
    store = Store()
    store.append(record())
    assert store.records(["no such key"]) == {}
    assert store.keys() == {record().spec.key}


def _write(path, seeds):
    store = Store(path)
    for seed in seeds:
        store.append(record(seed))


def test_two_writers_at_once_lose_nothing(tmp_path):
    path = tmp_path / "store.sqlite"
    spawn = multiprocessing.get_context("spawn")
    ranges = [range(300), range(200, 500)]  # a hundred runs are written by both
    writers = [spawn.Process(target=_write, args=(path, seeds)) for seeds in ranges]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    store = Store(path)
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert store.keys() == {record(seed).spec.key for seed in range(500)}
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT COUNT(*) FROM runs").fetchone() == (500,)


def test_killed_writer_leaves_whole_records_only(tmp_path):
    path = tmp_path / "store.sqlite"
    writer = multiprocessing.get_context("spawn").Process(target=_write, args=(path, range(10**6)))
    writer.start()
    while not path.exists() or len(Store(path).keys()) < 50:
        time.sleep(0.01)
    writer.kill()
    writer.join()
    store = Store(path)
    keys = sorted(store.keys())
    assert len(keys) >= 50
    for read in store.records(keys, scores=True).values():
        assert len(read.tasks) == 1
        assert np.array_equal(
            np.concatenate(list(read.scores.values())),
            np.concatenate(list(record(read.spec.seed).scores.values())),
        )


def test_full_disk_is_explained_and_nothing_is_lost():
    store = Store()
    store.append(record(0))
    with sqlite3.connect(store.path) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    limited = LimitedStore(store.path, pages)
    with pytest.raises(SsadError, match="the disk is full.*finished runs are kept"):
        limited.append(record(1, size=10**6))
    assert store.keys() == {record(0).spec.key}


class LimitedStore(Store):
    """A store that SQLite may not let grow: it then reports the error of a full disk."""

    def __init__(self, path, pages):
        self.pages = pages
        super().__init__(path)

    def _connection(self):
        from contextlib import contextmanager

        @contextmanager
        def limited():
            with Store._connection(self) as connection:
                connection.execute(f"PRAGMA max_page_count={self.pages}")
                yield connection

        return limited()


def test_read_only_store_is_explained():
    store = Store()
    store.append(record(0))

    with pytest.raises(SsadError, match=r"cannot be written.*SSAD_HOME"), store._connection() as db:
        db.execute("PRAGMA query_only=ON")
        db.execute("DELETE FROM runs")


def test_damaged_store_is_explained(tmp_path):
    path = tmp_path / "store.sqlite"
    path.write_bytes(b"not a database, but long enough to be one" * 50)
    with pytest.raises(SsadError, match="is damaged.*move the file away"):
        Store(path)


def test_home_that_is_a_file_is_explained(tmp_path, monkeypatch):
    (tmp_path / "home").write_text("")
    monkeypatch.setenv("SSAD_HOME", str(tmp_path / "home"))
    with pytest.raises(SsadError, match="could not create the folder"):
        Store()


def test_store_lives_in_ssad_home(tmp_path, monkeypatch):
    monkeypatch.setenv("SSAD_HOME", str(tmp_path))
    assert Store().path == Path(tmp_path) / "store.sqlite"


class Contended:
    """A connection that is refused twice, as two that switch the journal at once refuse each other.

    SQLite answers such a pair at once, whatever its time-out, so the collision cannot be staged.
    """

    def __init__(self):
        self.refused = 0
        self.done = []

    def execute(self, statement):
        if self.refused < 2:
            self.refused += 1
            raise sqlite3.OperationalError("database is locked")
        self.done.append(statement)
        return [(0, "key"), (1, "measures")]

    def executescript(self, statements):
        self.done.append(statements)


def test_opening_tries_again_when_two_collide():
    connection = Contended()
    _prepare(connection)
    assert connection.done[:2] == ["PRAGMA journal_mode=WAL", SCHEMA]


def test_opening_gives_up_in_the_end(monkeypatch):
    monkeypatch.setattr("ssad_lib.store.WAIT_SECONDS", -1.0)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        _prepare(Contended())
