"""The claims A14 and A15, on MMD between augmented images and anomalies (METHODS 7 and 15)."""

from __future__ import annotations

import pandas as pd
from scipy import stats

from ssad_lib import statistics
from ssad_lib.claims.comparisons import above, correlated
from ssad_lib.claims.not_magic.effects import GEOMETRIC
from ssad_lib.claims.not_magic.rows import in_the_wild, labels, need_rows, used
from ssad_lib.claims.rule_book import Finding, Part, decide
from ssad_lib.evidence import CLUSTER, MODELS, Evidence
from ssad_lib.studies.not_magic import distances, relative

NAN = float("nan")
LARGEST = ("Mask", "Noise")


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
    means = distances.averages(evidence)[labels()]
    parts = []
    for model in MODELS:
        gains = relative.forest(in_the_wild(evidence, model))["pseudo_median"][labels()]
        what = f"{model}: ρ of mean MMD and relative AUC over 13 augmentations"
        parts.append(correlated(what, means, gains, sign=-1))
    parts += [
        above(f"{model}: minus ρ inside a task", _within(evidence, model), "ρ") for model in MODELS
    ]
    return decide(parts, used(evidence, *MODELS), _encoder(evidence))


def _within(evidence: Evidence, model: str) -> pd.Series:
    """Return minus Spearman's ρ of MMD and relative AUC inside each task, by normal class."""
    need_rows(evidence, model, labels())
    gains = relative.in_the_wild(evidence, model, clustered=False)[labels()]
    gains = gains.groupby([*CLUSTER, "anomaly"]).mean()
    apart = distances.per_task(evidence).T[labels()].reindex(gains.index)
    pairs = zip(gains.to_numpy(), apart.to_numpy(), strict=True)
    rho = pd.Series([stats.spearmanr(gain, far).statistic for gain, far in pairs], gains.index)
    return -rho.groupby(level=CLUSTER).mean().dropna()


def _rank(what: str, values: pd.Series, named: tuple[str, ...]) -> Part:
    """Return the part that the augmentations `named` have the larger `values`, by permutation."""
    groups = ["named" if label in named else "rest" for label in values.index]
    up = statistics.category_rank(values, groups, "named")
    down = statistics.category_rank(values, groups, "named", "less")
    return Part(what, up.statistic, NAN, NAN, "rank", len(values), up.p_value, down.p_value)


def _encoder(evidence: Evidence) -> str:
    names = set(evidence.alignment.get("encoder", []))
    return f"encoder: {', '.join(sorted(names))}" if names else ""
