"""The augmentations among which is chosen: the thirteen of paper 000, CutDiff and Rotation."""

from __future__ import annotations

from ssad_lib import augment
from ssad_lib.augment import Augmentation

# Flip and Invert in the form that changes every image: half of their training form is normal data.
# One CutDiff and one Rotation stand for all: a patch of eight per cent of the side, half a turn.
TUNABLE: dict[str, dict[str, float]] = {"cutdiff": {"size": 0.005}, "rotation": {"angle": 180.0}}


def candidates() -> dict[str, Augmentation]:
    """Return all augmentations but Identity by name: what `ssad_lib.selection.rank` takes."""
    chosen = {name: augment.always(name) for name in augment.names() if name != "identity"}
    return chosen | {name: augment.get(name, **options) for name, options in TUNABLE.items()}
