"""What ``--dry-run`` prints: how many runs chapters would train, and what that would take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ssad_lib.errors import SsadError
from ssad_lib.store import Store
from ssad_lib.studies import plan
from ssad_lib.studies.estimate import SAMPLED, Estimate, estimate


def lines(
    chapters: Sequence[str],
    profile: str,
    overrides: Mapping[str, object],
    *,
    fresh: bool,
    gpus: int | None,
    teraflops: float,
) -> list[str]:
    """Return the lines to print; runs that the store has cost nothing unless `fresh`.

    Raises
    ------
    SsadError
        For an unknown profile or parameter, or an impossible number of GPUs.
    """
    if (gpus is not None and gpus < 1) or teraflops <= 0:
        raise SsadError("--gpus must be at least 1 and --teraflops positive")
    wanted = {spec.key: spec for spec in plan.of_book(chapters, profile, overrides)}
    known = set() if fresh else Store().keys()
    missing = [spec for key, spec in wanted.items() if key not in known]
    return report(estimate(missing), len(wanted) - len(missing), gpus, teraflops)


def report(found: Estimate, stored: int, gpus: int | None, teraflops: float) -> list[str]:
    """Return the lines that ``--dry-run`` prints.

    Parameters
    ----------
    found : Estimate
    stored : int
        Runs that the store has already.
    gpus : int, optional
        Tell the time on so many GPUs, too.
    teraflops : float
        Operations a second that one of them is assumed to sustain, in 10¹².
    """
    lines = [f"{found.runs:,} runs to train, {stored:,} are in the store"]
    for kind in found.kinds:
        lines.append(f"  {kind.runs:5,} × {duration(kind.cost.seconds):>10}  {kind.name}")
    if found.kinds:
        lines += [
            f"here, {found.processes} at a time: about {duration(found.seconds)}, "
            f"{found.memory / 1024:.1f} GiB of memory (measured on {SAMPLED} runs of each kind)",
            f"operations: {found.operations:.2g}",
        ]
    if found.kinds and gpus:
        lines.append(
            f"{gpus} GPUs at an assumed {teraflops:g}·10¹² operations a second each: about "
            f"{duration(found.on_gpus(gpus, teraflops))} (not measured)"
        )
    return lines


def duration(seconds: float) -> str:
    """Return a time in the unit that suits it."""
    for unit, length in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 1.5 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.1f} s"
