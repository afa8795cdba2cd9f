"""Where the records of a profile stand: in the run store, or committed under ``results/``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from ssad_lib import paths, profiles, results
from ssad_lib.claims import ledger
from ssad_lib.errors import SsadError, from_os_error
from ssad_lib.record import Record
from ssad_lib.spec import RunSpec
from ssad_lib.store import Store
from ssad_lib.studies import alignment, plan
from ssad_lib.studies.outlier_exposure import measured
from ssad_lib.studies.pitfalls import controls

HALVES = "halves.csv"  # beside the records: what only raw scores could tell
# Chapters that need more.
ALIGNED, SPLIT = "not-magic/observation-1", "pitfalls/snooping"
POINTS = "outlier-exposure/decision-boundaries"


class Shelf(Protocol):
    """Whatever has records by their specifications, and what was measured beside them."""

    def records(self, specs: Iterable[RunSpec]) -> list[Record]:
        """Return the records that there are."""

    def alignment(self, settings: Mapping[str, Any]) -> pd.DataFrame | None:
        """Return the MMD under the parameters of a chapter, or None."""

    def halves(self, records: Iterable[Record]) -> pd.DataFrame:
        """Return the AUC of halves of the test images (`ssad_lib.studies.pitfalls.controls`)."""

    def borders(self, settings: Mapping[str, Any]) -> pd.DataFrame | None:
        """Return the borders of points under the parameters of a chapter, or None."""


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

    def borders(self, settings: Mapping[str, Any]) -> pd.DataFrame | None:
        """Return the measured borders if they are in the cache."""
        return measured.stored(settings)


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

    def borders(self, settings: Mapping[str, Any]) -> pd.DataFrame | None:  # noqa: ARG002
        """Return the committed borders; there is one set for each folder."""
        return measured.committed(self.name)


def commit(profile: str, folder: Path) -> int:
    """Write what the verdicts of a profile rest on into a folder; return the number of runs.

    Its records (``runs.csv``, ``tasks.csv``), the measured MMD of the chapter on alignment
    (``mmd.csv``), the AUC of halves of test images (``halves.csv``) and the borders of points
    (``borders.csv``), which `Committed` reads.

    Raises
    ------
    SsadError
        For an unknown profile, if runs are missing, or the files cannot be written.
    """
    names = sorted({ledger.read(claim).chapter for claim in ledger.names()})
    settings = {name: profiles.settings(name, profile) for name in names}
    specs = {spec.key: spec for name in names for spec in plan.of_chapter(name, settings[name])}
    shelf = OpenStore()
    records = shelf.records(specs.values())
    if len(records) < len(specs):
        raise SsadError(
            f"{len(specs) - len(records)} of {len(specs)} runs of profile '{profile}' are not in "
            f"the store: run 'ssad build --profile {profile}' first"
        )
    results.write(records, folder)
    aligned = shelf.alignment(settings[ALIGNED])
    if aligned is not None:
        alignment.write(aligned, folder)
    borders = shelf.borders(settings[POINTS])
    if borders is not None:
        measured.write(borders, folder)
    split = [spec.key for spec in plan.of_chapter(SPLIT, settings[SPLIT])]
    halves = shelf.halves(record for record in records if record.spec.key in set(split))
    try:
        halves.to_csv(folder / HALVES, index=False, float_format="%.6g")
    except OSError as error:
        raise from_os_error(error, f"write the halves to {folder}") from error
    return len(records)
