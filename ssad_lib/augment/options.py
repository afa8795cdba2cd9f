"""Options of augmentations: every disputed detail of METHODS section 2.7 is one, and is checked.

An operation is a frozen dataclass; each field made by `option` carries its default and its check.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any, TypeVar

from ssad_lib.errors import SsadError, unknown

T = TypeVar("T")
Check = Callable[[str, object], T]


def option(default: T, check: Check[T]) -> T:
    """Return a dataclass field whose given value must pass `check`."""
    return dataclasses.field(default=default, metadata={"check": check})


def checked(kind: type, label: str, given: dict[str, object]) -> dict[str, Any]:
    """Return the given options of the operation `kind` (in words: `label`), in their proper types.

    Raises
    ------
    SsadError
        For an option that does not exist, or a value of a wrong type or range.
    """
    fields = {field.name: field for field in dataclasses.fields(kind)}
    for key in given:
        if key not in fields:
            if fields:
                raise unknown(f"option of {label}", key, fields)
            raise SsadError(f"unknown option '{key}': {label} has no options, leave it out")
    return {key: fields[key].metadata["check"](key, value) for key, value in given.items()}


def _wrong(key: str, value: object, expected: str) -> SsadError:
    return SsadError(f"option {key}={value!r} is not valid: give {expected}")


def _real(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if math.isfinite(value) else None


def number(low: float, high: float) -> Check[float]:
    """Return the check for a number in [low, high]."""

    def check(key: str, value: object) -> float:
        real = _real(value)
        if real is None or not low <= real <= high:
            raise _wrong(key, value, f"a number from {low:g} to {high:g}")
        return real

    return check


def interval(low: float, high: float) -> Check[tuple[float, float]]:
    """Return the check for two numbers (a, b) with low <= a <= b <= high."""

    def check(key: str, value: object) -> tuple[float, float]:
        pair = [_real(part) for part in value] if isinstance(value, (tuple, list)) else []
        match pair:
            case [float(a), float(b)] if low <= a <= b <= high:
                return a, b
        raise _wrong(key, value, f"two numbers (a, b), {low:g} <= a <= b <= {high:g}")

    return check


def pixel_range(key: str, value: object) -> tuple[int, int]:
    """Check a half-open range of whole pixels (a, b): a, a+1, ..., b-1, with 1 <= a < b."""
    if isinstance(value, (tuple, list)) and [type(part) for part in value] == [int, int]:
        a, b = value
        if 1 <= a < b:
            return a, b
    raise _wrong(key, value, "two whole numbers (a, b), 1 <= a < b; b itself is never drawn")


def flag(key: str, value: object) -> bool:
    """Check a truth value."""
    if isinstance(value, bool):
        return value
    raise _wrong(key, value, "True or False")


def choice(*valid: str) -> Check[str]:
    """Return the check for one of some words."""

    def check(key: str, value: object) -> str:
        if not isinstance(value, str) or value not in valid:
            raise unknown(f"value of {key}", value, valid)
        return value

    return check
