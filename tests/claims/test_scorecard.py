"""The scorecard shows every claim and every source, from records alone."""

from dataclasses import replace

import pytest

from ssad_lib import claims, paths, profiles
from ssad_lib.claims import ledger, report, scorecard, sources
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
    grid = scorecard.grid(found)
    assert list(grid.columns) == ["laptop", "opposite", "the formula"]
    assert list(grid.index) == ledger.names()
    assert grid.loc["A01"].tolist() == ["supported", "contradicted", "not run"]
    assert grid.loc["A18"].tolist() == ["not run"] * 3
    # What is claimed of a formula belongs to no records.
    assert grid.loc["B10"].tolist() == ["not run", "not run", "supported"]
    assert scorecard.counts(found).sum().tolist() == [len(ledger.names())] * 3


def test_lines_quote_the_comparison_that_decided(found):
    for source in ("laptop", "opposite"):
        line = scorecard.lines(found)[source].loc["A02"]
        part = found[source]["A02"].quoted
        assert (line["effect"], line["n"], line["what"]) == (part.effect, 10, part.what)
    by_p = min(found["opposite"]["A02"].parts, key=lambda part: part.p_against)
    assert found["opposite"]["A02"].quoted == by_p
    weakest = max(found["laptop"]["A02"].parts, key=lambda part: part.p)
    assert found["laptop"]["A02"].quoted == weakest


def test_unknown_profile_is_refused():
    with pytest.raises(SsadError, match="did you mean 'laptop'"):
        scorecard.findings(["labtop"])


def test_committed_records_are_read_back():
    committed = sources.committed()
    for name, folder in sources.GRIDS.items():
        there = (paths.RESULTS / folder / "runs.csv").is_file()
        assert (name in committed) == there
        if there:
            assert len(committed[name].tasks)
            assert claims.decide("A02", committed[name]).parts


def test_committed_records_of_the_self_tuning_chapters_are_read_back():
    shown = scorecard.committed_records()
    for chapter, folders in sources.TUNED.items():
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
    assert f"- made up: **supported** (it holds here): {part.what}: {part.effect:+.3f} [" in text
    assert "AUC, n = 10, p = 0.00098; 3 of 3 parts hold" in text
    assert "- too few: **cannot be decided**" in text
    assert "; n = 1 cannot decide it, n = 5 could" in text
    assert "Rule: The three augmentations are the parts." in text


def test_a_contradiction_quotes_what_speaks_against_the_claim():
    text = report.verdict_lines("A02", {"opposite": worlds.world(worlds.opposite)})
    assert "**contradicted** (it does not hold here): DAE, CutOut anomalies:" in text
    assert "p = 0.00098 against it; 0 of 3 parts hold" in text


def test_a_claim_about_a_formula_needs_no_source():
    text = report.verdict_lines("B11", {"made up": worlds.world()})
    assert "- the formula: **contradicted**" in text
    assert "made up" not in text
    assert "over ν" in text  # the part that decided, not the scale, which holds


def test_sources_have_unique_names_and_pools_have_members():
    tuned = [name for folders in sources.TUNED.values() for name in folders]
    names = [*sources.GRIDS, *tuned, *sources.POOLS, *profiles.NAMES, report.FORMULA]
    assert len(names) == len(set(names))
    for members in sources.POOLS.values():
        assert set(members) <= set(sources.GRIDS)


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
