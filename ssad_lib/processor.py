"""What the processor can do, and which instruction sets torch and oneDNN use of it.

Kernels differ between instruction sets, and so do the last bits of what is trained with them:
every record says which ones it was made with.
"""

from __future__ import annotations

import os
import platform
from functools import lru_cache
from pathlib import Path

CAPS = ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA")
# oneDNN's names, from the smallest on, each with what the processor must have beside those before.
ONEDNN = {
    "SSE41": {"sse4_1"},
    "AVX": {"avx"},
    "AVX2": {"avx2"},
    "AVX512_CORE": {"avx512f", "avx512bw", "avx512dq", "avx512vl"},
    "AVX512_CORE_VNNI": {"avx512_vnni"},
    "AVX512_CORE_BF16": {"avx512_bf16"},
    "AVX512_CORE_FP16": {"avx512_fp16"},
    "AVX512_CORE_AMX": {"amx_tile", "amx_int8", "amx_bf16"},
    "AVX512_CORE_AMX_FP16": {"amx_fp16"},
}


def model() -> str:
    """Return the model name of the first core, as far as the system tells."""
    return _first_core().get("model name") or platform.processor() or platform.machine()


def flags() -> frozenset[str]:
    """Return the feature flags of the first core; none where the system is not Linux."""
    core = _first_core()
    return frozenset(core.get("flags", core.get("Features", "")).split())


def instruction_sets() -> str:
    """Return what torch's own kernels and oneDNN's use here, such as ``"torch AVX2, oneDNN AVX2"``.

    Both follow the processor unless ``ATEN_CPU_CAPABILITY`` or ``ONEDNN_MAX_CPU_ISA`` hold them
    back. Where the system tells no flags, oneDNN's is left out.
    """
    import torch

    found = f"torch {torch.backends.cpu.get_cpu_capability()}"
    library = onednn(flags(), next((os.environ[cap] for cap in CAPS if os.environ.get(cap)), ""))
    return f"{found}, oneDNN {library}" if library else found


def onednn(found: frozenset[str], cap: str = "") -> str:
    """Return the largest set of `ONEDNN` that the flags `found` and `cap` allow; "" if none."""
    largest = ""
    for name, needed in ONEDNN.items():
        if not needed <= found:
            break
        largest = name
        if name == cap.upper():
            break
    return largest


@lru_cache(maxsize=1)
def _first_core() -> dict[str, str]:
    """Return what Linux says of the first core; nothing elsewhere."""
    path = Path("/proc/cpuinfo")
    if not path.is_file():
        return {}
    found: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        found.setdefault(key.strip(), value.strip())
    return found
