"""Each run is paid for once, each claim counted once, and the costs are those of the records."""

import pandas as pd
import pytest

from ssad_lib import profiles, results
from ssad_lib.claims import ledger, verification
from ssad_lib.claims.calibration import committed as rates
from ssad_lib.review import budgets
from ssad_lib.studies import plan


@pytest.fixture(scope="module")
def table():
    return budgets.table("laptop")


def planned(chapter):
    return {s.key for s in plan.of_chapter(chapter, profiles.settings(chapter, "laptop"))}


def test_each_run_is_paid_for_once(table):
    every = set().union(*(planned(chapter) for chapter in profiles.read("laptop")))
    assert table["runs"].sum() == len(every)
    seconds = sum(
        r.provenance["seconds"] for r in results.committed("laptop") if r.spec.key in every
    )
    assert table["minutes"].sum() == pytest.approx(seconds / 60)


def test_each_claim_that_runs_decide_is_counted_once(table):
    trained = [c.id for c in map(ledger.read, ledger.names()) if planned(c.chapter)]
    assert table["claims"].sum() == len(trained)
    verdicts = verification.committed("laptop")["verdict"].reindex(trained)
    assert table["decided"].sum() == verdicts.isin(["supported", "contradicted"]).sum()


def test_a_claim_is_counted_where_its_last_runs_are_trained(table):
    claim = ledger.read("A19")
    assert claim.chapter == "not-magic/observation-3"
    place = table.index.get_loc(claim.chapter)
    before = set().union(*(planned(chapter) for chapter in table.index[:place]))
    assert planned(claim.chapter) - before
    assert planned(claim.chapter) & before  # and others that it only shares
    assert table.loc[claim.chapter, "runs"] == len(planned(claim.chapter) - before)


def test_power_is_what_was_measured(table, monkeypatch):
    monkeypatch.setattr(rates, "of", lambda claim, source: {"power": 0.5})
    half = budgets.table("laptop")
    judged = half[half["claims"] > 0]
    assert (judged["power"] == 0.5).all()
    paid = judged[judged["minutes"] > 0]
    expected = 0.5 * paid["claims"] / paid["minutes"]
    pd.testing.assert_series_equal(paid[budgets.FOUND], expected, check_names=False)
