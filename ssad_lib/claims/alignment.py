"""The claims A14 and A15, on MMD between augmented images and anomalies (METHODS 7 and 15)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from ssad_lib import augment, paper_values, statistics
from ssad_lib.claims.finding import (
    Finding,
    NotRunError,
    Part,
    all_of,
    correlation,
    greater,
    verdict,
)
from ssad_lib.claims.relative import labels, need_rows
from ssad_lib.evidence import MODELS, Evidence
from ssad_lib.studies.not_magic import relative
from ssad_lib.tasks import IN_THE_WILD

NAN = float("nan")
PAPER_SETS = {
    "mnist": "MNIST",
    "fashion-mnist": "FashionMNIST",
    "cifar10": "CIFAR-10",
    "svhn": "SVHN",
}
LARGEST = ("Mask", "Noise")


def geometric_is_nearest(evidence: Evidence) -> Finding:
    """A14: geometric augmentations are nearest to semantic anomalies, Mask and Noise farthest."""
    means = averages(evidence)
    paper, column = printed(evidence.image_set)
    ours, theirs = means[labels()], paper[labels()]
    up = stats.kendalltau(ours, theirs, alternative="greater")
    down = stats.kendalltau(ours, theirs, alternative="less")
    parts = [
        Part(
            f"Kendall's τ of our 13 means with the paper's ({column})",
            float(up.statistic), NAN, NAN, len(ours), float(up.pvalue),
            verdict(up.statistic, up.pvalue, down.pvalue),
        )
    ]  # fmt: skip
    categories = [augment.get(label).category for label in ours.index]
    parts.append(
        _category_part(
            "geometric category below the rest, mean rank", ours, categories, "geometric"
        )
    )
    extreme = ["extreme" if label in LARGEST else "rest" for label in ours.index]
    parts.append(
        _category_part("Mask and Noise above the rest, mean rank", -ours, extreme, "extreme")
    )
    return all_of(parts, pd.DataFrame(), _stand_in(evidence))


def nearer_is_better(evidence: Evidence) -> Finding:
    """A15: a smaller MMD goes with a higher relative AUC in the wild."""
    means = averages(evidence)[labels()]
    parts = []
    for model in MODELS:
        need_rows(evidence, model, labels())
        effects = relative.forest(relative.in_the_wild(evidence, model, clustered=True))
        gains = effects["pseudo_median"][labels()]
        what = f"{model}: Spearman's ρ of mean MMD and relative AUC over 13 augmentations"
        parts.append(correlation(what, means, gains, sign=-1, comparisons=len(MODELS)))
    within = {
        f"{model}: minus ρ inside a task, by normal class": -_within(evidence, model)
        for model in MODELS
    }
    return all_of([*parts, *greater(within)], _grid(evidence), _stand_in(evidence))


def averages(evidence: Evidence) -> pd.Series:
    """Return the mean MMD of each row over the in-the-wild tasks and draws.

    Raises
    ------
    NotRunError
        If the evidence has no alignment.
    """
    return per_task(evidence).mean(axis=1)


def per_task(evidence: Evidence) -> pd.DataFrame:
    """Return the MMD of each row (index) on each in-the-wild task (columns), mean over draws."""
    if evidence.alignment.empty:
        raise NotRunError("the alignment (MMD) was not measured")
    wild = evidence.alignment[evidence.alignment["testbed"] == IN_THE_WILD]
    return wild.pivot_table(
        index="augmentation", columns=["normal_class", "anomaly"], values="mmd", aggfunc="mean"
    )


def printed(image_set: str) -> tuple[pd.Series, str]:
    """Return a column of the paper's Table 2 by row, and its name: the set's own or the average."""
    column = PAPER_SETS.get(image_set, "Average")
    table = paper_values.read("000_table2_mmd")
    mine = table[table["dataset"] == column].set_index("aug")["value"]
    return mine.rename(index={"Identity": "none"}), column


def _within(evidence: Evidence, model: str) -> np.ndarray:
    """Return Spearman's ρ of MMD and relative AUC inside each task, averaged by normal class."""
    gains = relative.in_the_wild(evidence, model, clustered=False)[labels()]
    gains = gains.groupby(["normal_class", "anomaly"]).mean()
    distances = per_task(evidence).T[labels()].reindex(gains.index)
    pairs = zip(gains.to_numpy(), distances.to_numpy(), strict=True)
    rho = pd.Series([stats.spearmanr(gain, far).statistic for gain, far in pairs], gains.index)
    return rho.groupby("normal_class").mean().dropna().to_numpy()


def _category_part(what: str, values: pd.Series, categories: list[str], category: str) -> Part:
    low = statistics.category_rank(values, categories, category, "less")
    high = statistics.category_rank(values, categories, category)
    answer = verdict(-low.statistic, low.p_value, high.p_value)
    return Part(what, low.statistic, NAN, NAN, len(values), low.p_value, answer)


def _grid(evidence: Evidence) -> pd.DataFrame:
    return evidence.tasks[evidence.tasks["model"].isin(list(MODELS))]


def _stand_in(evidence: Evidence) -> str:
    names = set(evidence.alignment.get("encoder", []))
    return f"encoder: {', '.join(sorted(names))}" if names else ""
