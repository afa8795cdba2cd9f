"""Keep freed memory inside the process while it trains (Linux, glibc).

By default the C library maps every large tensor anew and gives it back when it is freed, so each
training step faults in its activations page by page. Kept, the same pages serve every step: a step
of the paper's autoencoder in bfloat16 took 1.41 times less at batch 1,024 and 1.27 at 256, for 8 %
more memory that does not grow with the number of runs.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

MIB = 2**20
TRIM_THRESHOLD, TOP_PAD, MMAP_MAX = -1, -2, -4  # names of <malloc.h>
# A padding of 16 MiB measured as fast as 256, and a laptop does not miss it.
KEEP = {TRIM_THRESHOLD: -1, TOP_PAD: 16 * MIB, MMAP_MAX: 0}
GIVE_BACK = {TRIM_THRESHOLD: 64 * MIB, TOP_PAD: MIB // 8, MMAP_MAX: 65_536}
CHOSEN_BY_THE_USER = ("GLIBC_TUNABLES", "LD_PRELOAD")


@contextmanager
def memory_kept() -> Iterator[None]:
    """Keep freed memory inside the block and give it back to the system after it."""
    keep_memory()
    try:
        yield
    finally:
        if library := _glibc():
            _set(library, GIVE_BACK)
            library.malloc_trim(0)


def keep_memory() -> None:
    """Keep freed memory from now on: for a process that does nothing but train."""
    if library := _glibc():
        _set(library, KEEP)


def _set(library: ctypes.CDLL, parameters: dict[int, int]) -> None:
    for parameter, value in parameters.items():
        library.mallopt(parameter, value)


def _glibc() -> ctypes.CDLL | None:
    """Return the C library if it has these settings and the user has chosen no others."""
    if sys.platform != "linux" or any(os.environ.get(name) for name in CHOSEN_BY_THE_USER):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None
