"""Committed verdicts are what the committed records say, source by source."""

import pandas as pd
import pytest

from ssad_lib import claims, paths, profiles
from ssad_lib.claims import report, sources, verification


@pytest.mark.parametrize("source", [*sources.names(), report.FORMULA])
def test_verdicts_follow_from_the_records(source):
    found = verification.verify(source)
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
    known = {*sources.names(), *profiles.NAMES, report.FORMULA}
    assert set(table["source"]) <= known
    assert not table.duplicated(["source", "claim"]).any()
    assert set(table["verdict"]) <= set(claims.VERDICTS)
