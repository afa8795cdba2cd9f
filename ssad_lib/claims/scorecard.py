"""The scorecard: every claim on every source of evidence, from records alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from ssad_lib import paths, results
from ssad_lib.claims import ledger, report, sources, verification
from ssad_lib.claims.finding import VERDICTS, Finding
from ssad_lib.evidence import Evidence
from ssad_lib.record import Record
from ssad_lib.studies.grid import budget_label
from ssad_lib.studies.self_tuning import runs

Findings = Mapping[str, Mapping[str, Finding]]


def findings(profiles: Iterable[str]) -> dict[str, dict[str, Finding]]:
    """Return the finding of every claim by source: the stored runs of profiles, committed records.

    Raises
    ------
    SsadError
        If there is no such profile (with the nearest name).
    """
    found = {profile: verification.verify(profile) for profile in profiles}
    for name, evidence in (sources.committed() | _tuned()).items():
        found[name] = report.findings(evidence, ledger.names())
    return found


def _tuned() -> dict[str, Evidence]:
    return {
        name: evidence
        for chapter in sources.TUNED
        for name, evidence in sources.committed_tuned(chapter).items()
    }


def grid(found: Findings) -> pd.DataFrame:
    """Return the verdicts: claims in rows, sources in columns."""
    return pd.DataFrame(
        {name: {claim: f.verdict for claim, f in mine.items()} for name, mine in found.items()}
    )


def counts(found: Findings) -> pd.DataFrame:
    """Return how many claims have which verdict: verdicts in rows, sources in columns."""
    return grid(found).apply(pd.Series.value_counts).reindex(list(VERDICTS)).fillna(0).astype(int)


def lines(found: Findings) -> dict[str, pd.DataFrame]:
    """Return for each source with any verdict one row per claim: verdict, effect, interval, p."""
    tables = {}
    for name, mine in found.items():
        if any(finding.parts for finding in mine.values()):
            table = report.rows(name, mine).set_index("claim").drop(columns="source")
            tables[name] = table.fillna({"what": "", "note": ""})
    return tables


def statements() -> pd.DataFrame:
    """Return the statement, place and chapter of every claim."""
    claims = [ledger.read(name) for name in ledger.names()]
    return pd.DataFrame(
        [(claim.id, claim.statement, claim.where, claim.chapter) for claim in claims],
        columns=["claim", "statement", "where", "chapter"],
    ).set_index("claim")


def committed_records() -> dict[str, tuple[str, list[Record]]]:
    """Return budget, in words, and records of every committed source by its name."""
    tuned = {folder: name for chapter in sources.TUNED.values() for folder, name in chapter.items()}
    found = {}
    for folder, name in (sources.COMMITTED | tuned).items():
        if (paths.RESULTS / folder / "runs.csv").is_file():
            records = results.committed(folder)
            specs = (record.spec for record in records)
            words = runs.label_of(specs) if folder in tuned else budget_label(records)
            found[name] = (words, records)
    return found
