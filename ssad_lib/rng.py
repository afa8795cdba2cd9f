"""One generator per unit of work, derived from its key, always on the CPU.

Rule 1 of the project: a run is decided by its specification alone. Each purpose (weights, batch
order, augmentation draws, frozen anomalies) has its own stream, so that changing the number of
draws of one never shifts another, and neither order nor grouping nor device changes a draw.
"""

from __future__ import annotations

import hashlib
import numbers
from typing import TYPE_CHECKING

from ssad_lib.errors import SsadError

if TYPE_CHECKING:
    import torch


def seed_of(*key: str | int) -> int:
    """Return a 63-bit seed that depends on every part of `key` and on nothing else.

    A whole number is one number, whether Python's or NumPy's.

    Raises
    ------
    SsadError
        If a part is neither a number nor text, such as a random generator, whose name is always
        the same.
    """
    text = "\x1f".join(f"{_kind(part)}:{part}" for part in key)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def _kind(part: object) -> str:
    if isinstance(part, numbers.Integral) and not isinstance(part, bool):
        return "int"
    if isinstance(part, str):
        return "str"
    if isinstance(part, bool | float):
        return type(part).__name__
    raise SsadError(f"a seed must be a whole number, not {part!r}")


def generator(*key: str | int) -> torch.Generator:
    """Return a CPU generator seeded by `key`, e.g. ``generator(run_key, "augmentation")``."""
    import torch  # takes seconds, and listing image sets draws nothing

    return torch.Generator(device="cpu").manual_seed(seed_of(*key))
