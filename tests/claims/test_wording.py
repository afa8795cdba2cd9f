"""A verdict in words: one sentence that quotes the comparison which decided it."""

import pandas as pd
import pytest

from ssad_lib.claims import wording
from ssad_lib.claims.comparisons import above
from ssad_lib.claims.rule_book import (
    CONTRADICTED,
    MOSTLY,
    NO_SIGN,
    NOT_RUN,
    SUPPORTED,
    TOO_LITTLE,
    UNDECIDABLE,
    Finding,
    decide,
)

GAIN = [0.01 * k for k in range(1, 11)]
UNCLEAR = [0.01 * k * (-1) ** k for k in range(1, 11)]
LOSS = [-value for value in GAIN]
CASES = {
    SUPPORTED: ({"gains": GAIN, "gains less": [v / 9 for v in GAIN]}, "gains"),
    CONTRADICTED: ({"gains": GAIN, "loses": LOSS}, "loses"),
    MOSTLY: ({"gains": GAIN, "gains too": GAIN, "unclear": UNCLEAR}, "unclear"),
    NO_SIGN: ({"away": [v - 0.008 for v in UNCLEAR]}, "away"),
    TOO_LITTLE: ({"towards": [v + 0.01 for v in UNCLEAR]}, "towards"),
    UNDECIDABLE: ({"gains": GAIN, "few": GAIN[:3]}, "few"),
}


def finding(values: dict[str, list[float]]) -> Finding:
    return decide([above(what, found, "AUC") for what, found in values.items()], pd.DataFrame())


@pytest.mark.parametrize("verdict", CASES)
def test_each_verdict_quotes_what_decided_it(verdict):
    values, deciding = CASES[verdict]
    found = finding(values)
    assert wording.word(found) == verdict
    said = wording.sentence(found)
    assert said.startswith(f"**{wording.SAID[verdict]}**")
    assert found.quoted.what == deciding
    number = f"{abs(found.quoted.effect):.3f}"
    assert f": {deciding}: " in said
    assert number in said
    assert f"n = {len(values[deciding])}, p" in said
    assert ("against it" in said) == (verdict == CONTRADICTED)


def test_a_claim_that_was_not_run_says_why():
    assert wording.sentence(Finding(NOT_RUN, note="no runs")) == "**Not run**: no runs"


def test_every_word_has_a_sentence_and_a_meaning():
    assert set(wording.SAID) == set(wording.MEANING) == {*CASES, NOT_RUN}


def test_counts_say_how_much_holds():
    assert "2 of 3 comparisons hold, none against" in wording.sentence(finding(CASES[MOSTLY][0]))
    assert "1 of 2 comparisons hold, 1 against" in wording.sentence(finding(CASES[CONTRADICTED][0]))
    assert "2 of 2 comparisons point as claimed" in wording.sentence(finding(CASES[UNDECIDABLE][0]))


def test_few_values_have_no_interval_of_95_percent():
    assert "[" not in wording.sentence(finding({"few": GAIN[:5]}))
    assert "[" in wording.sentence(finding({"enough": GAIN[:6]}))


def test_other_sources_stand_in_one_line_without_those_that_were_not_run():
    holds, fails = finding({"gains": GAIN}), finding({"loses": LOSS})
    line = wording.elsewhere({"a": holds, "b": holds, "c": fails, "d": Finding(NOT_RUN)})
    assert line == "*supported* on a and b; *contradicted* on c"
