"""The one line under which every number of a chapter stands: budget, versions, device, cost."""

from __future__ import annotations

from collections.abc import Sequence

import torch

import ssad_lib
from ssad_lib import profiles
from ssad_lib.record import Record


def environment(profile: str | None, budget: str) -> str:
    """Return one line (Markdown) that says with what a chapter was executed."""
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
    return (
        f"**{profile or profiles.default()} profile** · {budget} · "
        f"ssad {ssad_lib.__version__}, torch {torch.__version__.split('+')[0]}, {device}"
    )


def cost(records: Sequence[Record]) -> str:
    """Return what the trainings behind `records` cost, from their provenance."""
    seconds = sum(float(record.provenance["seconds"]) for record in records)
    memory = max(int(record.provenance["peak_memory_mib"]) for record in records)
    versions = ", ".join(sorted({str(r.provenance["version"]) for r in records}))
    return (
        f"{len(records)} runs, {seconds / 60:.1f} core-minutes of training and scoring, at most "
        f"{memory:,} MiB in one process, library version {versions}"
    )
