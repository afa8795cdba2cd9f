"""The scorecard: every claim on every source of evidence, from records alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from ssad_lib import results
from ssad_lib.claims import ledger, report, sources, verification
from ssad_lib.claims.rule_book import NOT_RUN, VERDICTS, Finding
from ssad_lib.record import Record
from ssad_lib.studies.grid import budget_label
from ssad_lib.studies.self_tuning import runs

Findings = Mapping[str, Mapping[str, Finding]]


def findings(profiles: Iterable[str]) -> dict[str, dict[str, Finding]]:
    """Return the finding of every claim by source: stored runs of profiles, committed records.

    Raises
    ------
    SsadError
        If there is no such profile (with the nearest name).
    """
    names = [*profiles, *sources.names(), report.FORMULA]
    return {name: verification.verify(name) for name in names}


def grid(found: Findings) -> pd.DataFrame:
    """Return the verdicts: claims in rows, sources in columns."""
    table = pd.DataFrame(
        {name: {claim: f.verdict for claim, f in mine.items()} for name, mine in found.items()}
    )
    return table.reindex(ledger.names()).fillna(NOT_RUN)


def counts(found: Findings) -> pd.DataFrame:
    """Return how many claims have which verdict: verdicts in rows, sources in columns."""
    return grid(found).apply(pd.Series.value_counts).reindex(list(VERDICTS)).fillna(0).astype(int)


def lines(found: Findings) -> dict[str, pd.DataFrame]:
    """Return for each source with any verdict one row per claim: verdict, effect, interval, p."""
    tables = {}
    for name, mine in found.items():
        if any(finding.parts for finding in mine.values()):
            table = report.rows(name, mine).set_index("claim").drop(columns="source")
            tables[name] = table.fillna({"what": "", "note": "", "unit": ""})
    return tables


def statements() -> pd.DataFrame:
    """Return the statement, place and chapter of every claim."""
    claims = [ledger.read(name) for name in ledger.names()]
    return pd.DataFrame(
        [(claim.id, claim.statement, claim.where, claim.chapter) for claim in claims],
        columns=["claim", "statement", "where", "chapter"],
    ).set_index("claim")


def committed_records() -> dict[str, tuple[str, list[Record]]]:
    """Return budget, in words, and records of every committed source by its name, pools apart."""
    found = {}
    for name in sources.names():
        if name not in sources.POOLS:
            records = results.committed(sources.folder_of(name))
            tuned = name not in sources.GRIDS
            words = runs.label_of(r.spec for r in records) if tuned else budget_label(records)
            found[name] = (words, records)
    return found
