"""The claims A14 and A15, on MMD between augmented images and anomalies (METHODS 7 and 15)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from ssad_lib import statistics
from ssad_lib.claims.not_magic.effects import GEOMETRIC
from ssad_lib.claims.not_magic.rows import in_the_wild, labels, need_rows, used
from ssad_lib.claims.rule_book import Finding, Part, decide
from ssad_lib.evidence import CLUSTER, MODELS, Evidence
from ssad_lib.studies.not_magic import distances, relative

NAN = float("nan")
LARGEST = ("Mask", "Noise")
SHUFFLES = 9_999
TINY = 1e-12


def geometric_is_nearest(evidence: Evidence) -> Finding:
    """A14: Rotate, Flip and GEOM are nearest to semantic anomalies, Mask and Noise farthest."""
    means = distances.averages(evidence)[labels()]
    return decide(order_parts(means, evidence.image_set), pd.DataFrame(), _encoder(evidence))


def order_parts(means: pd.Series, image_set: str) -> list[Part]:
    """Return the comparisons of claim A14 for the mean MMD of each augmentation.

    The unit is the augmentation: the claim is about the thirteen there are.
    """
    paper, column = distances.printed(image_set)
    up, down = (
        stats.kendalltau(means, paper[means.index], alternative=side)
        for side in ("greater", "less")
    )
    tau = Part(f"Kendall's τ of our means with the paper's ({column})", float(up.statistic), NAN,
               NAN, "τ", len(means), float(up.pvalue), float(down.pvalue))  # fmt: skip
    return [
        tau,
        _rank(f"{', '.join(GEOMETRIC)} nearer than the rest, mean rank", -means, GEOMETRIC),
        _rank(f"{' and '.join(LARGEST)} farther than the rest, mean rank", means, LARGEST),
    ]


def nearer_is_better(evidence: Evidence) -> Finding:
    """A15: a smaller MMD goes with a higher relative AUC in the wild."""
    parts = [_over_augmentations(evidence, model) for model in MODELS]
    parts += [_within(evidence, model) for model in MODELS]
    return decide(parts, used(evidence, *MODELS), _encoder(evidence))


def _over_augmentations(evidence: Evidence, model: str) -> Part:
    """Return the part that mean MMD and relative AUC go against each other.

    MMD of different image sets have different scales, which a mean over sets would weigh by: the
    ranks are taken inside each image set.
    """
    gains = in_the_wild(evidence, model)
    apart = distances.per_task(evidence).T[labels()].groupby(level="image_set").mean()
    medians = pd.DataFrame({
        name: relative.forest(mine)["pseudo_median"][labels()]
        for name, mine in gains.groupby(level="image_set")
    }).T  # fmt: skip
    both = medians.index.intersection(apart.index)
    over = "" if len(both) == 1 else f", mean of {len(both)} image sets"
    what = f"{model}: ρ of mean MMD and relative AUC over 13 augmentations{over}"
    weights = np.full(len(both), 1 / len(both))
    return _against_each_other(what, medians.loc[both], apart.loc[both], weights)


def _within(evidence: Evidence, model: str) -> Part:
    """Return the part that MMD and relative AUC go against each other inside a task.

    Signed ranks over classes would take thirteen common causes for as many independent ones as
    there are classes (wrong in a quarter of all worlds).
    """
    need_rows(evidence, model, labels())
    gains = relative.in_the_wild(evidence, model, clustered=False)[labels()]
    gains = gains.groupby([*CLUSTER, "anomaly"]).mean()
    apart = distances.per_task(evidence).T[labels()].reindex(gains.index)
    both = gains.notna().all(axis=1) & apart.notna().all(axis=1)
    sizes = both[both].groupby(level=CLUSTER).transform("size").to_numpy(np.float64)
    weights = 1 / sizes / both[both].groupby(level=CLUSTER).ngroups
    what = f"{model}: mean ρ of MMD and relative AUC inside a task"
    return _against_each_other(what, gains[both], apart[both], weights)


def _against_each_other(
    what: str, gains: pd.DataFrame, apart: pd.DataFrame, weights: np.ndarray
) -> Part:
    """Return the part that the weighted mean over rows of Spearman's ρ is negative.

    The augmentations are the units, because all rows share them: their MMD are dealt out among
    the augmentations, for all rows alike.
    """
    ranked = [_standard_ranks(table) for table in (gains, apart)]
    together = (ranked[0] * weights[:, None]).T @ ranked[1] / gains.shape[1]
    found = float(np.trace(together))
    random = np.random.default_rng(0)
    order = random.permuted(np.tile(np.arange(len(together)), (SHUFFLES, 1)), axis=1)
    dealt = together[np.arange(len(together)), order].sum(axis=1)
    lower, higher = (dealt <= found + TINY).sum(), (dealt >= found - TINY).sum()
    return Part(
        what, found, NAN, NAN, "ρ", len(together),
        p=(1 + lower) / (SHUFFLES + 1), p_against=(1 + higher) / (SHUFFLES + 1),
    )  # fmt: skip


def _standard_ranks(table: pd.DataFrame) -> np.ndarray:
    """Return the ranks inside every row with mean 0 and variance 1; zeros where all are equal."""
    ranks = stats.rankdata(table.to_numpy(), axis=1)
    centred = ranks - ranks.mean(axis=1, keepdims=True)
    spread = centred.std(axis=1, keepdims=True)
    standard: np.ndarray = np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0)
    return standard


def _rank(what: str, values: pd.Series, named: tuple[str, ...]) -> Part:
    """Return the part that the augmentations `named` have the larger `values`, by permutation."""
    groups = ["named" if label in named else "rest" for label in values.index]
    up = statistics.category_rank(values, groups, "named")
    down = statistics.category_rank(values, groups, "named", "less")
    return Part(what, up.statistic, NAN, NAN, "rank", len(values), up.p_value, down.p_value)


def _encoder(evidence: Evidence) -> str:
    names = set(evidence.alignment.get("encoder", []))
    return f"encoder: {', '.join(sorted(names))}" if names else ""


TESTS = {
    "A14": geometric_is_nearest,
    "A15": nearer_is_better,
}
