"""Simulated anomalies by name, and which of them paper 004 uses for which class (METHODS 12.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from ssad_lib.augment.options import checked
from ssad_lib.augment.simulated.blends import OPACITY, Blend, opaque
from ssad_lib.augment.simulated.cut_paste import Pasted
from ssad_lib.augment.simulated.mixture import Mixture
from ssad_lib.augment.simulated.near_distribution import NearDistribution
from ssad_lib.augment.simulated.normals import RotatedNormals
from ssad_lib.augment.simulated.parts import Simulation
from ssad_lib.augment.simulated.poisson import Natural
from ssad_lib.augment.simulated.sources import Source
from ssad_lib.errors import unknown

LABELS = {  # in the words of the paper
    "transparent": "Transparent",
    "opaque": "Opaque",
    "near-distribution": "NDAA",
    "cutpaste": "CutPaste",
    "nsa": "NSA",
}
ROTATION = "Rotation of normals"  # no anomaly, hence none of them
DRAEM = ("transparent", "opaque")
OURS = (*DRAEM, "near-distribution")
EVERY = tuple(LABELS)

_MAKE: dict[str, Callable[[Source, Tensor, tuple[float, float]], Simulation]] = {
    "transparent": lambda source, _, opacity: Blend(source, opacity),
    "opaque": lambda source, *_: opaque(source),
    "near-distribution": lambda *_: NearDistribution(),
    "cutpaste": lambda *_: Pasted(),
    "nsa": lambda _, pool, __: Natural(pool),
}


@dataclass(frozen=True)
class Selection:
    """Which simulations a class of images is trained with.

    Attributes
    ----------
    simulations : tuple of str
        Keys of `LABELS`.
    rotate_normals : bool
        Whether orientation is irrelevant, so that normal images are turned.
    """

    simulations: tuple[str, ...]
    rotate_normals: bool


# Only leather and tile follow from the paper (Table 4: there its selection is DRAEM's simulation);
# the others follow its rule. Our drawn surfaces have the selection of MVTec's of the same name.
_TURNED = ("hazelnut", "screw", "metal_nut", "bottle")
SELECTED: Mapping[str, Selection] = {
    **dict.fromkeys(("leather", "tile"), Selection(DRAEM, True)),
    "wood": Selection(DRAEM, False),
    **dict.fromkeys(_TURNED, Selection(OURS, True)),
}
OTHERWISE = Selection(OURS, False)


def make(
    name: str, source: Source, pool: Tensor, *, opacity: tuple[float, float] = OPACITY
) -> Simulation:
    """Return a simulation by name.

    Parameters
    ----------
    name : str
        A key of `LABELS`.
    source : Source
        Of the textures of Transparent and Opaque.
    pool : Tensor
        Normal images ``(m, C, H, W)``, from which NSA takes its patches.
    opacity : tuple of float
        Bounds of the opacity of Transparent.

    Raises
    ------
    SsadError
        If there is no such simulation.
    """
    if name not in LABELS:
        raise unknown("simulation", name, LABELS)
    return _MAKE[name](source, pool, opacity)


def mixture(
    names: Iterable[str],
    source: Source,
    pool: Tensor,
    *,
    opacity: tuple[float, float] = OPACITY,
    share: float = 0.5,
) -> Mixture:
    """Return the choice of several simulations, each as likely.

    Raises
    ------
    SsadError
        If there is none, or one of them does not exist.
    """
    made = {name: make(name, source, pool, opacity=opacity) for name in names}
    return Mixture(made, share)


def rotated_normals(**options: Any) -> RotatedNormals:
    """Return the rotation of normals with the given options."""
    return RotatedNormals(**checked(RotatedNormals, ROTATION, options))


def selected(image_set: str) -> Selection:
    """Return the selection of a class by the last part of its name, such as ``"mvtec:tile"``."""
    return SELECTED.get(image_set.rpartition(":")[2].rpartition("/")[2], OTHERWISE)
