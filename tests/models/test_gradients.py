"""Every gradient on every instruction set that this processor has, against double precision.

A convolution of oneDNN once wrote past its workspace on processors without AVX-512 alone.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest
import torch

from ssad_lib import paths, processor
from tests.models import gradients

CLOSE = 1e-3  # largest error of an element; rounding stays below 1e-4, a wrong kernel is near 1

# oneDNN's name, the name for PyTorch's own kernels, and what the processor must have.
INSTRUCTION_SETS = {
    "SSE41": ("default", "sse4_1"),
    "AVX2": ("avx2", "avx2"),
    "AVX512_CORE": ("avx512", "avx512vl"),
    "default": (None, None),
}


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
def test_gradients_agree_with_double_precision(name):
    capability, flag = INSTRUCTION_SETS[name]
    if flag and flag not in processor.flags():
        pytest.skip(f"this processor ({platform.machine()}) has no {name}")
    environment = {k: v for k, v in os.environ.items() if k not in CHOSEN}
    if capability:
        environment |= dict(zip(CHOSEN, (name, capability), strict=True))
    done = subprocess.run(
        [sys.executable, "-m", "tests.models.gradients"],
        env=environment, cwd=paths.PACKAGE.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    cases = [line[1] for line in lines if line[0] == "start"]
    assert done.returncode == 0, f"died by {done.returncode} in {cases[-1:]}: {done.stderr[-500:]}"
    wrong, case = [], ""
    for kind, *values in lines:
        if kind == "start":
            case = values[0]
        elif not float(values[-1]) < CLOSE:
            wrong.append((case, *values))
    assert not wrong
    assert len(cases) > len(gradients.networks())


CHOSEN = ("ONEDNN_MAX_CPU_ISA", "ATEN_CPU_CAPABILITY")


def test_a_wrong_gradient_is_noticed():
    layer = torch.nn.Conv2d(4, 8, 3, padding=1)
    images, towards = torch.rand(2, 4, 8, 8), torch.rand(2, 8, 8, 8)
    expected = [g.double() for g in gradients.gradients_of(layer, images, towards)]
    found = [g.clone() for g in expected]
    assert gradients.deviation(found, expected) == 0
    found[1][3, 2, 1, 0] *= 1.1
    assert gradients.deviation(found, expected) > CLOSE


def test_every_network_of_the_profiles_is_there():
    kinds = {name for name, _ in gradients.networks()}
    exposed = {"exposed cifar", "exposed mnist", "exposed resnet18", "points"}
    assert kinds == exposed | {
        "autoencoder", "cifar", "fashion", "mnist", "wide-resnet", "small", "resnet18",
        *gradients.LOCALISERS,
    }  # fmt: skip
    widths = {values[2] for name, values in gradients.networks() if name == "autoencoder"}
    assert {4, 8, 16, 32, 64} <= widths
