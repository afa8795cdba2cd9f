"""Observation 5: embeddings of normals, augmented data and anomalies (figures 7, 13; METHODS 8.3).

A picture of t-SNE is made for the eye; what the page says rests on numbers measured in the
embedding itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ssad_lib import augment, data, paper_values, tasks
from ssad_lib.detectors import DAE
from ssad_lib.engine.images import image_set, tested_images
from ssad_lib.engine.measures import augmented_normals
from ssad_lib.engine.run import one_thread, train
from ssad_lib.evidence import NO_AUGMENTATION, UNTRAINED, Evidence, record_of
from ssad_lib.record import NORMAL, Record
from ssad_lib.tasks import CONTROLLED, IN_THE_WILD
from ssad_lib.widgets import EmbeddingBrowser

MODEL = "DAE"
PERPLEXITY = 30
MEASURES = {"probe_auc": "probe AUC", "silhouette": "silhouette"}
MEAN = "mean"
FIGURES = ("Fig 7a-b", "Fig 7c-d", "Fig 13a-b")


@dataclass(frozen=True)
class Case:
    """One network and one task whose images are shown in the plane.

    Attributes
    ----------
    title : str
        Such as ``"6, gen = Flip, aug = Flip"``.
    row : str
        Of the DAE: none, or the label of an augmentation.
    group : str
        Name of the score group of the anomalies.
    normal_class, seed : int
    """

    title: str
    row: str
    group: str
    normal_class: int
    seed: int


def matched_cases(settings: Mapping[str, Any]) -> list[Case]:
    """Return the cases with aug = gen of the class that a chapter shows, one for each gen."""
    shown, seed = settings["shown_class"], settings["seeds"][0]
    name = data.class_names(settings["image_set"])[shown]
    labels = {gen: augment.get(gen).label for gen in augment.gens()}
    return [
        Case(f"{name}, aug = gen = {label}", label, f"{CONTROLLED}/{gen}", shown, seed)
        for gen, label in labels.items()
    ]


def planes(
    cases: Iterable[Case], records: Iterable[Record], points: int
) -> dict[str, pd.DataFrame]:
    """Return the t-SNE of every case, by title; the networks behind them are trained again.

    Parameters
    ----------
    cases : iterable of Case
    records : iterable of Record
    points : int
        Images of each group, where there are so many.

    Returns
    -------
    dict of str to DataFrame
        Columns x, y, group ("normal", "augmented" or "anomaly"), score.

    Raises
    ------
    SsadError
        If a run that a case shows is not among the records.
    """
    there = list(records)
    networks: dict[str, DAE] = {}
    shown = {}
    for case in cases:
        record = record_of(there, MODEL, case.row, case.normal_class, case.seed)
        if record.spec.key not in networks:
            trained = train(record.spec)
            assert isinstance(trained, DAE)
            networks[record.spec.key] = trained
        with one_thread():
            shown[case.title] = _plane(networks[record.spec.key], record, case, points)
    return shown


def in_the_plane(embedding: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return t-SNE coordinates ``(n, 2)`` of an embedding ``(n, d)``; no random start, fixed seed.

    The perplexity is 30, or a quarter of the points where there are few.
    """
    from sklearn.manifold import TSNE

    perplexity = min(PERPLEXITY, len(embedding) / 4)
    method = TSNE(perplexity=perplexity, init="pca", random_state=0)
    return np.asarray(method.fit_transform(embedding), dtype=np.float64)


def browser(
    shown: Mapping[str, pd.DataFrame], cases: Sequence[Case], records: Iterable[Record]
) -> EmbeddingBrowser:
    """Return the widget that shows the points of every case, with the numbers of its task."""
    measured = quantities(cases, records)
    captions = {
        title: ", ".join(f"{name} {value:.3f}" for name, value in row.dropna().items())
        for title, row in measured.iterrows()
    }
    return EmbeddingBrowser.from_panels(
        shown, label="Case", captions={str(title): text for title, text in captions.items()}
    )


def quantities(cases: Iterable[Case], records: Iterable[Record]) -> pd.DataFrame:
    """Return the numbers beside the pictures, indexed by case.

    Columns AUC, probe AUC and silhouette (controlled tasks only), position t (augmented rows only).
    """
    there = list(records)
    names = MEASURES | {"position": "position t"}
    rows = {}
    for case in cases:
        record = record_of(there, MODEL, case.row, case.normal_class, case.seed)
        (task,) = (t for t in record.tasks if f"{t.testbed}/{t.anomaly}" == case.group)
        measured = {said: task.measures.get(name, np.nan) for name, said in names.items()}
        rows[case.title] = {"AUC": task.auc} | measured
    return pd.DataFrame(rows).T.rename_axis("case").dropna(axis=1, how="all")


