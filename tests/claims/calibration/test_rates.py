"""Error rates: every rule within its goal, and older rules that are not."""

from dataclasses import replace

import numpy as np
import pytest

from ssad_lib import claims, statistics
from ssad_lib.claims import sources, verification
from ssad_lib.claims.calibration import committed, rates
from ssad_lib.claims.calibration.rates import Rates
from ssad_lib.claims.comparisons import above, correlated
from ssad_lib.claims.not_magic import table_1
from ssad_lib.claims.rule_book import CONTRADICTED, SUPPORTED, Finding
from ssad_lib.errors import SsadError
from ssad_lib.studies.not_magic import error_bias
from tests.claims import worlds

FEW = 60


def test_every_claim_that_runs_decide_has_its_worlds():
    assert set(rates.WORLDS) == set(claims.TESTS)


def test_committed_rates_cover_every_verdict_on_committed_runs():
    table = committed.table()
    assert (table["simulations"] >= 80).all()
    for source in sources.names():
        verdicts = verification.committed(source)
        ran = verdicts[verdicts["n"].notna() & (verdicts["n"] != "")].index
        assert {(claim, source) for claim in ran} <= set(table.index)


def test_committed_rates_are_within_the_goal():
    table = committed.table()
    for name in ("false_support", "false_contradiction"):
        beyond = table[table[name] > [rates.allowed(row) for _, row in table.iterrows()]]
        assert beyond.empty, beyond[name].to_dict()


def union_without_control(evidence) -> Finding:
    """Decide claim A01 as once: one reversed comparison of nine families is enough against it."""
    units = table_1._units(evidence)
    families = [
        [
            statistics.signed_rank(-table_1._lead(table_1._column(units, model, gen), gen, row))
            for row in table_1.LABELS
            if row != gen
        ]
        for model in table_1.EVERY_MODEL
        for gen in table_1.CONTROLLED
    ]
    against = [min(statistics.holm([test.p_value for test in family])) for family in families]
    return Finding(CONTRADICTED if min(against) < 0.05 else "inconclusive")


def coupled_correlation(evidence) -> Finding:
    """Decide claim A16 as once: the gain correlates with the AUC that it was subtracted from."""
    _, base, gain = error_bias.with_seeds(evidence, "DeepSAD")
    part = correlated("ρ", base.mean().to_numpy(), gain.mean().to_numpy(), sign=-1)
    return Finding(SUPPORTED if part.p < 0.05 else "inconclusive")


@pytest.mark.parametrize(
    ("claim", "older", "wrong"),
    [("A01", union_without_control, CONTRADICTED), ("A16", coupled_correlation, SUPPORTED)],
)
def test_two_older_rules_fail_where_the_present_ones_hold(claim, older, wrong, monkeypatch):
    evidence = sources.load("CIFAR-10, reduced")
    limit = 0.05 + 3 * np.sqrt(0.05 * 0.95 / FEW)
    # Common noise is what couples a gain with its base: three seeds leave enough of it.
    three = evidence.cases["seed"] < evidence.cases["seed"].min() + 3
    assert _wrong(older, claim, replace(evidence, cases=evidence.cases[three]), wrong) > limit
    assert _wrong(claims.TESTS[claim], claim, evidence, wrong) <= limit


def _wrong(rule, claim, evidence, wrong) -> float:
    """Return how often a rule says what is wrong where the claim just fails to hold."""
    draw = rates.WORLDS[claim].edge(evidence)
    drawn = (draw(np.random.default_rng(number)) for number in range(FEW))
    return np.mean([rule(one).verdict == wrong for one in drawn])


def test_rates_are_the_same_for_the_same_records():
    evidence = worlds.world(classes=6)
    first, again = (rates.measure("A02", "made up", evidence, 20) for _ in range(2))
    assert first == again
    assert first.units == 6
    assert first.power > first.false_support


def test_a_claim_without_runs_has_no_rates():
    assert rates.measure("B01", "made up", worlds.world(), 5) is None


def test_saving_keeps_the_rates_of_others(tmp_path):
    def one(claim, power):
        return Rates(claim, "made up", 10, 0.01, 0.0, 0.04, power, "an effect", False, 1000)

    path = tmp_path / "calibration.csv"
    rates.save(rates.table([one("A01", 0.5), one("A02", 0.25)]), path)
    rates.save(rates.table([one("A02", 0.75)]), path)
    lines = path.read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["claim", "A01", "A02"]
    assert ",0.5," in lines[1]
    assert ",0.75," in lines[2]
    rates.save(rates.table([one("A02", 1.0)]), path, asked=[("A01", "made up"), ("A02", "other")])
    assert [line.split(",")[0] for line in path.read_text().splitlines()] == ["claim", "A02"]
    with pytest.raises(SsadError, match="write the calibration"):
        rates.save(rates.table([one("A01", 0.5)]), tmp_path / "none" / "there.csv")


def test_a_rule_with_a_wrong_level_is_seen():
    def at(claim):
        evidence = worlds.world(worlds.no_effect, classes=8)
        return rates.measure(claim, "made up", evidence, FEW)

    def always(evidence):
        return Finding(SUPPORTED, (above("anything", [0.1] * 6, "AUC"),))

    honest = at("A02")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(rates.TESTS, "A02", always)
        assert at("A02").false_support == 1.0
    assert honest.false_support <= rates.allowed(honest)
