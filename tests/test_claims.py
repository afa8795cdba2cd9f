"""Verdicts follow from the data: made-up tables with a known answer."""

import itertools

import numpy as np
import pandas as pd
import pytest
import yaml

from ssad_lib import claims, paths
from ssad_lib.errors import SsadError

ROWS = ["CutOut", "Flip", "GEOM"]


def units(matched_gain, noise=0.01, classes=10):
    """AUC per row, gen, class: `matched_gain` on top where row and gen agree."""
    random = np.random.default_rng(0)
    return pd.DataFrame(
        [
            (row, gen, c, 0, 0.7 + matched_gain * (row == gen) + noise * random.normal())
            for row, gen, c in itertools.product(ROWS, ["CutOut", "Flip"], range(classes))
        ],
        columns=["row", "column", "normal_class", "seed", "auc"],
    )


@pytest.mark.parametrize(
    ("gain", "classes", "verdict"),
    [
        (0.2, 10, claims.SUPPORTED),
        (-0.2, 10, claims.CONTRADICTED),
        (0.0, 10, claims.INCONCLUSIVE),
        (0.2, 3, claims.INCONCLUSIVE),  # three classes cannot be significant
    ],
)
def test_verdict_of_a_known_effect(gain, classes, verdict):
    parts = claims.matched_is_best(units(gain, classes=classes), ["CutOut", "Flip"], ROWS)
    assert claims.overall(parts) == verdict
    assert len(parts) == 4
    assert parts["difference"].to_numpy() == pytest.approx(gain, abs=0.02)
    assert (parts["n"] == classes).all()
    assert (parts["p_holm"] >= parts["p"]).all()


def test_one_contradicted_part_contradicts_the_claim():
    parts = pd.DataFrame({"verdict": [claims.SUPPORTED, claims.CONTRADICTED]})
    assert claims.overall(parts) == claims.CONTRADICTED


def test_units_are_paired_whatever_their_order():
    table = units(0.2)
    shuffled = table.sample(frac=1, random_state=1)
    a, b = (claims.matched_is_best(t, ["CutOut"], ROWS) for t in (table, shuffled))
    pd.testing.assert_frame_equal(a, b)


def test_every_claim_in_the_ledger_is_complete():
    for identifier in yaml.safe_load(paths.CLAIMS.read_text()):
        claim = claims.read(identifier)
        assert all(
            len(text) > 10 for text in (claim.statement, claim.where, claim.test, claim.rule)
        )


def test_unknown_claim_is_named():
    with pytest.raises(SsadError, match="unknown claim 'A1': did you mean 'A01'"):
        claims.read("A1")


def test_verdict_lines_state_counts_and_rule():
    text = claims.verdict_lines(
        "A01", "DAE", {"ours": claims.matched_is_best(units(0.2), ["Flip"], ROWS)}
    )
    assert "- ours: **supported** (2 of 2 comparisons supported, n = 10 each)" in text
    assert claims.read("A01").rule.strip() in text
