"""Where the records of a profile stand: in the run store, or committed under ``results/``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from ssad_lib import paths, results
from ssad_lib.errors import SsadError, from_os_error
from ssad_lib.record import Record
from ssad_lib.spec import RunSpec
from ssad_lib.store import Store
from ssad_lib.studies import alignment
from ssad_lib.studies.pitfalls import controls

HALVES = "halves.csv"  # beside the records: what only raw scores could tell


class Shelf(Protocol):
    """Whatever has records by their specifications, and what was measured beside them."""

    def records(self, specs: Iterable[RunSpec]) -> list[Record]:
        """Return the records that there are."""

    def alignment(self, settings: Mapping[str, Any]) -> pd.DataFrame | None:
        """Return the MMD under the parameters of a chapter, or None."""

    def halves(self, records: Iterable[Record]) -> pd.DataFrame:
        """Return the AUC of halves of the test images (`ssad_lib.studies.pitfalls.controls`)."""


class OpenStore:
    """The run store of this user."""

    def __init__(self) -> None:
        self.store = Store()

    def records(self, specs: Iterable[RunSpec]) -> list[Record]:
        """Return the stored records of some specifications."""
        return list(self.store.records([spec.key for spec in specs]).values())

    def alignment(self, settings: Mapping[str, Any]) -> pd.DataFrame | None:
        """Return the measured MMD if it is in the cache."""
        return alignment.stored(settings)

    def halves(self, records: Iterable[Record]) -> pd.DataFrame:
        """Return the AUC of halves from the raw scores in the store."""
        keys = [record.spec.key for record in records]
        return controls.halves(self.store.records(keys, scores=True).values())


class Committed:
    """The committed records of a profile, ``results/<name>``: a book that somebody executed."""

    def __init__(self, name: str) -> None:
        self.name = name

    @cached_property
    def _by_key(self) -> dict[str, Record]:
        return {record.spec.key: record for record in results.committed(self.name)}

    def records(self, specs: Iterable[RunSpec]) -> list[Record]:
        """Return the committed records of some specifications."""
        return [self._by_key[spec.key] for spec in specs if spec.key in self._by_key]

    def alignment(self, settings: Mapping[str, Any]) -> pd.DataFrame | None:  # noqa: ARG002
        """Return the committed MMD; there is one for each folder."""
        return alignment.committed(self.name)

    def halves(self, records: Iterable[Record]) -> pd.DataFrame:
        """Return the committed AUC of halves."""
        path = paths.RESULTS / self.name / HALVES
        if not path.is_file():
            return pd.DataFrame(columns=controls.HALF)
        classes = {record.spec.normal_class for record in records}
        table = pd.read_csv(path)
        return table[table["normal_class"].isin(classes)]


def write_halves(table: pd.DataFrame, folder: Path) -> None:
    """Write the AUC of halves into a folder of results.

    Raises
    ------
    SsadError
        If there is nothing to write, or the file cannot be written.
    """
    if table.empty:
        raise SsadError("no raw scores, of which halves could be taken")
    try:
        table.to_csv(paths.make_folder(folder) / HALVES, index=False, float_format="%.6g")
    except OSError as error:
        raise from_os_error(error, f"write the halves to {folder}") from error
