"""A few points that cover many: greedy k-centre on a sparse random projection (METHODS 13.3).

Each step takes the point that is farthest from all taken so far. By the triangle inequality a new
centre can be nearer to a point than its own one only if the two centres are less than twice its
distance apart; all other points are passed over, which leaves the result and a few percent of the
work.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.random_projection import SparseRandomProjection, johnson_lindenstrauss_min_dim

Floats = NDArray[np.float32]
DISTORTION = 0.9  # of squared distances that the projection may bring about
CHUNK = 2**15  # points that are copied at once
SLACK = 1 + 1e-5  # rounding of distances must not exclude a point


def coreset(
    points: Floats,
    count: int,
    seed: int,
    step: Callable[[], object] = lambda: None,
) -> NDArray[np.int64]:
    """Return which `count` of `points` ``(n, d)`` cover the others, in the order they are taken.

    Fewer are returned where all others equal one of them.

    Parameters
    ----------
    points : ndarray of float32, shape (n, d)
    count : int
        From 1 to n.
    seed : int
        Decides the projection and the first point.
    step : callable
        Is called whenever a point was taken.
    """
    start = int(np.random.default_rng(seed).integers(len(points)))
    return k_centres(projected(points, seed), count, start, step)


def projected(points: Floats, seed: int) -> Floats:
    """Return `points` in as many dimensions as keep their distances, if these are fewer."""
    if len(points) < 2:
        return points
    dimensions = int(johnson_lindenstrauss_min_dim(len(points), eps=DISTORTION))
    if dimensions >= points.shape[1]:
        return points
    projection = SparseRandomProjection(dimensions, random_state=seed % 2**32)
    return np.asarray(projection.fit_transform(points), np.float32)


def k_centres(
    points: Floats,
    count: int,
    start: int,
    step: Callable[[], object] = lambda: None,
) -> NDArray[np.int64]:
    """Return the indices of greedy k-centres of `points` ``(n, d)``, `start` first."""
    chosen = np.full(count, start, np.int64)
    centres = np.empty((count, points.shape[1]), np.float32)
    centres[0] = points[start]
    owner = np.zeros(len(points), np.int32)
    distance = _distances(points, np.arange(len(points)), points[start])
    for place in range(1, count):
        farthest = int(distance.argmax())
        if distance[farthest] == 0:
            return chosen[:place]
        taken = points[farthest]
        half = _lengths(centres[:place] - taken) / 2
        near = np.flatnonzero(half[owner] < distance * np.float32(SLACK))
        reached = _distances(points, near, taken)
        closer = reached < distance[near]
        moved = near[closer]
        distance[moved], owner[moved] = reached[closer], place
        chosen[place], centres[place] = farthest, taken
        distance[farthest] = 0
        step()
    return chosen


def _distances(points: Floats, rows: NDArray[np.int64], centre: Floats) -> Floats:
    """Return the distances of some rows of `points`, of which few are copied at once."""
    parts = [
        _lengths(points[rows[start : start + CHUNK]] - centre)
        for start in range(0, len(rows), CHUNK)
    ]
    return np.concatenate(parts) if parts else np.empty(0, np.float32)


def _lengths(vectors: Floats) -> Floats:
    return np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
