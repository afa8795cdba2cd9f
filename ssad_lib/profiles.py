"""Profiles: the budget of every chapter, read from ``parameters/*.yaml`` and checked strictly.

Papermill only warns about a parameter it does not know; here it is an error with the nearest name.
"""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from typing import Any

import yaml

from ssad_lib import paths
from ssad_lib.errors import SsadError, unknown

NAMES = ("smoke", "laptop", "colab", "paper")


def default() -> str:
    """Return a notebook's own profile: ``colab`` on a Colab GPU, else ``laptop``."""
    if "google.colab" not in sys.modules:
        return "laptop"
    import torch  # takes seconds, and is not needed elsewhere

    return "colab" if torch.cuda.is_available() else "laptop"


def read(profile: str) -> dict[str, dict[str, Any]]:
    """Return the parameters of every chapter under `profile`.

    Raises
    ------
    SsadError
        If there is no such profile (with the nearest name) or its file is damaged.
    """
    if profile not in NAMES:
        raise unknown("profile", profile, NAMES)
    path = paths.PARAMETERS / f"{profile}.yaml"
    try:
        chapters = deepcopy(_parsed(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise SsadError(f"the profile {path} cannot be read: {error}") from error
    if not isinstance(chapters, dict):
        raise SsadError(f"the profile {path} must map chapters to parameters")
    return chapters


@lru_cache(maxsize=2 * len(NAMES))
def _parsed(text: str) -> Any:
    """Return what a profile's file holds; a scorecard asks for it a hundred times."""
    return yaml.safe_load(text)


def settings(
    chapter: str, profile: str | None = None, overrides: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the parameters of `chapter`: those of `profile`, changed by `overrides`.

    Parameters
    ----------
    chapter : str
        Such as ``"not-magic/table-1"``; a chapter without parameters has none in any profile.
    profile : str, optional
        One of `NAMES`; `default` if not given.
    overrides : mapping, optional
        New values by name.

    Raises
    ------
    SsadError
        For an unknown profile or parameter (with the nearest name), or a value of another type.
    """
    name = profile or default()
    values = dict(read(name).get(chapter) or {})
    for parameter, value in (overrides or {}).items():
        if parameter not in values:
            if not values:
                raise SsadError(f"chapter '{chapter}' has no parameters, not even '{parameter}'")
            raise unknown(f"parameter of chapter '{chapter}'", parameter, values)
        values[parameter] = _checked(parameter, value, values[parameter])
    return values


def assignments(pairs: list[str]) -> dict[str, Any]:
    """Return the values written as ``key=value`` on the command line (values are YAML).

    Raises
    ------
    SsadError
        If a pair lacks the equals sign or its value is not YAML.
    """
    values = {}
    for pair in pairs:
        name, sign, text = pair.partition("=")
        if not sign or not name:
            raise SsadError(f"-p takes key=value, such as -p epochs=5, not '{pair}'")
        try:
            values[name.strip()] = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise SsadError(f"-p {name}: '{text}' is not a value: {error}") from error
    return values


def _checked(name: str, value: Any, like: Any) -> Any:
    if isinstance(like, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(like, float) and isinstance(value, str):
        # YAML reads 1e-3 as text; whoever writes it means the number.
        with contextlib.suppress(ValueError):
            value = float(value)
    if type(value) is not type(like) or (isinstance(value, float) and not math.isfinite(value)):
        raise SsadError(
            f"parameter '{name}' takes {_described(like)} such as {like!r}, not {value!r}"
        )
    if isinstance(like, list) and like:
        return [_checked(name, item, like[0]) for item in value]
    return value


def _described(value: Any) -> str:
    kinds = {bool: "true or false", int: "a whole number", float: "a number", str: "a name"}
    return kinds.get(type(value), "a list")
