"""Observation 2: which anomalies Rotate helps to find, and which it hides (figures 2 and 9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ssad_lib import augment, statistics
from ssad_lib.evidence import (
    MODELS,
    NO_AUGMENTATION,
    UNTRAINED,
    Evidence,
    NotRunError,
    model_of,
    row_of,
)
from ssad_lib.record import NORMAL, Record
from ssad_lib.studies.not_magic.runs import ROTATION
from ssad_lib.tasks import IN_THE_WILD
from ssad_lib.widgets import PairBrowser

ROTATED = augment.get(ROTATION).label
ROWS = (UNTRAINED, NO_AUGMENTATION, ROTATED)
FIGURES = {"2": "DeepSAD", "9": "DAE"}  # of the paper, and their models
MEAN = "mean"
SHUFFLES = 2_000


def by_type(evidence: Evidence, model: str) -> pd.DataFrame:
    """Return the AUC by anomaly type of the normal class with most seeds of `model` and Rotate.

    One row per row of the table, anomaly type and seed; columns normal_class, row, anomaly, seed,
    auc. Empty where the evidence has no such runs.
    """
    mine = evidence.on_cases().of(model, *ROWS)
    mine = mine[mine["testbed"] == IN_THE_WILD]
    seeds = mine[mine["row"] == ROTATED].groupby("normal_class")["seed"].nunique()
    if not seeds.empty:
        mine = mine[mine["normal_class"] == seeds.idxmax()]
    return mine[["normal_class", "row", "anomaly", "seed", "auc"]]


def with_seeds(evidence: Evidence, model: str) -> tuple[int, pd.DataFrame, pd.DataFrame]:
    """Return the normal class of `by_type`, its AUC without Rotate, and what Rotate adds.

    Both tables have a row per seed and a column per type of anomalies.

    Raises
    ------
    NotRunError
        If the evidence has no such runs, or pools several image sets.
    """
    if not evidence.classes:
        raise NotRunError("a statement about one normal class is judged on each image set alone")
    mine = by_type(evidence, model)
    if not {NO_AUGMENTATION, ROTATED} <= set(mine["row"]):
        raise NotRunError(f"no runs of {model} with {ROTATED} and without")
    tables = {
        row: part.pivot_table(index="seed", columns="anomaly", values="auc")
        for row, part in mine.groupby("row")
    }
    gain = (tables[ROTATED] - tables[NO_AUGMENTATION]).dropna()
    return _normal_class(mine), tables[NO_AUGMENTATION].loc[gain.index], gain


def panels(sources: Mapping[str, Evidence]) -> dict[str, pd.DataFrame]:
    """Return figures 2 and 9: a table of AUC for each model and source, by title.

    Columns detector (the one without augmentation first), anomaly, seed, auc. Sources without
    Rotate are left out.
    """
    return {
        f"{model}, normal class {sources[name].classes[_normal_class(pair)]}: {name}": pair
        for model, name, pair in _pairs(sources)
    }


def auc_tables(
    sources: Mapping[str, Evidence], records: Iterable[Record]
) -> dict[str, pd.DataFrame]:
    """Return the numbers behind `panels`, by caption; see `auc_table`.

    `records` are those of "this run" with their raw scores.
    """
    scored = list(records)
    return {
        f"AUC of {model} by type of anomaly (figure {number}), {name}": auc_table(
            sources[name], model, scored if name == "this run" else []
        )
        for number, model in FIGURES.items()
        for paired, name, _ in _pairs(sources)
        if paired == model
    }


def auc_table(evidence: Evidence, model: str, records: Iterable[Record] = ()) -> pd.DataFrame:
    """Return the AUC of every row by anomaly type, mean over seeds, and what Rotate adds.

    Parameters
    ----------
    evidence : Evidence
    model : str
    records : iterable of Record
        The same runs with their raw scores; without them there is no interval.

    Returns
    -------
    DataFrame
        Index anomaly type, sorted by the AUC without augmentation, and ``mean`` last; columns
        untrained, none, Rotate, gain, low, high (95 %, over test images and seeds), and in how many
        seeds the AUC fell.
    """
    mine = by_type(evidence, model)
    table = mine.pivot_table(index="anomaly", columns="row", values="auc").reindex(columns=ROWS)
    table = table.sort_values(NO_AUGMENTATION, ascending=False)
    table.loc[MEAN] = table.mean()
    table["gain"] = table[ROTATED] - table[NO_AUGMENTATION]
    gains = _gains(mine)
    gains[MEAN] = gains.mean(axis=1)
    limits = _intervals(list(records), model, _normal_class(mine), mine["anomaly"].unique())
    table["low"], table["high"] = limits["low"], limits["high"]
    fell = (gains < 0).sum()
    table["worse in"] = [f"{fell[name]} of {len(gains)} seeds" for name in table.index]
    return table.rename_axis(columns=None)


def base_and_gain(sources: Mapping[str, Evidence]) -> dict[str, pd.DataFrame]:
    """Return for each model and source, by title, the AUC without Rotate and what Rotate adds.

    Indexed by anomaly type; columns category (of Rotate), base, gain, with (means over seeds).
    """
    category = augment.get(ROTATION).category
    shown = {}
    for model, name, pair in _pairs(sources):
        base = pair[pair["row"] == NO_AUGMENTATION].groupby("anomaly")["auc"].mean()
        gain = _gains(pair).mean()
        shown[f"{model}: {name}"] = pd.DataFrame(
            {"category": category, "base": base, "gain": gain, "with": base + gain}
        )
    return shown


def coupling(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return how far ρ of AUC without Rotate and gain says more than that both share one number.

    The gain is a difference that contains the AUC without Rotate, so ρ is negative even if the AUC
    with Rotate has nothing to do with the type. Dealing these AUC out at random shows how much.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        From `base_and_gain`.

    Returns
    -------
    DataFrame
        Index model and source; columns ρ, ρ if dealt out (mean over shuffles), lower when dealt out
        (share of shuffles with a ρ as low), and the standard deviation over types of the AUC
        without and with Rotate.
    """
    rows = {}
    for title, table in tables.items():
        base, changed = table["base"].to_numpy(), table["with"].to_numpy()
        found = _rank_correlation(base, table["gain"].to_numpy()[None])[0]
        random = np.random.default_rng(0)
        dealt = random.permuted(np.tile(changed, (SHUFFLES, 1)), axis=1)
        chance = _rank_correlation(base, dealt - base)
        rows[title] = {
            "ρ": found,
            "ρ if dealt out": chance.mean(),
            "as low when dealt out": (chance <= found + 1e-12).mean(),
            "spread without": base.std(ddof=1),
            f"spread with {ROTATED}": changed.std(ddof=1),
        }
    return pd.DataFrame(rows).T.rename_axis("model and source")


