"""The papers' own numbers under the rules that judge ours."""

import pytest

from ssad_lib import paper_values
from ssad_lib.claims import printed, verification
from ssad_lib.claims.rule_book import NOT_RUN, SUPPORTED, UNDECIDABLE


@pytest.fixture(scope="module")
def found():
    return verification.verify(printed.SOURCE)


def test_table_2_has_the_order_that_the_claim_says(found):
    # Recomputed by hand: Rotate, Flip and GEOM among thirteen averages, p = .0385.
    part = next(part for part in found["A14"].parts if part.what.startswith("Rotate"))
    assert part.p == pytest.approx(0.0385, abs=0.002)
    assert found["A14"].verdict == SUPPORTED


def test_st_ssad_is_the_best_in_nine_of_23_tasks(found):
    assert found["B02"].verdict == SUPPORTED
    assert "9 of 23" in found["B02"].note


def test_means_over_classes_are_one_cluster(found):
    for claim in ("A01", "A10", "B08", "A19", "A20"):
        assert found[claim].verdict == UNDECIDABLE
        assert {part.n for part in found[claim].parts} == {1}
    assert all(part.effect > 0 for part in found["A01"].parts)  # Table 1 has its diagonal


def test_surfaces_and_digits_are_the_clusters_of_paper_001(found):
    assert {part.n for part in found["B01"].parts} == {4}  # cable, carpet, grid, tile
    assert {part.n for part in found["B03"].parts} == {2}  # normal digits 2 and 6
    assert found["B01"].verdict == found["B03"].verdict == UNDECIDABLE


def test_pairs_of_digits_have_the_printed_auc(found):
    assert found["A19"].parts[0].effect == pytest.approx(0.903 - 0.549)
    assert found["A20"].parts[0].effect == pytest.approx(0.037)


def test_what_no_table_prints_is_not_run(found):
    assert found["A21"].verdict == found["C02"].verdict == NOT_RUN


def test_every_cell_of_table_1_is_there():
    cells = printed.of_chapter("not-magic/table-1").tasks
    assert len(cells) == len(paper_values.read("000_table1_auc")) == 48
