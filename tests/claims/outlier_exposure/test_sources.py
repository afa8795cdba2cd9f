"""Where runs of paper 003 come from: chapters, committed folders, a pool of two image sets."""

from dataclasses import replace

import pytest

from ssad_lib import claims, profiles
from ssad_lib.claims import catalogue, report, scorecard, shelves, sources
from ssad_lib.studies.outlier_exposure import runs as study
from tests.claims.outlier_exposure.made import (
    MNIST,
    as_of_digits,
    as_the_paper_says,
    evidence,
    runs,
)
from tests.studies.outlier_exposure.made import SETTINGS, record


def test_a_chapters_records_are_evidence():
    specs = study.for_chapter("outlier-exposure/oe-size", SETTINGS)
    found = claims.with_exposed(claims.this_run([]), [record(spec, 0.8) for spec in specs])
    assert len(found.exposed) == len(specs)
    assert claims.decide("E07", found).keys
    assert claims.with_borders(found, None) is found


def test_the_laptops_committed_records_hold_paper_003():
    chapter = "outlier-exposure/table-1"
    found = sources.of_profile(chapter, "laptop", shelf=shelves.Committed("laptop"))
    planned = study.for_chapter(chapter, profiles.settings(chapter, "laptop"))
    assert len(found.exposed) == len(planned)
    assert not found.lacking
    points = sources.of_profile(sources.BORDERS, "laptop", shelf=shelves.Committed("laptop"))
    assert len(points.borders) == 80
    assert claims.decide("E17", points).parts


def test_committed_records_are_read_back_with_their_budget():
    found = claims.committed_exposed()
    assert set(found) == set(catalogue.EXPOSED)
    shown = scorecard.committed_records()
    for name, one in found.items():
        words, records = shown[name]
        assert words == one.budget
        assert len(records) == one.exposed["key"].nunique()
        assert "outliers of" in words
        assert one.exposed["reduced"].all()


def test_a_pool_is_judged_as_one():
    one, other = evidence(runs(as_the_paper_says)), evidence(runs(as_of_digits, image_set=MNIST))
    (pool,) = (
        name for name, members in catalogue.POOLS.items() if members == tuple(catalogue.EXPOSED)
    )
    named = dict(zip(catalogue.EXPOSED, (one, other), strict=True))
    found = report.on_sources("E18", named)
    assert list(found) == [*catalogue.EXPOSED, pool]
    assert found[pool].verdict == claims.SUPPORTED
    assert {found[name].verdict for name in catalogue.EXPOSED} == {claims.NOT_RUN}


@pytest.mark.parametrize("claim", ["E01", "E07"])
def test_a_part_of_a_study_says_so(claim):
    partial = replace(evidence(runs(as_the_paper_says)), lacking="only 3 of the 9 runs are here")
    assert claims.decide(claim, partial).note.startswith("only 3 of the 9 runs are here")
