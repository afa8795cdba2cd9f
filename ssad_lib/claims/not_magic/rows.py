"""What the claims of paper 000 read: relative AUC by normal class, and rows that must be there."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ssad_lib import augment
from ssad_lib.evidence import CLUSTER, NO_AUGMENTATION, UNTRAINED, Evidence, NotRunError
from ssad_lib.studies.not_magic import relative

GAIN = 0.02  # AUC: a smaller gain is none that matters


def labels(*categories: str) -> list[str]:
    """Return the labels of all augmentations (of some categories, if given), Identity apart."""
    every = [augment.get(name) for name in augment.names() if name != "identity"]
    return [a.label for a in every if not categories or a.category in categories]


def controlled(evidence: Evidence, model: str, gen: str, rows: Iterable[str]) -> pd.DataFrame:
    """Return the relative AUC against anomalies of `gen`: normal classes by augmentations."""
    need_rows(evidence, model, rows)
    return _by_class(relative.controlled(evidence, model, gen))


def in_the_wild(evidence: Evidence, model: str) -> pd.DataFrame:
    """Return the relative AUC in the wild, a mean over pairs: normal classes by augmentations."""
    need_rows(evidence, model, labels())
    return _by_class(relative.in_the_wild(evidence, model, clustered=True))


def need_rows(evidence: Evidence, model: str, rows: Iterable[str]) -> None:
    """Raise `NotRunError` unless `model` was run without augmentation and with each of `rows`."""
    there = set(evidence.of(model)["row"])
    if lacking := [row for row in (NO_AUGMENTATION, *rows) if row not in there]:
        raise NotRunError(f"no runs of {model} with {', '.join(lacking)}")


def need(evidence: Evidence, model: str, rows: Iterable[str]) -> pd.DataFrame:
    """Return the tasks of `rows` of `model`.

    Raises
    ------
    NotRunError
        If one of the rows is not there.
    """
    wanted = list(rows)
    tasks = evidence.of(model, *wanted)
    if lacking := [row for row in wanted if row not in set(tasks["row"])]:
        raise NotRunError(f"no runs of {model} with {', '.join(lacking)}")
    return tasks


def used(evidence: Evidence, *models: str) -> pd.DataFrame:
    """Return the tasks of the trained rows of `models`."""
    tasks = pd.concat([evidence.of(model) for model in models])
    return tasks[tasks["row"] != UNTRAINED]


def _by_class(table: pd.DataFrame) -> pd.DataFrame:
    return table.groupby(level=CLUSTER).mean()
