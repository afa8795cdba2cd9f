"""What this machine has and which profile fits it."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil

import torch

import ssad_lib
from ssad_lib import paths, processor

GIBIBYTE = 2**30


def report() -> list[str]:
    """Return the lines that ``ssad doctor`` prints."""
    root = os.environ.get("SSAD_DATA")
    disk = shutil.disk_usage(paths.home()).free / GIBIBYTE
    rows = [
        ("ssad", ssad_lib.__version__),
        ("python", platform.python_version()),
        ("torch", torch.__version__),
        ("processor", f"{processor.model()}, {os.cpu_count()} cores"),
        ("instructions", processor.instruction_sets()),
        ("GPU", _gpu()),
        ("free disk", f"{disk:.0f} GiB in {paths.home()}"),
        ("data root", root or "not set: embedded image sets only (SSAD_DATA or --data-root)"),
        ("book tools", _book_tools()),
        ("profile", _fitting_profile()),
    ]
    return [f"{name:14}{value}" for name, value in rows]


def _gpu() -> str:
    if not torch.cuda.is_available():
        return "none: chapters run on the CPU"
    memory = torch.cuda.get_device_properties(0).total_memory / GIBIBYTE
    return f"{torch.cuda.get_device_name()}, {memory:.0f} GiB"


def _book_tools() -> str:
    if importlib.util.find_spec("jupyter_book") is None:
        return "missing: pip install 'ssad-lib[book]' to build the site"
    npm = "npm found" if shutil.which("npm") else "no npm: widgets load from the public network"
    return f"Jupyter Book, {npm}"


def _fitting_profile() -> str:
    if not torch.cuda.is_available():
        return "laptop (smoke to try the machinery)"
    memory = torch.cuda.get_device_properties(0).total_memory / GIBIBYTE
    return "paper" if memory >= 40 else "colab"
