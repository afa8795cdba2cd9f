"""The scorecard: every claim on every source of evidence, from records alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ssad_lib import paths, results
from ssad_lib.claims import catalogue, printed, report, sources, verification
from ssad_lib.claims.rule_book import NOT_RUN, Finding
from ssad_lib.record import Record
from ssad_lib.studies.grid import budget_label

Findings = Mapping[str, Mapping[str, Finding]]


def findings(profiles: Iterable[str]) -> dict[str, dict[str, Finding]]:
    """Return the finding of every claim by source: stored, committed and printed.

    A profile of which no run is stored here is judged on its committed records, if there are any.

    Raises
    ------
    SsadError
        If there is no such profile (with the nearest name).
    """
    names = [*profiles, *sources.names(), printed.SOURCE, report.FORMULA]
    found = {name: verification.verify(name) for name in names}
    for name in found:
        nothing = all(one.verdict == NOT_RUN for one in found[name].values())
        if nothing and (paths.RESULTS / name / "runs.csv").is_file():
            found[name] = verification.verify_committed(name)
    return found


def committed_records() -> dict[str, tuple[str, list[Record]]]:
    """Return budget, in words, and records of every committed source by its name, pools apart."""
    found = {}
    for name in sources.names():
        if name not in catalogue.POOLS:
            records = results.committed(sources.folder_of(name))
            found[name] = (sources.load(name).budget or budget_label(records), records)
    return found
