"""What records were made with: their budget in words, versions and processors, what they cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ssad_lib.record import Record
from ssad_lib.studies.grid import FAMILIES, budget_label, training_label
from ssad_lib.studies.self_tuning.runs import TUNER, label_of

GRID = {detector for members in FAMILIES.values() for detector in members}
# By the name in a review, the entry of a record's provenance.
VERSIONS = {
    "ssad": "version",
    "commit": "commit",
    "torch": "torch",
    "python": "python",
    "device": "device",
    "instructions": "instructions",
}


def budget(records: Sequence[Record]) -> str:
    """Return data and training of `records` in words, read from their specifications; "" of none.

    Image sets that were trained on alike are named together.
    """
    grid = [record for record in records if record.spec.detector in GRID]
    tuned = [record.spec for record in records if record.spec.detector == TUNER]
    others = [record for record in records if record.spec.detector not in GRID | {TUNER}]
    said: dict[str, list[str]] = {}
    for image_set in _image_sets(grid):
        label = budget_label([r for r in grid if r.spec.image_set == image_set])
        said.setdefault(label.removeprefix(f"{image_set}: "), []).append(image_set)
    lines = [f"{', '.join(sets)}: {label}" for label, sets in said.items()]
    if tuned:
        lines.append(label_of(tuned))
    elif others:
        first = max((r.spec for r in others), key=lambda spec: len(spec.detector_options))
        trained = training_label([first.detector], first.size, dict(first.detector_options))
        images = f"{first.images_per_class or 'all'} images a class"
        lines.append(f"{', '.join(_image_sets(others))}: {images}; {trained}")
    return "; ".join(lines)


def versions(records: Iterable[Record]) -> dict[str, list[str]]:
    """Return the versions, commits, devices and instruction sets that occur among `records`.

    Records older than an entry of the provenance add nothing to it.
    """
    found: dict[str, set[str]] = {name: set() for name in VERSIONS}
    for record in records:
        for name, entry in VERSIONS.items():
            found[name].add(str(record.provenance.get(entry, "")))
    return {name: sorted(values - {""}) for name, values in found.items()}


def cost(records: Sequence[Record]) -> dict[str, Any]:
    """Return runs, seconds of training and scoring, and the most MiB one process took."""
    return {
        "runs": len(records),
        "seconds": round(sum(float(r.provenance.get("seconds", 0)) for r in records), 1),
        "peak_memory_mib": max((int(r.provenance.get("peak_memory_mib", 0)) for r in records),
                               default=0),
    }  # fmt: skip


def _image_sets(records: Iterable[Record]) -> list[str]:
    return sorted({record.spec.image_set for record in records})
