"""Claims B10 and B11: what the loss does, and what a loss that does not would be told."""

import pytest

from ssad_lib import claims
from ssad_lib.alignment.validation import mean_distance
from ssad_lib.studies.self_tuning import landscape
from tests.claims import worlds


def test_points_support_the_lemmas():
    finding = claims.decide("B10", worlds.world())
    assert finding.verdict == "supported"
    assert finding.parts[0].effect == pytest.approx(1)


def test_a_loss_without_normalisation_is_not_one_at_alignment(monkeypatch):
    monkeypatch.setattr(landscape, "validation_loss", mean_distance)
    assert claims.decide("B10", worlds.world()).verdict == "contradicted"


def test_scale_is_exact_and_clouds_drift_with_nu():
    finding = claims.decide("B11", worlds.world())
    verdicts = {part.what: part.verdict for part in finding.parts}
    assert verdicts["change of the loss at 1000 times the scale"] == "supported"
    assert verdicts["largest relative change over ν, spread 0.2"] == "contradicted"
    assert finding.verdict == "contradicted"


def test_scale_matters_without_normalisation(monkeypatch):
    monkeypatch.setattr(landscape, "validation_loss", mean_distance)
    verdicts = [part.verdict for part in claims.decide("B11", worlds.world()).parts]
    assert verdicts[:2] == ["contradicted", "contradicted"]
