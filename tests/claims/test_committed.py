"""Committed verdicts are what the committed records say, source by source."""

import pandas as pd
import pytest

from ssad_lib import claims, paths, profiles
from ssad_lib.claims import printed, report, sources, verification
from ssad_lib.claims.rule_book import Finding

LAPTOP = "laptop"


def judged(source: str) -> dict[str, Finding]:
    """Return what the committed records of a source say, those of the laptop profile among them."""
    committed = source == LAPTOP
    return verification.verify_committed(source) if committed else verification.verify(source)


@pytest.mark.parametrize("source", [LAPTOP, *sources.names(), printed.SOURCE, report.FORMULA])
def test_verdicts_follow_from_the_records(source):
    found = judged(source)
    committed = verification.committed(source)
    assert set(committed.index) == set(found)
    assert not verification.differing(source, found)
    for claim, row in committed.iterrows():
        part = found[claim].quoted
        assert row["what"] == (part.what if part else "")
        assert row["shade"] == found[claim].shade
        if part:
            assert (row["n"], row["unit"]) == (str(part.n), part.unit) or row["n"] == part.n


def test_every_committed_source_is_known():
    table = pd.read_csv(paths.RESULTS / verification.COMMITTED)
    known = {*sources.names(), *profiles.NAMES, printed.SOURCE, report.FORMULA}
    assert set(table["source"]) <= known
    assert not table.duplicated(["source", "claim"]).any()
    assert set(table["verdict"]) <= set(claims.VERDICTS)
