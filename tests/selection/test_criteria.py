from __future__ import annotations

import numpy as np
import pytest
import torch

from ssad_lib.alignment import dsv, mmd, validation_loss
from ssad_lib.selection.criteria import Sets, direction, peeking, published


def world(share: float = 0.5) -> Sets:
    """Return normal points at 0; unlabelled ones of which a share lies at (3, 0, 0, 0)."""
    generator = torch.Generator().manual_seed(0)

    def points(count: int, *place: float) -> torch.Tensor:
        spread = 0.1 * torch.randn(count, 4, generator=generator, dtype=torch.float64)
        return spread + torch.tensor(place, dtype=torch.float64)

    far = round(60 * share)
    unlabelled = torch.cat([points(60 - far, 0, 0, 0, 0), points(far, 3, 0, 0, 0)])
    second = points(50, 0, 0, 0, 0)
    augmented = {
        "right": second + points(50, 3, 0, 0, 0),
        "further": second + points(50, 9, 0, 0, 0),
        "half": second + points(50, 2, 2, 0, 0),
        "across": second + points(50, 0, 3, 0, 0),
        "away": second + points(50, -3, 0, 0, 0),
        "none": second.clone(),
    }
    return Sets(points(50, 0, 0, 0, 0), second, unlabelled, augmented)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_direction_is_the_cosine_whatever_the_share_of_anomalies(share: float) -> None:
    found = direction(world(share))
    expected = {"right": 1, "further": 1, "half": 0.5**0.5, "across": 0, "away": -1, "none": 0}
    assert found == pytest.approx(expected, abs=0.12)
    assert found["none"] == 0


def test_published_criteria_are_those_of_alignment() -> None:
    sets = world()
    found = published(sets)
    for name, one in sets.augmented.items():
        three = sets.first, one, sets.unlabelled
        assert found["dsv"][name] == float(dsv(*three))
        assert found["validation_loss"][name] == float(validation_loss(*three))
        assert found["mmd"][name] == mmd(torch.cat([sets.first, one]), sets.unlabelled)
    on_the_sphere = {name: found["dsv"][name] for name in ("right", "half", "across", "away")}
    assert min(on_the_sphere, key=on_the_sphere.__getitem__) == "right"
    assert min(found["mmd"], key=found["mmd"].__getitem__) == "right"


def test_peeking_is_the_auc_of_a_linear_detector() -> None:
    sets = world()
    found = peeking(sets, np.repeat([0, 1], 30))
    assert found["right"] == 1
    assert found["away"] == 0
    assert 0.2 < found["across"] < 0.8


def test_resampling_keeps_an_image_with_its_augmentations() -> None:
    sets = world()
    copies = torch.cat([sets.second + 1, sets.second + 2])
    sets = Sets(sets.first, sets.second, sets.unlabelled, {"two copies": copies})
    rows = torch.from_numpy(np.random.default_rng(0).integers(0, 50, (2, 50)))
    again = sets.resampled(rows[0], rows[1], torch.arange(60))
    torch.testing.assert_close(again.augmented["two copies"][:50], again.second + 1)
    torch.testing.assert_close(again.augmented["two copies"][50:], again.second + 2)
    assert not torch.equal(again.first, sets.first)
    assert {tuple(row) for row in again.first.tolist()} <= {
        tuple(row) for row in sets.first.tolist()
    }
