"""Ranks augmentations by unlabelled images, with intervals, and says when there is nothing to tell.

Sources: paper 001, Section 3.1; paper 002, on selection without labels; METHODS section 10.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ssad_lib import rng
from ssad_lib.augment import Augmentation
from ssad_lib.detectors.inputs import as_images, count_different
from ssad_lib.errors import SsadError, unknown
from ssad_lib.selection.criteria import (
    CRITERIA,
    LARGER_IS_BETTER,
    Sets,
    direction,
    peeking,
    published,
    shifts,
)
from ssad_lib.selection.features import Features, discriminant, statistics, whitened
from ssad_lib.statistics import spearman

LEAST_NORMAL, LEAST_UNLABELLED = 40, 20
MOST = 600  # images of each set that are looked at: more would not change the answer, only the time
AUGMENTED = 200  # at least so many augmented images of each candidate
LEVEL = 0.01  # of the test for all candidates together
PERMUTATIONS = 1999


@dataclass(frozen=True)
class Ranking:
    """Candidates in the order of a criterion, best first.

    Attributes
    ----------
    table : DataFrame
        Index: name of the candidate. Columns: label, category; for each criterion its value and,
        without ``random`` and ``peeking``, its 95 % bootstrap interval over images,
        centred (``<name>_low``, ``<name>_high``); ``p``, of the test against an augmentation that
        has nothing to do with the unlabelled images, for all candidates together; ``first``, the
        share of bootstrap samples in which `by` puts it first. ``peeking`` needs labels.
    by : str
        The criterion of the order.
    normal, unlabelled : int
        Numbers of images that were used.
    """

    table: pd.DataFrame
    by: str
    normal: int
    unlabelled: int

    @property
    def winner(self) -> str | None:
        """The best candidate of those that can be told from none; None if there is none."""
        told = self.table.index[self.table["p"] < LEVEL]
        return str(told[0]) if len(told) else None


def rank(
    candidates: Mapping[str, Augmentation],
    train: ArrayLike | Tensor,
    unlabelled: ArrayLike | Tensor,
    *,
    labels: ArrayLike | None = None,
    features: Features = statistics,
    by: str = "direction",
    resamples: int = 100,
    seed: int = 0,
) -> Ranking:
    """Rank candidate augmentations by how they fit unlabelled images.

    Parameters
    ----------
    candidates : mapping of str to Augmentation
        Such as `ssad_lib.selection.candidates`.
    train : array_like or Tensor
        Normal images ``(N, C, H, W)`` in [0, 1], at least 40.
    unlabelled : array_like or Tensor
        ``(K, C, H, W)`` in [0, 1], normal and anomalous in unknown shares, at least 20.
    labels : array_like of int, shape (K,), optional
        1 for anomalies. Adds the column ``peeking``: never choose by it and report the result.
    features : callable
        Takes float images, returns ``(n, h)``: `statistics`, or an encoder of `ssad_lib.encoders`.
    by : str
        One of `ssad_lib.selection.criteria.CRITERIA`.
    resamples : int
        Bootstrap samples.
    seed : int
        Of the split of the normal images, the draws of augmentations and the resampling.

    Raises
    ------
    SsadError
        If there are too few images, the two sets differ in shape, or `by` is unknown or needs
        labels that are not given.
    """
    normal, mixed = _checked(candidates, train, unlabelled, by, labels)
    truth = None if labels is None else np.asarray(labels, np.int64)
    kept = _shuffled(len(mixed), seed, "unlabelled")
    mixed, truth = mixed[kept], None if truth is None else truth[kept.numpy()]
    ways = _both_ways(candidates, normal, mixed, features, seed)
    columns = {"direction": _mean_direction(ways), "p": _p_values(ways, seed)}
    # The papers' criteria need a detector's embedding: that of a linear one, for all candidates.
    white = ways[0]
    seen = _mapped(white, discriminant(white.second, white.augmented.values()))
    columns |= published(seen) | {"random": _random(candidates, seed)}
    if truth is not None:
        columns["peeking"] = peeking(white, truth)
    table = pd.DataFrame(columns, index=list(candidates))
    drawn = _bootstrap(ways, seen, resamples, seed)
    for name, values in drawn.items():
        # Resampling adds noise, which shrinks cosines and lengthens distances: a centred interval
        # says how far a value varies, and holds the value itself.
        low, middle, high = np.quantile(values, [0.025, 0.5, 0.975], axis=0)
        table[f"{name}_low"] = table[name] + low - middle
        table[f"{name}_high"] = table[name] + high - middle
    if by in drawn:
        best = (drawn[by] * _sign(by)).argmin(axis=1)
        table["first"] = np.bincount(best, minlength=len(candidates)) / resamples
    table.insert(0, "category", [one.category for one in candidates.values()])
    table.insert(0, "label", [one.label for one in candidates.values()])
    order = table[by].mul(_sign(by)).sort_values(kind="stable").index
    return Ranking(table.loc[order], by, len(white.first) + len(white.second), len(mixed))


def agreement(table: pd.DataFrame, auc: Mapping[str, float]) -> dict[str, float]:
    """Return Spearman's correlation of every criterion in `table` with AUCs by candidate.

    Signs are turned so that 1 means: the criterion orders the candidates as the AUC does.
    """
    both = [name for name in table.index if name in auc]
    truth = [auc[name] for name in both]
    return {
        name: float(spearman(-_sign(name) * table.loc[both, name], truth, draws=1).statistic)
        for name in CRITERIA
        if name in table
    }


def _checked(
    candidates: Mapping[str, Augmentation],
    train: ArrayLike | Tensor,
    unlabelled: ArrayLike | Tensor,
    by: str,
    labels: ArrayLike | None,
) -> tuple[Tensor, Tensor]:
    if by not in CRITERIA:
        raise unknown("criterion", by, CRITERIA)
    if by == "peeking" and labels is None:
        raise SsadError("the criterion 'peeking' needs labels; choose by another one")
    if len(candidates) < 2:
        raise SsadError(f"a ranking needs at least two candidates, not {len(candidates)}")
    normal, mixed = as_images(train), as_images(unlabelled)
    for what, images, least in (
        ("normal", normal, LEAST_NORMAL),
        ("unlabelled", mixed, LEAST_UNLABELLED),
    ):
        if len(images) < least:
            raise SsadError(
                f"too few {what} images: {len(images)}, and a ranking needs {least} or more"
            )
        different = count_different(images, least)
        if different < least:
            raise SsadError(
                f"too few different {what} images: {different}, the others of {len(images)} are "
                f"copies, and a ranking needs {least} or more"
            )
    if normal.shape[1:] != mixed.shape[1:]:
        raise SsadError(
            f"normal images have shape {tuple(normal.shape[1:])}, unlabelled ones "
            f"{tuple(mixed.shape[1:])}; bring them to one size"
        )
    if labels is not None and np.shape(labels) != (len(mixed),):
        raise SsadError(f"there are {len(mixed)} unlabelled images and {np.size(labels)} labels")
    return normal, mixed


def _both_ways(
    candidates: Mapping[str, Augmentation],
    normal: Tensor,
    unlabelled: Tensor,
    features: Features,
    seed: int,
) -> tuple[Sets, Sets]:
    """Return whitened features of two random halves: the second augmented, and the first."""
    halves = normal[_shuffled(len(normal), seed, "normal")].tensor_split(2)
    plain = [features(half) for half in halves]
    white = whitened(torch.cat(plain))
    mixed, first, second = white(features(unlabelled)), white(plain[0]), white(plain[1])

    def augmented(half: Tensor) -> dict[str, Tensor]:
        repeated = half.repeat(-(-AUGMENTED // len(half)), 1, 1, 1)
        return {
            name: white(features(one(repeated, rng.generator("selection", name, seed))))
            for name, one in candidates.items()
        }

    return (
        Sets(first, second, mixed, augmented(halves[1])),
        Sets(second, first, mixed, augmented(halves[0])),
    )


def _mean_direction(ways: tuple[Sets, Sets]) -> dict[str, float]:
    one, other = (direction(sets) for sets in ways)
    return {name: (value + other[name]) / 2 for name, value in one.items()}


def _mapped(sets: Sets, function: Callable[[Tensor], Tensor]) -> Sets:
    augmented = {name: function(values) for name, values in sets.augmented.items()}
    return Sets(function(sets.first), function(sets.second), function(sets.unlabelled), augmented)


def _p_values(ways: tuple[Sets, Sets], seed: int) -> dict[str, float]:
    """Return p for all candidates together; twice the smaller of both ways, which share images."""
    one, other = (_permuted(sets, seed, place) for place, sets in enumerate(ways))
    return {name: min(1.0, 2 * min(value, other[name])) for name, value in one.items()}


def _permuted(sets: Sets, seed: int, way: int) -> dict[str, float]:
    """Return p of "the unlabelled images are further along this shift than normal ones are".

    Unlabelled and unaugmented normal images change places at random. A value counts how often the
    best of all candidates does as well by chance, so it holds for all of them together.
    """
    made = shifts(sets)
    units = torch.stack([shift / max(float(shift.norm()), 1e-9) for shift in made.values()])
    along = (torch.cat([sets.first, sets.unlabelled]).double() @ units.T).numpy()
    draws = np.random.default_rng(rng.seed_of("selection", "permutation", seed, way))
    count, total = len(sets.first), along.sum(axis=0)
    orders = np.argsort(draws.random((PERMUTATIONS, len(along))), axis=1)[:, :count]
    chosen = np.zeros((PERMUTATIONS + 1, len(along)))
    chosen[0, :count] = 1  # as it is
    np.put_along_axis(chosen[1:], orders, 1, axis=1)
    inside = chosen @ along
    gaps = (total - inside) / (len(along) - count) - inside / count
    scores = gaps / np.maximum(gaps.std(axis=0), 1e-12)
    largest = scores.max(axis=1)
    shares = (largest[:, None] >= scores[0]).mean(axis=0)
    return dict(zip(made, shares.tolist(), strict=True))


def _bootstrap(
    ways: tuple[Sets, Sets], seen: Sets, resamples: int, seed: int
) -> dict[str, NDArray[np.float64]]:
    """Return by criterion the values ``(resamples, candidates)`` of resampled images."""
    rows: dict[str, list[list[float]]] = {}
    white = ways[0]
    for sample in range(resamples):
        draws = np.random.default_rng(rng.seed_of("selection", "bootstrap", seed, sample))
        first, second, mixed = (
            torch.from_numpy(draws.integers(0, len(one), len(one)))
            for one in (white.first, white.second, white.unlabelled)
        )
        drawn = white.resampled(first, second, mixed), ways[1].resampled(second, first, mixed)
        here = {"direction": _mean_direction(drawn)}
        here |= published(seen.resampled(first, second, mixed))
        for name, values in here.items():
            rows.setdefault(name, []).append(list(values.values()))
    return {name: np.array(values) for name, values in rows.items()}


def _random(candidates: Mapping[str, Augmentation], seed: int) -> dict[str, float]:
    order = _shuffled(len(candidates), seed, "random").tolist()
    return {name: float(place) for name, place in zip(candidates, order, strict=True)}


def _shuffled(count: int, seed: int, what: str) -> Tensor:
    """Return at most `MOST` of `count` places in random order."""
    return torch.randperm(count, generator=rng.generator("selection", what, seed))[:MOST]


def _sign(criterion: str) -> int:
    """Return the factor after which smaller is better."""
    return -1 if LARGER_IS_BETTER[criterion] else 1
