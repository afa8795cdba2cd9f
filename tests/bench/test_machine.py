from __future__ import annotations

import dataclasses
import getpass
import json
import platform
import socket
from pathlib import Path

import pytest
import torch

from ssad_lib import processor
from ssad_lib.bench import machine


def test_the_description_names_no_place_and_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GLIBC_TUNABLES", raising=False)
    text = json.dumps([dataclasses.asdict(found) for found in (machine.describe(), machine.now())])
    for secret in (str(Path.home()), str(Path.cwd()), socket.gethostname(), platform.node()):
        assert secret not in text
    assert f'"{getpass.getuser()}"' not in text
    assert '"/' not in text


def test_the_description_is_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.mmap_max=0")
    found = machine.describe()
    assert found.versions["python"] == platform.python_version()
    assert found.versions["torch"] == torch.__version__.split("+")[0]
    assert found.threads == torch.get_num_threads()
    assert found.allocator == "glibc.malloc.mmap_max=0"


def test_the_peak_is_positive_and_leaves_the_threads_alone() -> None:
    threads = torch.get_num_threads()
    peak = machine.peak(seconds=0.005, side=32)
    assert min(peak.fp32, peak.bf16) > 0
    assert torch.cuda.is_available() or min(peak.fp32_one_thread, peak.bf16_one_thread) > 0
    assert torch.get_num_threads() == threads


def test_linux_tells_the_processor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "cpuinfo"
    info.write_text("processor\t: 0\nmodel name\t: A Chip\nflags\t: fpu avx2 amx_bf16\n\n")
    monkeypatch.setattr(processor, "Path", lambda _: info)
    processor._first_core.cache_clear()
    try:
        found = machine.describe()
    finally:
        processor._first_core.cache_clear()
    assert (found.processor, found.flags) == ("A Chip", ("avx2", "amx_bf16"))
