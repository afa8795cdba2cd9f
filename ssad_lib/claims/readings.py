"""Verdicts under other readings of a disputed detail (METHODS, the tables x.7)."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ssad_lib.claims.decisions import decide
from ssad_lib.evidence import Evidence
from ssad_lib.studies.not_magic.deviations import Reading
from ssad_lib.widgets import TableBrowser
from ssad_lib.widgets.tables import range_of


def compare(reading: Reading, evidence: Evidence, other: Evidence) -> pd.DataFrame:
    """Return the verdicts that `reading` can move, under the default and under it.

    Indexed by detail and claim; columns source, default, verdict, other, verdict under it, and how
    many parts of the claim have another verdict.
    """
    rows = []
    for claim in reading.claims:
        before, after = decide(claim, evidence), decide(claim, other)
        pairs = zip(before.parts, after.parts, strict=False)
        rows.append(
            {
                "detail": reading.detail,
                "claim": claim,
                "source": reading.source,
                "default": reading.default,
                "verdict": before.verdict,
                "other": reading.other,
                "verdict under it": after.verdict,
                "parts that change": sum(a.verdict != b.verdict for a, b in pairs),
            }
        )
    return pd.DataFrame(rows).set_index(["detail", "claim"])


def verdicts(evidence: Evidence, changed: Iterable[tuple[Reading, Evidence]]) -> pd.DataFrame:
    """Return `compare` of every reading, in one table."""
    return pd.concat([compare(reading, evidence, other) for reading, other in changed])


def browser(evidence: Evidence, changed: Iterable[tuple[Reading, Evidence]]) -> TableBrowser:
    """Return the widget that shows the effects of one claim's comparisons under each reading."""
    tables = {}
    for reading, other in changed:
        for claim in reading.claims:
            columns = {
                name: decide(claim, source).table()["effect"]
                for name, source in ((reading.default, evidence), (reading.other, other))
            }
            table = pd.DataFrame(columns).rename_axis(index="comparison")
            if len(table):
                tables[f"{claim}, {reading.detail}"] = table
    return TableBrowser.from_tables(
        tables,
        label="Claim and detail",
        captions={name: f"Effect of every comparison of {name}" for name in tables},
        number="{:+.3f}",
        # AUC, rank correlations and errors have no scale in common: colours compare inside a claim.
        limits={name: range_of(table) for name, table in tables.items()},
    )
