"""The signed-rank test: ours against SciPy's, which gives less."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import torch
from scipy import stats

from ssad_lib import rng
from ssad_lib.bench.cases import Case, Figure, LeftOut, Variant
from ssad_lib.statistics import signed_rank

METHODS = {10: "exact", 360: "asymptotic"}  # by the number of differences


def cases(quick: bool) -> Iterator[Case | Figure | LeftOut]:
    """Yield a table of ten classes and one of all 360 tasks of paper 000."""
    for n, method in METHODS.items():
        generator = rng.generator("bench", n)
        differences = torch.randn(n, generator=generator, dtype=torch.float64).add_(0.2).numpy()
        scipys = partial(stats.wilcoxon, differences, alternative="greater", method=method)
        yield Case(
            name=f"signed-rank test, n = {n}",
            unit="tests",
            variants=(
                Variant("ours", partial(signed_rank, differences), 1),
                Variant("scipy.stats.wilcoxon", scipys, 1),
            ),
            repetitions=2 if quick else 11,
            shortest=0.0 if quick else 0.02,
            note=(
                "SciPy computes the p-value; ours calls it and adds the pseudo-median with its "
                f"interval from the {n * (n + 1) // 2:,} Walsh averages."
            ),
        )
