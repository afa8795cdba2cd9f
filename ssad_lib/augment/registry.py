"""Every augmentation by name, with its category and colour, and those that serve as gen.

Source: paper 000, Section 4.1 (gen); METHODS 1.3 and 2.
"""

from __future__ import annotations

from ssad_lib.appearance import CATEGORIES
from ssad_lib.augment.augmentation import Augmentation
from ssad_lib.augment.color import Color, Invert
from ssad_lib.augment.elementwise import Blur, Mask, Noise
from ssad_lib.augment.geometric import Crop, Flip, Geom, Rotate
from ssad_lib.augment.local import CPScar, CutOut, CutPaste
from ssad_lib.augment.mixed import SimCLR
from ssad_lib.augment.none import Identity
from ssad_lib.augment.options import checked
from ssad_lib.augment.tunable import CutDiff, Rotation
from ssad_lib.augmentations import LISTED, TUNABLE
from ssad_lib.errors import unknown

COLOURS = {name: mark.colour for name, mark in CATEGORIES.items()}


_OPERATIONS: dict[str, type] = {
    "identity": Identity,
    "rotate": Rotate,
    "crop": Crop,
    "flip": Flip,
    "geom": Geom,
    "cutout": CutOut,
    "cutpaste": CutPaste,
    "cp-scar": CPScar,
    "blur": Blur,
    "noise": Noise,
    "mask": Mask,
    "invert": Invert,
    "color": Color,
    "simclr": SimCLR,
    "cutdiff": CutDiff,
    "rotation": Rotation,
}

_ALWAYS_ON: dict[str, dict[str, float]] = {
    "cutout": {},  # erases with probability 1 in training too
    "flip": {"flip_p": 1.0},
    "invert": {"invert_p": 1.0},
}


def names() -> list[str]:
    """Return the names of paper 000's augmentations: Identity, then category by category."""
    return list(LISTED)


def tunable() -> list[str]:
    """Return the names of the augmentations whose hyper-parameters can be learned (paper 001)."""
    return list(TUNABLE)


def get(name: str, **options: object) -> Augmentation:
    """Return an augmentation by name, e.g. ``get("mask", mask_p=0.1)``.

    Parameters
    ----------
    name : str
        One of `names` or `tunable`, in any case (``"CutOut"`` is ``"cutout"``).
    **options
        Variants of METHODS section 2.7, each named after its augmentation; for a tunable one its
        hyper-parameters, too.

    Raises
    ------
    SsadError
        If the name, an option or the value of an option is not valid.
    """
    key = str(name).lower()
    known = LISTED | TUNABLE
    if key not in known:
        raise unknown("augmentation", name, known)
    (label, category), operation = known[key], _OPERATIONS[key]
    made = operation(**checked(operation, label, options))
    return Augmentation(key, label, category, COLOURS[category], made)


def always(name: str, **options: object) -> Augmentation:
    """Return an augmentation in the form that changes every image, where it has one.

    Flip and Invert leave half of the training images as they are (METHODS 2.7). Where errors or
    embeddings of augmented data are compared with those of normal data, half of which would be
    normal data again, the images that were not changed say nothing.

    Raises
    ------
    SsadError
        As `get`.
    """
    return get(name, **{**options, **_ALWAYS_ON.get(str(name).lower(), {})})


def gens() -> list[str]:
    """Return the names of the augmentations that generate anomalies in the controlled testbed."""
    return list(_ALWAYS_ON)


def anomaly(gen: str) -> Augmentation:
    """Return an anomaly-generating function: the augmentation in its always-on form.

    Raises
    ------
    SsadError
        If `gen` is not one of `gens`.
    """
    key = str(gen).lower()
    if key not in _ALWAYS_ON:
        raise unknown("gen", gen, _ALWAYS_ON)
    return get(key, **_ALWAYS_ON[key])