def pair_browser(records: Iterable[Record], classes: Sequence[str]) -> PairBrowser:
    """Return the widget that shows the scores of each anomaly type with and without Rotate.

    `records` need their raw scores; the first seed is shown.
    """
    done = [r for r in records if row_of(r.spec) in (NO_AUGMENTATION, ROTATED)]
    first = min(r.spec.seed for r in done)
    names = {r.spec.key: _detector_name(r) for r in done}
    scores = {
        (names[r.spec.key], classes[r.spec.normal_class], _anomaly(group, r, classes)): values
        for r in done
        if r.spec.seed == first
        for group, values in r.scores.items()
        if group == NORMAL or group.startswith(f"{IN_THE_WILD}/")
    }
    baselines = {f"{model}, {ROTATED}": MODELS[model] for model in FIGURES.values()}
    there = set(names.values())
    return PairBrowser.from_scores(
        scores, {name: plain for name, plain in baselines.items() if name in there},
        classes=classes, label="Model",
    )  # fmt: skip


def _detector_name(record: Record) -> str:
    spec = record.spec
    return f"{spec.detector}, {ROTATED}" if row_of(spec) == ROTATED else spec.detector


def _anomaly(group: str, record: Record, classes: Sequence[str]) -> str:
    return classes[record.spec.normal_class] if group == NORMAL else group.split("/", 1)[1]


def _pairs(sources: Mapping[str, Evidence]) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Yield model, source and the AUC by type, seed and detector, without and with Rotate."""
    for model in FIGURES.values():
        names = {NO_AUGMENTATION: MODELS[model], ROTATED: f"{model}, {ROTATED}"}
        for name, evidence in sources.items():
            mine = by_type(evidence, model)
            pair = pd.concat([mine[mine["row"] == row] for row in names])
            if set(pair["row"]) == set(names):
                yield model, name, pair.assign(detector=pair["row"].map(names))


def _normal_class(mine: pd.DataFrame) -> int:
    return int(mine["normal_class"].iloc[0])


def _gains(mine: pd.DataFrame) -> pd.DataFrame:
    """Return what Rotate adds: rows seeds, columns anomaly types."""
    auc = mine.pivot_table(index=["row", "seed"], columns="anomaly", values="auc")
    return pd.DataFrame(auc.xs(ROTATED) - auc.xs(NO_AUGMENTATION)).dropna()


def _intervals(
    records: Sequence[Record], model: str, normal_class: int, kinds: Iterable[str]
) -> pd.DataFrame:
    """Return the interval of the gain by anomaly type, and of their mean.

    For the mean, all anomalies are one group: the types have equally many test images.
    """
    mine = {
        (row_of(r.spec), r.spec.seed): r.scores
        for r in records
        if model_of(r.spec) == model and r.spec.normal_class == normal_class and r.scores
    }
    seeds = sorted(s for row, s in mine if row == ROTATED and (NO_AUGMENTATION, s) in mine)
    limits = pd.DataFrame(index=[*kinds, MEAN], columns=["low", "high"], dtype=float)
    if not seeds:
        return limits

    def stacked(group: str) -> NDArray[np.float32]:
        return np.stack(
            [[mine[row, s][group] for s in seeds] for row in (NO_AUGMENTATION, ROTATED)]
        )

    normal = stacked(NORMAL)
    anomalies = {kind: stacked(f"{IN_THE_WILD}/{kind}") for kind in kinds}
    anomalies[MEAN] = np.concatenate(list(anomalies.values()), axis=2)
    for kind, anomalous in anomalies.items():
        limits.loc[kind] = statistics.auc_gain(normal, anomalous)[1:]
    return limits


def _rank_correlation(base: NDArray[np.float64], gains: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Spearman's ρ of `base` ``(n,)`` and every row of `gains` ``(k, n)``."""
    left = stats.zscore(stats.rankdata(base))
    right = stats.zscore(stats.rankdata(gains, axis=1), axis=1)
    correlations: NDArray[np.float64] = (right * left).mean(axis=1)
    return correlations
