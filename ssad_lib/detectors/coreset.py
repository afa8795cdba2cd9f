"""A few points that cover many: greedy k-centre on a sparse random projection (METHODS 13.3).

Each step takes the point that is farthest from all taken so far. Whether a new centre may be nearer
to a point than its own one is told by a bound in a few dimensions: the first principal components
and the length of what they leave out. All other points are passed over, which changes no result.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.random_projection import SparseRandomProjection, johnson_lindenstrauss_min_dim

Floats = NDArray[np.float32]
DISTORTION = 0.9  # of squared distances that the projection may bring about
CHUNK = 2**15  # points that are copied at once
COMPONENTS = 24  # principal ones of the bound
SAMPLE = 2**14  # points that these are found from
ROUNDING = 1e-5  # of lengths; it must not exclude a point


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
    short = _bounding(points)
    lengths = np.einsum("ij,ij->i", short, short)
    squared = _distances(points, np.arange(len(points)), points[start])
    for place in range(1, count):
        farthest = int(squared.argmax())
        if squared[farthest] == 0:
            return chosen[:place]
        both = lengths + lengths[farthest]
        least = both * np.float32(1 - ROUNDING) - 2 * (short @ short[farthest])
        near = np.flatnonzero(least < squared)
        reached = _distances(points, near, points[farthest])
        squared[near] = np.minimum(squared[near], reached)
        squared[farthest] = 0
        chosen[place] = farthest
        step()
    return chosen


def _bounding(points: Floats) -> Floats:
    """Return short vectors whose distances are at most those of `points`.

    Their coordinates are the first principal components and the length of what these leave out.
    """
    centred = points - points.mean(axis=0)
    some = centred[:: len(points) // SAMPLE + 1].astype(np.float64)
    _, directions = np.linalg.eigh(some.T @ some)
    first = centred @ directions[:, -COMPONENTS:].astype(np.float32)
    whole, part = (np.einsum("ij,ij->i", one, one) for one in (centred, first))
    rest = np.sqrt(np.maximum(whole - part, 0))
    return np.ascontiguousarray(np.column_stack([first, rest]), np.float32)


def _distances(points: Floats, rows: NDArray[np.int64], centre: Floats) -> Floats:
    """Return squared distances of some rows of `points`, of which few are copied at once."""
    parts = [
        _squares(points[rows[start : start + CHUNK]] - centre)
        for start in range(0, len(rows), CHUNK)
    ]
    return np.concatenate(parts) if parts else np.empty(0, np.float32)


def _squares(vectors: Floats) -> Floats:
    return np.einsum("ij,ij->i", vectors, vectors)
