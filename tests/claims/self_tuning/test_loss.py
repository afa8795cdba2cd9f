"""Claims B10 and B11: what the loss does, and what a loss that does not would be told."""

import pytest

from ssad_lib import claims
from ssad_lib.alignment.validation import mean_distance
from ssad_lib.studies.self_tuning import landscape


def test_points_support_the_lemmas():
    finding = claims.check("B10")
    assert finding.verdict == "supported"
    assert finding.parts[0].effect == pytest.approx(1)
    assert finding.keys == ()  # no run has a share in it


def test_a_loss_without_normalisation_is_not_one_at_alignment(monkeypatch):
    monkeypatch.setattr(landscape, "validation_loss", mean_distance)
    assert claims.check("B10").verdict == "contradicted"


def test_scale_is_exact_and_clouds_drift_with_nu():
    finding = claims.check("B11")
    verdicts = {part.what: part.verdict for part in finding.parts}
    assert verdicts["change of the loss at 1000 times the scale"] == "supported"
    assert verdicts["largest relative change over ν, spread 0.2"] == "contradicted"
    assert finding.verdict == "contradicted"
    assert finding.quoted.what == "largest relative change over ν, spread 0"
    assert finding.quoted.effect == pytest.approx(0.169, abs=0.001)


def test_scale_matters_without_normalisation(monkeypatch):
    monkeypatch.setattr(landscape, "validation_loss", mean_distance)
    verdicts = [part.verdict for part in claims.check("B11").parts]
    assert verdicts[:2] == ["contradicted", "contradicted"]


def test_no_evidence_owns_them():
    assert not set(claims.CHECKS) & set(claims.TESTS)
