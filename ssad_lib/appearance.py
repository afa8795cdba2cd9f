"""What figures and widgets share: colours, shapes, and how numbers are written.

No colour stands alone: a category or a group is also told by its shape.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from typing import NamedTuple

BLUE, ORANGE, GREY = "#2693FF", "#E57300", "#767676"
SIGNIFICANT = 0.05


# Whether a figure is drawn for a screen on which its panels must stand below each other.
NARROW: ContextVar[bool] = ContextVar("NARROW", default=False)


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
    "mostly holds": (BLUE, "◐"),
    "no sign of it": (ORANGE, "◌"),
    "too little data": (GREY, "?"),
    "cannot be decided": (GREY, "○"),
    "not run": ("none", "–"),
}


TINY_EXPONENT = re.compile(r"\de[+-]?\d", re.IGNORECASE)
NOUGHT = re.compile(r"[+−-](0(\.0+)?%?)")  # what a sign before says nothing about
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
MOST_DIGITS = 5  # significant ones of a number that was measured


def number(value: float, form: str = "{:.3f}") -> str:
    """Return a number as `form` writes it: with a true minus, no sign of nought, no e-notation.

    Where `form` would give an exponent or more than five significant digits, the number is written
    by its size: whole from 1,000 on, with three decimals below 10.
    """
    if value != value:
        return "–"
    text = form.format(value)
    if TINY_EXPONENT.search(text) or _significant(text) > MOST_DIGITS:
        text = _by_size(value, "+" if text.startswith("+") else "")
    return NOUGHT.sub(r"\1", text) if NOUGHT.fullmatch(text) else re.sub(r"^-(?=\d)", "−", text)


def in_powers(value: float) -> str:
    """Return a tiny or huge positive number by its power of ten, such as ``9 × 10⁻¹⁶``."""
    digit, exponent = f"{value:.0e}".split("e")
    power = f"10{str(int(exponent)).translate(RAISED)}"
    return power if digit == "1" else f"{digit} × {power}"


def _by_size(value: float, sign: str) -> str:
    places = next((p for limit, p in ((10, 3), (100, 2), (1000, 1)) if abs(value) < limit), 0)
    return f"{value:{sign},.{places}f}"


def _significant(text: str) -> int:
    """Return the significant digits of a decimal number; a whole one is exact and has none."""
    found = re.fullmatch(r"[+-]?([\d,]*)\.(\d+)", text)
    return len("".join(found.groups()).replace(",", "").lstrip("0")) if found else 0


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
