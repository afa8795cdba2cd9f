"""Mean MMD of each augmentation to the anomalies in the wild, and the printed ones (Table 2)."""

from __future__ import annotations

import pandas as pd

from ssad_lib import paper_values
from ssad_lib.evidence import CLUSTER, Evidence, NotRunError
from ssad_lib.tasks import IN_THE_WILD

PAPER_SETS = {
    "mnist": "MNIST",
    "fashion-mnist": "FashionMNIST",
    "cifar10": "CIFAR-10",
    "svhn": "SVHN",
}


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
        index="augmentation", columns=[*CLUSTER, "anomaly"], values="mmd", aggfunc="mean"
    )


def printed(image_set: str) -> tuple[pd.Series, str]:
    """Return a column of the paper's Table 2 by row, and its name: the set's own or the average."""
    column = PAPER_SETS.get(image_set, "Average")
    table = paper_values.read("000_table2_mmd")
    mine = table[table["dataset"] == column].set_index("aug")["value"]
    return mine.rename(index={"Identity": "none"}), column
