"""The scorecard shows every claim and every source, from records alone."""

import pytest

from ssad_lib import claims, paths
from ssad_lib.claims import report, scorecard, sources, verification
from ssad_lib.errors import SsadError
from tests.claims import worlds


@pytest.fixture
def found(monkeypatch):
    monkeypatch.setattr(verification, "of_profile", lambda chapter, profile: worlds.world())
    monkeypatch.setattr(sources, "committed", lambda: {"opposite": worlds.world(worlds.opposite)})
    monkeypatch.setattr(sources, "TUNED", {"self-tuning/table-1": {}})
    return scorecard.findings(["laptop"])


def test_every_claim_by_every_source(found):
    grid = scorecard.grid(found)
    assert list(grid.columns) == ["laptop", "opposite"]
    assert list(grid.index) == list(claims.TESTS)
    assert grid.loc["A01"].tolist() == ["supported", "contradicted"]
    assert grid.loc["A18"].tolist() == ["not run", "not run"]
    assert scorecard.counts(found).sum().tolist() == [len(claims.TESTS)] * 2


def test_lines_quote_the_first_comparison(found):
    line = scorecard.lines(found)["laptop"].loc["A02"]
    part = found["laptop"]["A02"].parts[0]
    assert (line["effect"], line["n"], line["what"]) == (part.effect, 10, part.what)


def test_unknown_profile_is_refused():
    with pytest.raises(SsadError, match="did you mean 'laptop'"):
        scorecard.findings(["labtop"])


def test_committed_records_are_read_back():
    committed = sources.committed()
    for folder, name in sources.COMMITTED.items():
        there = (paths.RESULTS / folder / "runs.csv").is_file()
        assert (name in committed) == there
        if there:
            assert len(committed[name].tasks)
            assert claims.decide("A02", committed[name]).parts


def test_committed_records_of_the_self_tuning_chapters_are_read_back():
    shown = scorecard.committed_records()
    for chapter, folders in sources.TUNED.items():
        committed = sources.committed_tuned(chapter)
        for folder, name in folders.items():
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
    assert "- made up: **supported** (3 of 3 parts supported, n = 10)" in text
    assert "- too few: **inconclusive**" in text
    assert "Rule: The three augmentations are the parts." in text


def test_parts_are_indexed_by_source_and_comparison():
    table = report.parts_table("A02", {"made up": worlds.world()})
    assert table.index.names == ["source", "comparison"]
    assert len(table) == 3
    assert report.parts_table("A18", {"made up": worlds.world()}).empty
