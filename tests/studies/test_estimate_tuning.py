"""What ST-SSAD would take: a plane through short fits, for each start; operations by counting."""

from dataclasses import replace

import pytest

from ssad_lib.detectors import STSSAD, Discriminator
from ssad_lib.spec import options
from ssad_lib.studies import estimate, estimate_tuning
from ssad_lib.studies.self_tuning import runs
from tests.studies.self_tuning import made

SETTINGS = {**made.METHODS, "surfaces": ["textures:cable"]}


@pytest.fixture(scope="module")
def specs():
    planned = runs.table_1(SETTINGS)
    return [next(s for s in planned if s.detector == name) for name in ("STSSAD", "Discriminator")]


def longer(spec, **changed):
    return replace(spec, detector_options=options({**dict(spec.detector_options), **changed}))


def test_seconds_lie_on_the_plane(monkeypatch, specs):
    def short(spec, lengths):
        return None, 2 + 0.5 * lengths["epochs"] + 0.25 * lengths.get("iterations", 0), 8

    monkeypatch.setattr(estimate_tuning, "_short", short)
    tuner, plain = (longer(spec, epochs=3) for spec in specs)
    # Twice the images of the short fit, two starts, two iterations.
    expected = 2 * (2 * 2 + 0.5 * 2 * 3 + 0.25 * 2)
    assert estimate_tuning.extrapolated(tuner).seconds == pytest.approx(expected)
    assert estimate_tuning.extrapolated(plain).seconds == pytest.approx(2 * 2 + 0.5 * 2 * 3)


def test_short_fits_are_short_and_real(specs):
    for spec, kind in zip(specs, (STSSAD, Discriminator), strict=True):
        cost = estimate.measure(longer(spec, epochs=50))
        fit = estimate_tuning.extrapolated(longer(spec, epochs=50))
        assert isinstance(fit.detector, kind)
        assert fit.detector.epochs <= 1
        assert cost.training > 0
        assert cost.evaluation > 0
        assert cost.operations == fit.operations


def test_operations_grow_by_what_an_epoch_shows(specs):
    _, plain = specs
    none, one, three = (
        estimate_tuning.extrapolated(longer(plain, epochs=epochs)).operations
        for epochs in (0, 1, 3)
    )
    assert none == 0
    assert three == pytest.approx(3 * one)
