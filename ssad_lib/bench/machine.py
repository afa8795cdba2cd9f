"""What a benchmark ran on, and the matrix-product peak that its figures are held against."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata

import torch

from ssad_lib import processor
from ssad_lib.bench.cases import Moment
from ssad_lib.engine.run import commit

PACKAGES = ("torch", "torchvision", "kornia", "numpy", "scipy", "scikit-learn")
# What decides the speed of a matrix product or of an elementwise pass.
FLAGS = ("avx2", "avx512f", "avx512_bf16", "avx512_fp16", "amx_bf16", "asimd", "sve", "bf16")
SIDES = {"cpu": 2048, "cuda": 8192}
PEAK_SECONDS = 0.4  # for each precision and number of threads


@dataclass(frozen=True)
class Machine:
    """The surroundings of a measurement; no name of a machine, a user or a folder.

    Attributes
    ----------
    versions : dict of str to str
        Of Python and of the packages that are compared.
    processor, gpu : str
        Model names; no GPU is empty.
    cores, threads : int
        Of the machine, and of them used.
    flags : tuple of str
        Which of `FLAGS` the processor has.
    instruction_sets : str
        Those that torch and oneDNN use of it.
    allocator : str
        Who decides what becomes of freed memory: ``GLIBC_TUNABLES``, else our own settings.
    """

    versions: dict[str, str]
    processor: str
    gpu: str
    cores: int
    threads: int
    flags: tuple[str, ...]
    instruction_sets: str
    allocator: str


@dataclass(frozen=True)
class Peak:
    """Best rate of a large square matrix product, in GFLOP/s; 0 where a GPU takes no threads.

    Attributes
    ----------
    fp32, bf16 : float
        On the GPU if there is one, else with all threads.
    fp32_one_thread, bf16_one_thread : float
        On the CPU.
    """

    fp32: float
    bf16: float
    fp32_one_thread: float
    bf16_one_thread: float


def describe() -> Machine:
    """Return what this process runs on."""
    return Machine(
        versions={"python": platform.python_version(), **_versions()},
        processor=processor.model(),
        gpu=torch.cuda.get_device_name() if torch.cuda.is_available() else "",
        cores=cores(),
        threads=torch.get_num_threads(),
        flags=tuple(flag for flag in FLAGS if flag in processor.flags()),
        instruction_sets=processor.instruction_sets(),
        allocator=os.environ.get("GLIBC_TUNABLES") or "ssad_lib.engine.allocator",
    )


def now() -> Moment:
    """Return what is to be noted of a measurement that starts now."""
    return Moment(
        commit=commit(),
        load=round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else -1.0,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def cores() -> int:
    """Return the number of CPU cores."""
    return os.cpu_count() or 1


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def peak(seconds: float = PEAK_SECONDS, side: int | None = None) -> Peak:
    """Measure the peak: the best of the products that fit into `seconds`.

    Parameters
    ----------
    seconds : float
        For each of the four numbers.
    side : int, optional
        Of the square matrices; default large enough to reach the peak.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    size = side or SIDES[device.type]
    threads = torch.get_num_threads()
    fp32 = _rate(torch.float32, device, size, seconds)
    bf16 = _rate(torch.bfloat16, device, size, seconds)
    if device.type == "cuda":
        return Peak(fp32, bf16, 0.0, 0.0)
    try:
        torch.set_num_threads(1)
        return Peak(
            fp32,
            bf16,
            _rate(torch.float32, device, size, seconds),
            _rate(torch.bfloat16, device, size, seconds),
        )
    finally:
        torch.set_num_threads(threads)


def _rate(dtype: torch.dtype, device: torch.device, side: int, seconds: float) -> float:
    one = torch.full((side, side), 0.5, dtype=dtype, device=device)
    out = one @ one  # also the warm-up
    best, start = float("inf"), time.perf_counter()
    while time.perf_counter() - start < seconds:
        _wait(device)
        began = time.perf_counter()
        torch.mm(one, one, out=out)
        _wait(device)
        best = min(best, time.perf_counter() - began)
    return 2 * side**3 / best / 1e9


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
