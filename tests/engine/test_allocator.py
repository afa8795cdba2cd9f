"""Kept memory: fewer page faults while training, given back afterwards, never against the user."""

import subprocess
import sys

import pytest

from ssad_lib.engine import allocator

STEPS = """
import resource, torch
from ssad_lib.engine import allocator

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        torch.ones(2**23)  # 32 MiB: mapped and given back each time, unless kept
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

def resident():
    return int(open("/proc/self/statm").read().split()[1])

plain = faults()
with allocator.memory_kept():
    torch.ones(2**23)
    kept, inside = faults(), resident()
print(plain, kept, inside - resident())
"""


def figures(**environment):
    done = subprocess.run(
        [sys.executable, "-c", STEPS],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "", **environment},
    )
    return map(int, done.stdout.split())


@pytest.mark.skipif(allocator._glibc() is None, reason="needs glibc with its default settings")
def test_kept_memory_is_not_faulted_in_again_and_given_back_in_the_end():
    plain, kept, given_back = figures()
    assert kept < plain / 10
    assert given_back > 2**23 * 4 / 4096 / 2


@pytest.mark.skipif(sys.platform != "linux", reason="settings of glibc")
def test_settings_of_the_user_are_left_alone(monkeypatch):
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.top_pad=1")
    assert allocator._glibc() is None
