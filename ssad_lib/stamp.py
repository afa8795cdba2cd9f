"""The one line under which every number of a chapter stands: budget, versions, device, cost."""

from __future__ import annotations

from collections.abc import Sequence

import torch

import ssad_lib
from ssad_lib import profiles
from ssad_lib.record import Record


def environment(profile: str | None, budget: str) -> str:
    """Return what a chapter was executed with: the profile, and on demand the rest (HTML)."""
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
    return (
        f"<details><summary><strong>{profile or profiles.default()} profile</strong>: budget and "
        f"versions</summary>\n\n{budget} · ssad {ssad_lib.__version__}, "
        f"torch {torch.__version__.split('+')[0]}, {device}\n\n</details>"
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