def per_class(evidence: Evidence, measure: str) -> pd.DataFrame:
    """Return one of `MEASURES` by gen and row (untrained, none, aug = gen), and normal class.

    Means over seeds; the last column is the mean over classes. Empty if the records do not hold it.
    """
    mine = _matched(evidence)
    if measure not in mine or mine[measure].isna().all():
        return pd.DataFrame()
    table = mine.pivot_table(index=["gen", "row"], columns="normal_class", values=measure)
    table.columns = pd.Index([evidence.classes[int(c)] for c in table.columns])
    table[MEAN] = table.mean(axis=1)
    return table.reindex(_order(table.index)).rename_axis(["gen", "augmentation"])


def summary(sources: Mapping[str, Evidence]) -> pd.DataFrame:
    """Return AUC, probe AUC and silhouette by source, gen and row: means over normal classes."""
    tables = {}
    for name, evidence in sources.items():
        mine = _matched(evidence)
        if set(MEASURES) <= set(mine):
            means = mine.groupby(["gen", "row"])[["auc", *MEASURES]].mean()
            tables[name] = means.reindex(_order(means.index))
    if not tables:
        return pd.DataFrame(columns=["AUC", *MEASURES.values()])
    table = pd.concat(tables, names=["source", "gen", "augmentation"])
    return table.rename(columns={"auc": "AUC"} | MEASURES)


def beside_paper(sources: Mapping[str, Evidence], figures: Sequence[str]) -> pd.DataFrame:
    """Return the AUC that the paper prints at some of its figures, and ours.

    Index case and row; columns paper, and for each source its AUC and, where it is recorded, the
    position t. Controlled cases: the paper's class where the image set has it, else the mean over
    the normal classes. Other cases only where the image set has both classes.
    """
    printed = paper_values.read("000_figure_values")
    mine = printed[printed["source"].isin(figures) & (printed["metric"] == "AUC")]
    rows = {}
    for line in mine.to_dict("records"):
        row = NO_AUGMENTATION if line["aug"] == "Identity" else line["aug"]
        normal, _, other = line["task"].removesuffix(" (implied)").lower().partition(" vs ")
        case = f"{normal} against {other}" if other else f"{normal}, gen {line['gen_or_anomaly']}"
        values: dict[str, float] = {"paper": line["value"]}
        for name, evidence in sources.items():
            found = _tasks(evidence, row, normal, other or line["gen_or_anomaly"].lower())
            values[f"AUC, {name}"] = found["auc"].mean()
            if "position" in found:
                values[f"t, {name}"] = found["position"].mean()
        rows[case, row] = values
    table = pd.DataFrame(list(rows.values()))
    table.index = pd.MultiIndex.from_tuples(list(rows), names=["case", "augmentation"])
    return table.sort_index(level="case", sort_remaining=False)


def _tasks(evidence: Evidence, row: str, normal: str, anomaly: str) -> pd.DataFrame:
    """Return our tasks of a case of the paper; none where the image set lacks a class of it."""
    mine = evidence.of(MODEL, row)
    testbed = CONTROLLED if anomaly in augment.gens() else IN_THE_WILD
    mine = mine[(mine["testbed"] == testbed) & (mine["anomaly"] == anomaly)]
    if normal in evidence.classes:
        return mine[mine["normal_class"] == evidence.classes.index(normal)]
    return mine if testbed == CONTROLLED else mine[:0]


def _plane(network: DAE, record: Record, case: Case, points: int) -> pd.DataFrame:
    spec = record.spec
    tested = tested_images(spec)
    groups = {"normal": tested[NORMAL][:points], "anomaly": tested[case.group][:points]}
    if case.row not in (NO_AUGMENTATION, UNTRAINED):
        normals = tasks.normal_images(image_set(spec, "train"), spec.normal_class)
        groups["augmented"] = augmented_normals(spec, normals, points).clamp(0, 1)
    places = in_the_plane(np.concatenate([network.embed(images) for images in groups.values()]))
    scores = [network.decision_function(images) for images in groups.values()]
    names = np.repeat(list(groups), [len(images) for images in groups.values()])
    return pd.DataFrame(
        {"x": places[:, 0], "y": places[:, 1], "group": names, "score": np.concatenate(scores)}
    )


def _matched(evidence: Evidence) -> pd.DataFrame:
    """Return the controlled tasks of the rows untrained, none and aug = gen, with the gen's label.

    The references meet every gen.
    """
    mine = evidence.of(MODEL)
    mine = mine[mine["testbed"] == CONTROLLED]
    mine = mine.assign(gen=mine["anomaly"].map({g: augment.get(g).label for g in augment.gens()}))
    return mine[mine["row"].isin([UNTRAINED, NO_AUGMENTATION]) | (mine["row"] == mine["gen"])]


def _order(there: pd.Index[Any]) -> pd.MultiIndex:
    """Return the pairs of gen and row that occur, references first."""
    labels = [augment.get(gen).label for gen in augment.gens()]
    pairs = [(gen, row) for gen in labels for row in (UNTRAINED, NO_AUGMENTATION, gen)]
    return pd.MultiIndex.from_tuples([pair for pair in pairs if pair in there])
