"""The run store at the size of a large study: absolute times, compared with nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from ssad_lib.bench import store
from ssad_lib.bench.cases import Case, Figure, LeftOut

RECORDS, QUICK_RECORDS = 100_000, 350
FIGURES = {  # what `store.measure` returns: name and unit in a table
    "append_ms_median": ("append a record, median", "ms"),
    "append_ms_p99": ("append a record, 99th percentile", "ms"),
    "fill_s": ("fill the store, making the records included", "s"),
    "keys_s": ("list all keys", "s"),
    "study_records_s": ("read the records of a study of 350 runs", "s"),
    "study_table_s": ("make the table of a study of 350 runs", "s"),
    "study_scores_s": ("read a study of 350 runs with raw scores", "s"),
    "size_mib": ("size of the file", "MiB"),
    "kib_per_record": ("size of a record", "KiB"),
}


def cases(quick: bool) -> Iterator[Case | Figure | LeftOut]:
    """Yield the figures of a store that is filled for it and thrown away."""
    records = QUICK_RECORDS if quick else RECORDS
    with tempfile.TemporaryDirectory() as folder:
        found = store.measure(Path(folder), records)
    yield Figure("records in the store", records, "records")
    for key, (name, unit) in FIGURES.items():
        yield Figure(name, found[key], unit)
