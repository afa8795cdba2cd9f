"""The run store: one SQLite file of records, content-addressed, append-only, crash-safe.

SQLite's journal gives what the project promises (rule 2): after ``kill -9`` at any moment the file
holds every record whose `append` returned and nothing of the others, and two writers wait for
each other. After a power failure the file is whole, too, but the last records may be missing: they
are trained again. A record is never changed; training again (``--fresh``) appends a later attempt.

A run whose process died has no record: a crash is not decided by its specification (rule 1), so it
is only noted, in a table of its own, and tried again by the next study that asks for the run. A
loss that became NaN is a result like any other.
"""

from __future__ import annotations

import json
import sqlite3
import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ssad_lib import paths
from ssad_lib.errors import SsadError
from ssad_lib.record import Record, TaskResult
from ssad_lib.spec import RunSpec

WAIT_SECONDS = 60.0  # for another writer
# Runs lie in the order of their arrival, found by an index of their keys alone, and the raw scores,
# most of the file, come last in a row: what does not ask for them does not read past them.
SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    key TEXT NOT NULL, attempt INTEGER NOT NULL, spec TEXT NOT NULL, error TEXT NOT NULL,
    loss_curve TEXT NOT NULL, provenance TEXT NOT NULL, measures TEXT NOT NULL,
    score_groups TEXT NOT NULL, scores BLOB NOT NULL, PRIMARY KEY (key, attempt)
);
CREATE TABLE IF NOT EXISTS tasks (
    key TEXT NOT NULL, attempt INTEGER NOT NULL, testbed TEXT NOT NULL, anomaly TEXT NOT NULL,
    auc REAL NOT NULL, average_precision REAL NOT NULL, normals INTEGER NOT NULL,
    anomalies INTEGER NOT NULL, measures TEXT NOT NULL,
    PRIMARY KEY (key, attempt, testbed, anomaly)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS crashes (
    key TEXT NOT NULL, spec TEXT NOT NULL, how TEXT NOT NULL, created TEXT NOT NULL
);
"""
RUN = "spec, error, loss_curve, provenance, measures"
SCORES = "score_groups, scores"
TASK = "testbed, anomaly, auc, average_precision, normals, anomalies, measures"
ADDED = "measures TEXT NOT NULL DEFAULT '{}'"  # older files get it when opened
CRASHES = "SELECT key, how FROM crashes WHERE key NOT IN (SELECT key FROM runs) ORDER BY rowid"
LATEST = "attempt = (SELECT MAX(attempt) FROM runs AS later WHERE later.key = wanted.value)"


class Store:
    """Open (and create if missing) the run store in one file.

    Parameters
    ----------
    path : Path, optional
        Default `ssad_lib.paths.store`, inside ``SSAD_HOME``.

    Raises
    ------
    SsadError
        If the file cannot be opened, is damaged, or is not a run store.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = paths.store() if path is None else path
        paths.make_folder(self.path.parent)
        with self._connection() as connection:
            _prepare(connection)
        self._stay_open()

    def __reduce__(self) -> tuple[type[Store], tuple[Path]]:
        return type(self), (self.path,)  # a connection cannot cross to another process

    def append(self, record: Record, *, again: bool = False) -> None:
        """Store `record` durably; a key already there is kept as it is unless `again`.

        Raises
        ------
        SsadError
            If the disk is full or the store cannot be written.
        """
        key = record.spec.key
        groups = [[name, len(values)] for name, values in record.scores.items()]
        scores = [np.asarray(values, np.float32) for values in record.scores.values()]
        blob = np.concatenate(scores).tobytes() if scores else b""
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            query = "SELECT COUNT(*) FROM runs WHERE key = ?"
            (attempt,) = connection.execute(query, (key,)).fetchone()
            if attempt and not again:
                connection.execute("ROLLBACK")
                return
            connection.execute(
                f"INSERT INTO runs (key, attempt, {RUN}, {SCORES}) "  # noqa: S608
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    key,
                    attempt,
                    record.spec.json,
                    record.error,
                    json.dumps(record.loss_curve),
                    json.dumps(record.provenance, sort_keys=True),
                    json.dumps(record.measures),
                    json.dumps(groups),
                    blob,
                ),
            )
            connection.executemany(
                f"INSERT INTO tasks (key, attempt, {TASK}) "  # noqa: S608
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        key,
                        attempt,
                        task.testbed,
                        task.anomaly,
                        task.auc,
                        task.average_precision,
                        task.normals,
                        task.anomalies,
                        json.dumps(task.measures),
                    )
                    for task in record.tasks
                ],
            )
            connection.execute("COMMIT")

    def note_crash(self, spec: RunSpec, how: str) -> None:
        """Note that the process of a run died; the run stays one that the store lacks.

        Raises
        ------
        SsadError
            As `append`.
        """
        row = (spec.key, spec.json, how, datetime.now(UTC).isoformat(timespec="seconds"))
        with self._connection() as connection:
            connection.execute("INSERT INTO crashes VALUES (?, ?, ?, ?)", row)

    def crashes(self) -> dict[str, str]:
        """Return how the process of each run died last, by key, of runs without a record."""
        with self._connection() as connection:
            return dict(connection.execute(CRASHES))

    def keys(self) -> set[str]:
        """Return the keys of all stored runs: those that became NaN, but none that crashed."""
        with self._connection() as connection:
            return {key for (key,) in connection.execute("SELECT DISTINCT key FROM runs")}

    def records(self, keys: Sequence[str], *, scores: bool = False) -> dict[str, Record]:
        """Return the latest record of each of `keys` that is stored, by key.

        Parameters
        ----------
        keys : sequence of str
        scores : bool
            Whether to read the raw scores, too (they are most of the file).
        """
        with self._connection() as connection:
            connection.execute("BEGIN")  # both tables as they are at one moment
            runs = _select(connection, f"{RUN}, {SCORES}" if scores else RUN, "runs", keys)
            rows = _select(connection, TASK, "tasks", keys)
        tasks: dict[str, list[TaskResult]] = {}
        for key, *values, measures in rows:
            tasks.setdefault(key, []).append(TaskResult(*[*values, json.loads(measures)]))
        return {
            key: Record(
                spec=RunSpec.from_json(spec),
                tasks=tuple(tasks.get(key, [])),
                loss_curve=tuple(json.loads(curve)),
                provenance=json.loads(provenance),
                scores=_unpack(*packed) if packed else {},
                measures=json.loads(measures),
                error=error,
            )
            for key, spec, error, curve, provenance, measures, *packed in runs
        }

    def _stay_open(self) -> None:
        """Hold the file open, idle, for as long as this store lives.

        SQLite tidies its journal up whenever the last connection is closed, which waits for the
        disk several times: 12 ms for each record, more than all the rest of `append`.
        """
        with self._explaining():
            held = sqlite3.connect(self.path, check_same_thread=False)
            weakref.finalize(self, held.close)
            held.execute("SELECT EXISTS (SELECT * FROM runs)").fetchone()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Open a connection for one operation, so that a store can cross to another process."""
        with (
            self._explaining(),
            closing(
                sqlite3.connect(self.path, timeout=WAIT_SECONDS, isolation_level=None)
            ) as connection,
        ):
            # Enough for a process that is killed; only a power failure may take the last records.
            connection.execute("PRAGMA synchronous=NORMAL")
            yield connection

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _explained(error, self.path) from error


def _prepare(connection: sqlite3.Connection) -> None:
    """Set the journal and make the tables.

    SQLite does not wait for other connections while it changes the journal, so we do. On file
    systems without shared memory it keeps its older, equally safe journal.
    """
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(SCHEMA)
            _complete(connection)
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _complete(connection: sqlite3.Connection) -> None:
    """Add the columns that a file of an older version lacks: nothing trained is lost."""
    for table in ("runs", "tasks"):
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        if "measures" not in columns:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {ADDED}")


def _select(
    connection: sqlite3.Connection, columns: str, table: str, keys: Sequence[str]
) -> list[tuple[Any, ...]]:
    """Return the key and `columns` of the rows that belong to the latest attempt of each key."""
    return connection.execute(
        # A cross join keeps its order: each key is looked up, the table is never read through.
        f"SELECT {table}.key, {columns} FROM json_each(?) AS wanted "  # noqa: S608
        f"CROSS JOIN {table} ON {table}.key = wanted.value WHERE {LATEST}",
        (json.dumps(list(dict.fromkeys(keys))),),
    ).fetchall()


def _unpack(groups: str, blob: bytes) -> dict[str, NDArray[np.float32]]:
    values = np.frombuffer(blob, np.float32)
    named = json.loads(groups)
    ends = np.cumsum([count for _, count in named])
    return {name: values[end - count : end] for (name, count), end in zip(named, ends, strict=True)}


def _explained(error: sqlite3.Error, path: Path) -> SsadError:
    text = str(error)
    if "full" in text:
        return SsadError(
            f"the disk is full: the run store {path} could not be written; free some space and "
            "run the same command again (finished runs are kept)"
        )
    if "readonly" in text or "unable to open" in text or "attempt to write" in text:
        return SsadError(
            f"the run store {path} cannot be written: check its permissions or set SSAD_HOME to "
            "a folder of your own"
        )
    if "not a database" in text or "malformed" in text:
        return SsadError(
            f"the run store {path} is damaged ({text}): move the file away to start a new one"
        )
    return SsadError(f"the run store {path}: {text}")
