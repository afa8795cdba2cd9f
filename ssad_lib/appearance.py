"""What figures and widgets share: colours, shapes, and how numbers are written.

No colour stands alone: a category or a group is also told by its shape.
"""

from __future__ import annotations

from typing import NamedTuple

BLUE, ORANGE, GREY = "#2693FF", "#E57300", "#767676"
SIGNIFICANT = 0.05


class Mark(NamedTuple):
    """How one kind of thing is drawn: its colour, and its shape in words."""

    colour: str
    shape: str


# Categories of augmentations (METHODS 2). The colours were chosen to be told apart under the three
# colour-vision deficiencies and to keep a contrast of at least 3 : 1 both on white and on the dark
# theme's background; the tests compute both.
CATEGORIES = {
    "none": Mark(GREY, "cross"),
    "geometric": Mark(BLUE, "circle"),
    "local": Mark(ORANGE, "square"),
    "elementwise": Mark("#8C5B2A", "diamond"),
    "color": Mark("#B21BA0", "triangle"),
    "mixed": Mark("#7826FF", "plus"),
}

# Groups of images whose scores or embeddings are compared.
GROUPS = {
    "normal": Mark(GREY, "circle"),
    "augmented": Mark(BLUE, "triangle"),
    "anomaly": Mark(ORANGE, "cross"),
}

# From the lowest to the highest percentile of a score; neither end is the colour of a group.
SCORE_RAMP = ("#12A07A", "#8C8C90", "#C83FC8")

# Verdicts of claims: colour and sign.
VERDICTS = {
    "supported": (BLUE, "✓"),
    "contradicted": (ORANGE, "✗"),
    "inconclusive": (GREY, "?"),
    "cannot be decided": (GREY, "○"),
    "not run": ("none", "–"),
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
