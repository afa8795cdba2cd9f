"""The run store: exact, append-only, safe with two writers, clear when it cannot write."""

import multiprocessing
import os
import pickle
import sqlite3
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ssad_lib.errors import SsadError
from ssad_lib.record import Record, TaskResult
from ssad_lib.store import SCHEMA, Store, _prepare, _select
from tests.test_spec import SPEC

SECONDS = float(os.environ.get("SSAD_TEST_WRITERS", "2"))  # that two writers compete


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


def test_a_crash_is_noted_but_the_run_stays_missing_until_it_has_a_record():
    store, spec = Store(), record().spec
    for how in ("killed by signal 11 (SIGSEGV)", "killed by signal 9 (SIGKILL)"):
        store.note_crash(spec, how)
    assert store.keys() == set()
    assert store.records([spec.key]) == {}
    assert store.crashes() == {spec.key: "killed by signal 9 (SIGKILL)"}
    store.append(record())
    assert store.crashes() == {}


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


def test_records_come_in_the_order_asked_for_each_once():
    store = Store()
    for seed in range(5):
        store.append(record(seed))
    keys = [record(seed).spec.key for seed in (3, 0, 4, 3)]
    read = store.records(keys)
    assert list(read) == keys[:3]
    assert [len(found.tasks) for found in read.values()] == [1, 1, 1]


def test_the_records_of_a_study_are_looked_up_not_searched_for():
    """Reading 350 of 100,000 runs must not pass all of them."""
    store, plans = Store(), []
    store.append(record())
    with store._connection() as connection:
        connection.set_trace_callback(plans.append)
        for table in ("runs", "tasks"):
            _select(connection, "measures", table, ["a", "b"])
        connection.set_trace_callback(None)
        queries = [query for query in plans if query.startswith("SELECT")]
        steps = [
            row[3] for query in queries for row in connection.execute(f"EXPLAIN QUERY PLAN {query}")
        ]
    assert len(queries) == 2
    assert not [step for step in steps if step.startswith("SCAN") and "wanted" not in step]


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


def _compete(path, first, seconds, log):
    """Append every other seed, then one that the other writer appends, too, and log both."""
    store, seed, until = Store(path), first, time.monotonic() + seconds
    with log.open("w") as written:
        while time.monotonic() < until:
            for mine in (seed, 10**6 + seed // 2):
                store.append(record(mine))
                written.write(f"{mine}\n")
            seed += 2


def test_two_writers_and_a_reader_for_a_while(tmp_path):
    path, logs = tmp_path / "store.sqlite", [tmp_path / "even", tmp_path / "odd"]
    spawn = multiprocessing.get_context("spawn")
    writers = [
        spawn.Process(target=_compete, args=(path, first, SECONDS, log))
        for first, log in enumerate(logs)
    ]
    for writer in writers:
        writer.start()
    store, seen = Store(path), set()
    while any(writer.is_alive() for writer in writers):
        keys = store.keys()
        assert seen <= keys
        recent = sorted(keys - seen)[:100]
        assert all(len(read.tasks) == 1 for read in store.records(recent).values())
        seen = keys
    assert [writer.exitcode for writer in writers] == [0, 0]
    written = [[int(seed) for seed in log.read_text().split()] for log in logs]
    assert all(written)
    seeds = {record(seed).spec.key: seed for seed in {*written[0], *written[1]}}
    read = store.records(list(seeds), scores=True)
    assert store.keys() == seeds.keys() == read.keys()
    for key, seed in seeds.items():
        assert np.array_equal(read[key].scores["normal"], record(seed).scores["normal"])
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT COUNT(*) FROM runs").fetchone() == (len(seeds),)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_store_crosses_to_another_process():
    store = Store()
    store.append(record())
    assert pickle.loads(pickle.dumps(store)).keys() == {record().spec.key}


OLDER = """
CREATE TABLE runs (
    key TEXT NOT NULL, attempt INTEGER NOT NULL, spec TEXT NOT NULL, error TEXT NOT NULL,
    loss_curve TEXT NOT NULL, provenance TEXT NOT NULL, score_groups TEXT NOT NULL,
    scores BLOB NOT NULL, PRIMARY KEY (key, attempt)
) WITHOUT ROWID;
CREATE TABLE tasks (
    key TEXT NOT NULL, attempt INTEGER NOT NULL, testbed TEXT NOT NULL, anomaly TEXT NOT NULL,
    auc REAL NOT NULL, average_precision REAL NOT NULL, normals INTEGER NOT NULL,
    anomalies INTEGER NOT NULL, PRIMARY KEY (key, attempt, testbed, anomaly)
) WITHOUT ROWID;
"""


def test_a_store_of_an_older_version_is_read_and_continued(tmp_path):
    path, old, new = tmp_path / "store.sqlite", record(0), record(1)
    with sqlite3.connect(path) as connection:
        connection.executescript(OLDER)
        row = (old.spec.key, 0, old.spec.json, "", "[]", "{}", '[["normal", 2]]', b"\0" * 8)
        connection.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        row = (old.spec.key, 0, "controlled", "flip", 0.5, 0.25, 2, 3)
        connection.execute("INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    store = Store(path)
    store.append(new)
    read = store.records([old.spec.key, new.spec.key], scores=True)
    assert read[old.spec.key].tasks == (TaskResult("controlled", "flip", 0.5, 0.25, 2, 3),)
    assert list(read[old.spec.key].scores["normal"]) == [0, 0]
    assert read[new.spec.key].tasks == new.tasks
    assert np.array_equal(read[new.spec.key].scores["normal"], new.scores["normal"])


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
