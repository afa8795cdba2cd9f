"""Committed verdicts are what the committed records say, source by source."""

import pandas as pd
import pytest

from ssad_lib import claims, paths, profiles
from ssad_lib.claims import ledger, printed, report, sources, verification
from ssad_lib.claims.rule_book import Finding
from ssad_lib.claims.shelves import Committed

LAPTOP = "laptop"


def judged(source: str) -> dict[str, Finding]:
    """Return what the committed records of a source say, those of the laptop profile among them."""
    if source != LAPTOP:
        return verification.verify(source)
    shelf = Committed(source)
    chapters = {claim: ledger.read(claim).chapter for claim in claims.TESTS}
    evidence = {name: sources.of_profile(name, source, shelf=shelf)
                for name in set(chapters.values())}  # fmt: skip
    return {claim: claims.decide(claim, evidence[name]) for claim, name in chapters.items()}


@pytest.mark.parametrize("source", [LAPTOP, *sources.names(), printed.SOURCE, report.FORMULA])
def test_verdicts_follow_from_the_records(source):
    found = judged(source)
    committed = verification.committed(source)
    assert set(committed.index) == set(found)
    assert not verification.differing(source, found)
    for claim, row in committed.iterrows():
        part = found[claim].quoted
        assert row["what"] == (part.what if part else "")
        if part:
            assert (row["n"], row["unit"]) == (str(part.n), part.unit) or row["n"] == part.n


def test_every_committed_source_is_known():
    table = pd.read_csv(paths.RESULTS / verification.COMMITTED)
    known = {*sources.names(), *profiles.NAMES, printed.SOURCE, report.FORMULA}
    assert set(table["source"]) <= known
    assert not table.duplicated(["source", "claim"]).any()
    assert set(table["verdict"]) <= set(claims.VERDICTS)
