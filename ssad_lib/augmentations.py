"""The names, labels and categories of the augmentations: facts that need no tensor.

Source: paper 000, Section 3; the two tunable ones are of paper 001 (METHODS 2).
"""

from __future__ import annotations

from typing import NamedTuple


class Named(NamedTuple):
    """How the papers write an augmentation, and of which category it is (`ssad_lib.appearance`)."""

    label: str
    category: str


LISTED = {
    "identity": Named("Identity", "none"),
    "rotate": Named("Rotate", "geometric"),
    "crop": Named("Crop", "geometric"),
    "flip": Named("Flip", "geometric"),
    "geom": Named("GEOM", "geometric"),
    "cutout": Named("CutOut", "local"),
    "cutpaste": Named("CutPaste", "local"),
    "cp-scar": Named("CP-scar", "local"),
    "blur": Named("Blur", "elementwise"),
    "noise": Named("Noise", "elementwise"),
    "mask": Named("Mask", "elementwise"),
    "invert": Named("Invert", "color"),
    "color": Named("Color", "color"),
    "simclr": Named("SimCLR", "mixed"),
}
TUNABLE = {"cutdiff": Named("CutDiff", "local"), "rotation": Named("Rotation", "geometric")}
