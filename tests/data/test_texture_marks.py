from __future__ import annotations

import numpy as np
import pytest

from ssad_lib.data import texture_marks
from ssad_lib.data.draws import stream, uniform
from ssad_lib.data.texture_defects import Defect

MARKS: dict[str, Defect] = {
    name: getattr(texture_marks, name)
    for name in (
        "poke",
        "stroke",
        "cut",
        "thread",
        "scratch",
        "metal",
        "glue",
        "oil",
        "color",
        "bent",
    )
}
every_mark = pytest.mark.parametrize("name", MARKS)


def surface(size: int = 48) -> np.ndarray:
    """Noise: every pixel of it tells whether it was touched."""
    return uniform(stream("surface"), 0.3, 0.7, (40, 3, size, size))


@every_mark
def test_a_mark_is_inside_its_mask_and_fades_outside(name: str) -> None:
    before = surface()
    after, masks = MARKS[name](before.copy(), stream(name))
    assert masks.shape == (40, 48, 48)
    assert masks.dtype == np.bool_
    change = np.abs(after - before).max(axis=1)
    assert change[masks].mean() > 4 * change[~masks].mean()
    assert (change[masks] > 0).mean() > 0.95
    assert after.min() >= 0
    assert after.max() <= 1


@every_mark
def test_marks_differ_between_images_and_follow_the_generator(name: str) -> None:
    _, masks = MARKS[name](surface(), stream(name))
    _, again = MARKS[name](surface(), stream(name))
    np.testing.assert_array_equal(masks, again)
    assert len({mask.tobytes() for mask in masks}) == len(masks)


SIGNS = {"poke": -1, "stroke": -1, "cut": -1, "oil": -1, "scratch": 1, "thread": 1, "glue": 1}


@pytest.mark.parametrize(("name", "sign"), SIGNS.items())
def test_marks_darken_or_brighten(name: str, sign: int) -> None:
    before = surface()
    after, masks = MARKS[name](before, stream(name))
    assert sign * (after - before).mean(axis=1)[masks].mean() > 0.05
    assert (sign * (after - before)).min() > (-0.02 if sign < 0 else -0.1)


def test_a_dye_keeps_the_brightness() -> None:
    before = np.full((40, 3, 48, 48), 0.5, np.float32)
    after, masks = texture_marks.color(before, stream("color"))
    np.testing.assert_allclose(after.mean(axis=1), 0.5, atol=1e-6)
    assert np.ptp(after, axis=1)[masks].mean() > 0.1


def test_a_thread_is_thin_and_long() -> None:
    _, masks = texture_marks.thread(surface(96), stream("thread"))
    for mask in masks:
        rows, columns = np.nonzero(mask)
        longest = max(np.ptp(rows), np.ptp(columns))
        assert mask.sum() < 5 * longest
        assert longest > 0.2 * 96


def test_a_push_moves_the_surface_without_new_values() -> None:
    before = surface()
    after, _ = texture_marks.bent(before, stream("bent"))
    assert (after.max(axis=(2, 3)) <= before.max(axis=(2, 3)) + 1e-6).all()
    assert (after.min(axis=(2, 3)) >= before.min(axis=(2, 3)) - 1e-6).all()
