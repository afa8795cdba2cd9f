"""Random hyper-parameters of CutOut, CutPaste, CutDiff and Rotation: baselines RS and RD.

Source: paper 001, Section 4, which does not print its ranges; METHODS 9.6 proposes these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import torch

from ssad_lib.augment import draws
from ssad_lib.augment.augmentation import Augmentation
from ssad_lib.augment.registry import get
from ssad_lib.errors import SsadError


class _Range(NamedTuple):
    law: Callable[..., torch.Tensor]
    low: float
    high: float
    option: str
    is_interval: bool


_AREA = (draws.uniform, 0.02, 0.15)
_ASPECT = (draws.log_uniform, 0.3, 3.3)

_RANGES = {
    "cutout": {
        "area": _Range(*_AREA, "cutout_area", True),
        "aspect": _Range(*_ASPECT, "cutout_aspect", True),
    },
    "cutpaste": {
        "area": _Range(*_AREA, "cutpaste_area", True),
        "aspect": _Range(*_ASPECT, "cutpaste_aspect", True),
    },
    "cutdiff": {
        "size": _Range(draws.log_uniform, 1e-4, 0.2, "size", False),
        "ratio": _Range(draws.log_uniform, 0.25, 4.0, "ratio", False),
        "angle": _Range(draws.uniform, 0.0, 180.0, "angle", False),
    },
    "rotation": {"angle": _Range(draws.uniform, 0.0, 360.0, "angle", False)},
}
_NEEDED: dict[str, dict[str, Any]] = {"cutpaste": {"cutpaste_aspect_mode": "loguniform"}}


def ranged() -> list[str]:
    """Return the names of the augmentations whose hyper-parameters can be drawn."""
    return list(_RANGES)


def draw_hyperparameters(
    name: str, given: Mapping[str, Any], generator: torch.Generator
) -> dict[str, float]:
    """Return one draw of every hyper-parameter that the options `given` leave open.

    Parameters
    ----------
    name : str
        One of `ranged`, in any case.
    given : mapping
        Options of the augmentation. They do not change what is drawn for the others.
    generator : torch.Generator
        A CPU generator.

    Returns
    -------
    dict of str to float
        ``area`` (in parts of the image) and ``aspect`` (as the option); ``size``, ``ratio`` and
        ``angle`` (degrees); or ``angle``.

    Raises
    ------
    SsadError
        If the augmentation has no ranges.
    """
    ranges = _RANGES.get(str(name).lower())
    if ranges is None:
        raise SsadError(
            f"no range is known for hyper-parameters of '{name}': draw those of "
            f"{', '.join(_RANGES)}, or use redraw='image', which leaves the augmentation as it is"
        )
    drawn = {
        key: float(one.law((1,), (one.low, one.high), generator)) for key, one in ranges.items()
    }
    return {key: value for key, value in drawn.items() if ranges[key].option not in given}


def with_hyperparameters(
    name: str, given: Mapping[str, Any], hyperparameters: Mapping[str, float]
) -> Augmentation:
    """Return the augmentation with the options `given` and `hyperparameters` for all images.

    Raises
    ------
    SsadError
        If the name or an option is not valid.
    """
    ranges = _RANGES[str(name).lower()]
    fixed = {
        ranges[key].option: (value, value) if ranges[key].is_interval else value
        for key, value in hyperparameters.items()
    }
    return get(name, **{**_NEEDED.get(str(name).lower(), {}), **given, **fixed})
