"""What figures and widgets share: colours, shapes, and how numbers are written.

Every colour has a contrast of about 3 on a white and on a dark page, and never stands alone: a
category or a group is also told by its shape.
"""

from __future__ import annotations

from typing import NamedTuple

from ssad_lib.augment import COLOURS

BLUE, ORANGE, GREY = "#2693FF", "#E57300", "#767676"
SIGNIFICANT = 0.05


class Mark(NamedTuple):
    """How one kind of thing is drawn: its colour, and its shape in words."""

    colour: str
    shape: str


# Categories of augmentations (METHODS 2), in the order of the registry.
CATEGORIES = {
    name: Mark(COLOURS[name], shape)
    for name, shape in {
        "none": "cross",
        "geometric": "circle",
        "local": "square",
        "elementwise": "diamond",
        "color": "triangle",
        "mixed": "plus",
    }.items()
}

# Groups of images whose scores or embeddings are compared.
GROUPS = {
    "normal": Mark(GREY, "circle"),
    "augmented": Mark(BLUE, "triangle"),
    "anomaly": Mark(ORANGE, "cross"),
}


def p_text(p: float) -> str:
    """Return a p-value as figures and widgets write it; "–" if it is missing."""
    if p != p:
        return "–"
    if p < 0.001:
        return "<0.001"
    return ">0.999" if p > 0.999 else f"{p:.3f}"


def signed(value: float, digits: int = 3) -> str:
    """Return a number with its sign, the minus as long as the plus; "–" if it is missing."""
    return "–" if value != value else f"{value:+.{digits}f}".replace("-", "−")


def effect(p: float) -> str:
    """Return what the paper calls a one-sided p-value (METHODS 6.2)."""
    if p != p:
        return "not tested"
    if p < SIGNIFICANT:
        return "beneficial"
    return "harmful" if p > 1 - SIGNIFICANT else "no clear effect"
