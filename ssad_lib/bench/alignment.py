"""MMD of two sets of features: ours against scikit-learn's kernels and against plain loops."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from ssad_lib import rng
from ssad_lib.alignment import mmd
from ssad_lib.bench.cases import Case, Figure, LeftOut, Variant

SIZE, QUICK_SIZE = (256, 2048), (8, 16)


def cases(quick: bool) -> Iterator[Case | Figure | LeftOut]:
    """Yield one case: two sets of features as the alignment claims use them."""
    from sklearn.metrics.pairwise import polynomial_kernel

    n, h = QUICK_SIZE if quick else SIZE
    x, y = (
        torch.randn(n, h, generator=rng.generator("bench", part)).numpy() for part in ("x", "y")
    )

    def with_sklearn() -> float:
        first, second = x.astype(np.float64), y.astype(np.float64)
        parts = [polynomial_kernel(a, b).mean() for a, b in ((first, first), (second, second))]
        return float(sum(parts) - 2 * polynomial_kernel(first, second).mean())

    def in_loops() -> float:
        first, second = x.astype(np.float64), y.astype(np.float64)
        return (
            _mean_in_loops(first, first)
            + _mean_in_loops(second, second)
            - 2 * _mean_in_loops(first, second)
        )

    pairs = 3 * n * n
    yield Case(
        name=f"MMD, {n} × {h:,} features",
        unit="pairs of images",
        variants=(
            Variant("ours", lambda: mmd(x, y), pairs),
            Variant("scikit-learn, polynomial_kernel", with_sklearn, pairs),
            Variant("a loop over pairs, float64", in_loops, pairs),
        ),
        repetitions=2 if quick else 11,
        warm_up=1,
        note="All compute in float64.",
    )


def _mean_in_loops(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    total = 0.0
    for a in x:
        for b in y:
            total += float((a @ b / len(a) + 1) ** 3)
    return total / (len(x) * len(y))
