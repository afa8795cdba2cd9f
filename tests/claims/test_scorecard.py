"""The scorecard shows every claim and every source, from records alone."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from ssad_lib import claims, paths, profiles
from ssad_lib.appearance import number
from ssad_lib.claims import (
    catalogue,
    ledger,
    pages,
    printed,
    report,
    scorecard,
    sources,
    verification,
)
from ssad_lib.errors import SsadError
from tests.claims import worlds


@pytest.fixture
def found(monkeypatch):
    opposite = worlds.world(worlds.opposite)
    monkeypatch.setattr(sources, "of_profile", lambda chapter, profile, mine: worlds.world())
    monkeypatch.setattr(sources, "names", lambda: ["opposite"])
    monkeypatch.setattr(sources, "load", lambda name: opposite)
    return scorecard.findings(["laptop"])


def test_every_claim_by_every_source(found):
    assert list(found) == ["laptop", "opposite", printed.SOURCE, "the formula"]
    shown = Parsed(pages.board(found))
    assert [line["id"] for line in shown.lines] == [
        *(name for name in ledger.names() if name not in claims.CHECKS), *claims.CHECKS,
    ]  # fmt: skip
    line = shown.by_id["A02"]
    assert line["data-source"].split("|") == ["laptop", "opposite"]  # no chip of what was not run
    assert line["data-verdict"].split("|") == ["supported", "contradicted"]
    assert shown.by_id["A18"]["data-verdict"] == "not run"
    # What is claimed of a formula belongs to no records.
    assert shown.by_id["B10"]["data-source"] == "the formula"
    assert shown.by_id["B10"]["data-paper"] == "formula"


def test_lines_quote_the_comparison_that_decided(found):
    text = pages.board(found)
    for source, order in (("laptop", lambda part: -part.p), ("opposite", lambda p: p.p_against)):
        quoted = found[source]["A02"].quoted
        assert quoted == min(found[source]["A02"].parts, key=order)
        assert f"{quoted.what}: {number(quoted.effect, '{:+.3f}')}" in text
    assert "3 of 3 hold, 0 against" in text


class Parsed(HTMLParser):
    """The lines of a board: the attributes of each ``details``."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.lines: list[dict[str, str]] = []
        self.feed(text)
        self.by_id = {line["id"]: line for line in self.lines}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "details":
            self.lines.append({name: value or "" for name, value in attrs})


def test_unknown_profile_is_refused():
    with pytest.raises(SsadError, match="did you mean 'laptop'"):
        scorecard.findings(["labtop"])


def test_committed_records_are_read_back():
    committed = sources.committed()
    for name, folder in catalogue.GRIDS.items():
        there = (paths.RESULTS / folder / "runs.csv").is_file()
        assert (name in committed) == there
        if there:
            assert len(committed[name].tasks)
            assert claims.decide("A02", committed[name]).parts


def test_committed_records_of_the_self_tuning_chapters_are_read_back():
    shown = scorecard.committed_records()
    for chapter, folders in catalogue.TUNED.items():
        committed = sources.committed_tuned(chapter)
        for name, folder in folders.items():
            assert (paths.RESULTS / folder / "runs.csv").is_file()
            assert len(committed[name].tuned)
            assert not len(committed[name].tasks)
            words, records = shown[name]
            assert words == committed[name].budget
            assert len(records) == committed[name].tuned["key"].nunique()
            assert "starts" in words


def test_verdict_lines_name_claim_source_and_rule():
    text = report.verdict_lines("A02", {"made up": worlds.world(), "too few": worlds.world(
        classes=1)})  # fmt: skip
    assert "**Claim A02** (Paper 000, figure 1" in text
    part = claims.decide("A02", worlds.world()).quoted
    assert "**It holds** on made up: all 3 comparisons do." in text
    assert f"The least clear: {part.what}: {part.effect:+.3f} [" in text
    assert "AUC, n = 10, p < 0.001" in text
    assert "Other runs: *cannot be decided* on too few." in text
    assert "Rule: The three augmentations are the parts." in text


def test_a_contradiction_quotes_what_speaks_against_the_claim():
    text = report.verdict_lines("A02", {"opposite": worlds.world(worlds.opposite)})
    assert "**It does not hold** on opposite: 0 of 3 comparisons hold, 3 against." in text
    assert "The clearest against it: DAE, CutOut anomalies:" in text
    assert "p < 0.001 against it" in text


def test_a_claim_about_a_formula_needs_no_source():
    text = report.verdict_lines("B11", {"made up": worlds.world()})
    assert "**It does not hold** on the formula" in text
    assert "p <" not in text  # there is no chance in it
    assert "made up" not in text
    assert "over ν" in text  # the part that decided, not the scale, which holds


def test_sources_have_unique_names_and_pools_have_members():
    tuned = [name for folders in catalogue.TUNED.values() for name in folders]
    names = [
        *catalogue.GRIDS,
        *tuned,
        *catalogue.EXPOSED,
        *catalogue.SIMULATED,
        *catalogue.POOLS,
        *profiles.NAMES,
        printed.SOURCE,
        report.FORMULA,
    ]
    assert len(names) == len(set(names))
    for members in catalogue.POOLS.values():
        assert set(members) <= set(catalogue.GRIDS) or set(members) <= set(catalogue.EXPOSED)


def test_a_pool_counts_the_classes_of_every_image_set():
    one, other = worlds.world(), worlds.world()
    renamed = {name: getattr(other, name).assign(image_set="mnist")
               for name in ("tasks", "alignment")}  # fmt: skip
    pool = sources.pooled("both", [one, replace(other, **renamed)])
    for claim in ("A01", "A02"):
        found = claims.decide(claim, pool)
        assert found.verdict == claims.SUPPORTED
        assert max(part.n for part in found.parts) == 20
    assert claims.decide("A19", pool).verdict == claims.NOT_RUN
    assert claims.decide("A16", pool).verdict == claims.NOT_RUN


def test_parts_are_indexed_by_source_and_comparison():
    table = report.parts_table("A02", {"made up": worlds.world()})
    assert table.index.names == ["source", "comparison"]
    assert len(table) == 3
    assert report.parts_table("A18", {"made up": worlds.world()}).empty


def test_a_profile_that_was_not_run_here_is_judged_on_its_committed_records(monkeypatch):
    monkeypatch.setattr(sources, "names", list)
    found = scorecard.findings(["smoke", "laptop"])
    assert {one.verdict for one in found["smoke"].values()} == {claims.NOT_RUN}
    committed = verification.committed("laptop")
    assert {claim: one.verdict for claim, one in found["laptop"].items()} == dict(
        committed["verdict"]
    )
