from __future__ import annotations

import numpy as np
import pytest

from ssad_lib.data.draws import stream
from ssad_lib.data.texture_cable import (
    BLOCK,
    bent_wire,
    cable,
    cable_swap,
    changed,
    missing_cable,
    missing_wire,
)

CHANGES = (bent_wire, cable_swap, missing_cable, missing_wire)


@pytest.mark.parametrize("change", CHANGES)
def test_outside_its_mask_a_cable_is_the_good_one(change) -> None:  # type: ignore[no-untyped-def]
    good = cable(stream("cable"), 64)
    images, masks = changed(change)(stream("cable"), 64)
    away = np.abs(images - good).max(axis=1)
    assert away[~masks].max() <= 0.041
    assert away[masks].mean() > 0.1
    assert masks.any(axis=(1, 2)).all()


def test_a_missing_cable_is_larger_than_a_missing_wire() -> None:
    """As on MVTec's cables, which paper 001 learns sizes from."""
    areas = {c.__name__: changed(c)(stream("c"), 64)[1].mean() for c in CHANGES}
    assert areas["missing_cable"] > 5 * areas["missing_wire"]


def test_a_swap_changes_colour_and_leaves_the_strands() -> None:
    images, masks = changed(cable_swap)(stream("swap"), 64)
    good = cable(stream("swap"), 64)
    assert len(images) == BLOCK
    cores = (good[:, 0] > 0.75) & (good[:, 2] < 0.55)  # bright copper
    assert masks[cores].mean() < 0.02
