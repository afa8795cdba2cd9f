"""What the chapter on alignment validation shows of DSV's selection experiment (METHODS 10.6)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ssad_lib import augment
from ssad_lib.evidence import CLUSTER, Evidence
from ssad_lib.studies.pitfalls import choices
from ssad_lib.studies.pitfalls import selection_experiment as experiment
from ssad_lib.studies.pitfalls.selection_experiment import ENSEMBLE, ORACLE, RANDOM, WORST
from ssad_lib.tasks import DEFECT, IN_THE_WILD
from ssad_lib.widgets import TableBrowser

MODEL = "DAE"  # whose augmentations are compared on other classes and on defects
KINDS = {"geometric": experiment.GEOMETRIC, "local": experiment.LOCAL}
SAID = {
    "dsv": "least DSV",
    "dis": "least discordance",
    "sep": "largest separability",
    "validation_loss": "least validation loss",
    "mmd": "least MMD (linear)",
    "base": "least distance",
    "cov": "largest spread",
}
VARIANTS = {
    "dsv": "d − s / d (DSV)",
    "dsv_difference": "d − s",
    "dsv_squares": "d² + (½ − s)²",
    "dsv_root": "d − s / √d",
    "dsv_ratio_squared": "d − s / d²",
}
EVERY = "all families"
TITLES = {"dsv": "DSV", "dis": "discordance", "sep": "separability", "validation_loss": "L_val",
          "mmd": "MMD"}  # fmt: skip


def every_choice(
    candidates: pd.DataFrame, ensemble: pd.Series | None = None
) -> dict[str, pd.DataFrame]:
    """Return what each way of choosing reaches, among all candidates and inside each family.

    Returns
    -------
    dict of str to DataFrame
        As `ssad_lib.figures.choice_gains` takes them: index choice; columns kind, auc, gain (over a
        candidate at random), low and high (surfaces resampled). `ensemble`, the AUC of the mean
        score of all candidates, is shown among all families.
    """
    panels = {EVERY: _gains(experiment.selected(candidates), ensemble)}
    for family, mine in candidates.groupby("family", sort=False):
        panels[str(family)] = _gains(experiment.selected(mine), None)
    return panels


def correlations(candidates: pd.DataFrame) -> pd.DataFrame:
    """Return Spearman's ρ of every criterion (as a loss) and the AUC: mean over tasks by surface.

    Rows: criteria; columns: surfaces, their mean, and the share of tasks with ρ below zero, which
    is what a criterion is for.
    """
    ranks = experiment.rank_correlations(candidates).rename(columns={**VARIANTS, **SAID})
    by_surface = ranks.groupby(level="surface", sort=False).mean().T
    found = by_surface.assign(mean=ranks.mean(), **{"share below 0": (ranks < 0).mean()})
    return found.rename_axis("criterion", axis=0).rename_axis(None, axis=1)


def variants(candidates: pd.DataFrame) -> pd.DataFrame:
    """Return the mean AUC that each variant of DSV chooses, by surface."""
    reached = experiment.selected(candidates)[list(VARIANTS)].rename(columns=VARIANTS)
    table = reached.groupby(level="surface", sort=False).mean().T
    return table.assign(mean=reached.mean()).rename_axis("variant").rename_axis(None, axis=1)


def on_other_anomalies(candidates: pd.DataFrame) -> pd.DataFrame:
    """Return what a choice by DSV is worth on its own anomalies and on others, by surface."""
    reached = experiment.shifted(candidates)
    table = reached.groupby(level="surface", sort=False).mean()
    whole = pd.DataFrame([reached.mean()], index=pd.Index(["all"], name="surface"))
    named = {"own": "chosen on the same anomalies", "other": "chosen on other anomalies"}
    return pd.concat([table, whole]).rename(columns=named)[[RANDOM, *reversed(named.values())]]


def leads(evidence: Evidence, testbed: str) -> pd.Series:
    """Return mean AUC of geometric minus local augmentations, by normal class of an image set.

    Empty where one of them was not run on `testbed`.
    """
    mine = evidence.of(MODEL)
    means = mine[mine["testbed"] == testbed].pivot_table(index=CLUSTER, columns="row", values="auc")
    rows = _rows()
    if not {label for labels in rows.values() for label in labels} <= set(means):
        return pd.Series(dtype=float)
    return (means[rows["geometric"]].mean(axis=1) - means[rows["local"]].mean(axis=1)).dropna()


def two_kinds(sources: Mapping[str, Evidence]) -> pd.DataFrame:
    """Return the mean AUC of geometric and of local augmentations of DAE on both kinds of tasks.

    Rows: source and testbed; columns: no augmentation, geometric, local, their difference, and how
    many classes or surfaces it rests on.
    """
    rows = {}
    for name, evidence in sources.items():
        for testbed, said in ((IN_THE_WILD, "other classes"), (DEFECT, "defects")):
            lead = leads(evidence, testbed)
            if lead.empty:
                continue
            mine = evidence.of(MODEL)
            means = mine[mine["testbed"] == testbed].groupby("row")["auc"].mean()
            rows[name, said] = {
                "none": means.get("none", np.nan),
                **{kind: means[labels].mean() for kind, labels in _rows().items()},
                "geometric minus local": lead.mean(),
                "n": len(lead),
            }
    return pd.DataFrame(rows).T.rename_axis(["source", "anomalies"])


def browser(candidates: pd.DataFrame) -> TableBrowser:
    """Return the widget that shows every candidate of a task: its AUC and what would choose it."""
    tables, captions, summaries = {}, {}, {}
    for (surface, seed, anomaly), mine in candidates.groupby(experiment.PLACE, sort=False):
        if seed != candidates["seed"].min():
            continue
        title = f"{str(surface).removeprefix('textures:')}: {anomaly}"
        shown = mine.sort_values("dsv").set_index(
            pd.Index([_label(row) for row in mine.sort_values("dsv").itertuples()])
        )
        tables[title] = shown[["auc", *TITLES]].rename(columns={"auc": "AUC", **TITLES})
        captions[title] = f"Candidates of {title}, the one with the least DSV first"
        best, taken = shown["auc"].idxmax(), shown.index[0]
        summaries[title] = (
            f"DSV takes {taken}, AUC {shown['auc'].iloc[0]:.3f}; the best is {best}, "
            f"{shown['auc'].max():.3f}; the mean is {shown['auc'].mean():.3f}."
        )
    return TableBrowser.from_tables(
        tables, label="Surface and defect", captions=captions, summaries=summaries
    )


def _rows() -> dict[str, list[str]]:
    return {kind: [augment.get(name).label for name in names] for kind, names in KINDS.items()}


def _label(row: tuple[object, ...]) -> str:
    named = row._asdict()  # type: ignore[attr-defined]
    return experiment.candidate_label(named["family"], named["area"], named["aspect"])


def _gains(reached: pd.DataFrame, ensemble: pd.Series | None) -> pd.DataFrame:
    outcome = reached[[WORST, RANDOM, *SAID, ORACLE]].rename(columns=SAID)
    if ensemble is not None:
        outcome.insert(2, ENSEMBLE, ensemble.reindex(outcome.index))
    kinds = {WORST: "reference", ENSEMBLE: "reference", ORACLE: "peeking"}
    rows = {}
    for choice in map(str, outcome):
        gain, low, high = choices.inflation(outcome, choice, RANDOM, cluster=["surface"])
        rows[choice] = {
            "kind": kinds.get(choice, "honest"), "auc": outcome[choice].mean(),
            "gain": gain, "low": low, "high": high,
        }  # fmt: skip
    return pd.DataFrame(rows).T.infer_objects().rename_axis("choice")
