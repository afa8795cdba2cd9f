"""Observation 3 in numbers: errors of copies and repairs, and the digit cases beside the paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ssad_lib import augment, data, paper_values, statistics
from ssad_lib.encoders import encoder
from ssad_lib.evidence import NO_AUGMENTATION, UNTRAINED, Evidence, row_of
from ssad_lib.record import NORMAL, Record
from ssad_lib.studies.not_magic.runs import DIGIT_CASES
from ssad_lib.tasks import CONTROLLED, IN_THE_WILD
from ssad_lib.widgets import TableBrowser

ERRORS = {"error_normal": "e_id", "error_anomaly": "e_copy", "error_repair": "e_inv"}
CASE = ["case", "measure", "augmentation"]


def errors(evidence: Evidence) -> pd.DataFrame:
    """Return e_id, e_copy and e_inv of the matched rows, mean over normal classes and seeds.

    Indexed by anomalies (label of the gen) and augmentation: untrained, none, and the one that
    equals the gen; column ``e_inv / e_copy``, the ratio of the means, too. Empty where the records
    do not hold the measures.
    """
    mine = _measured(evidence)
    rows = {}
    for gen in augment.gens():
        label = augment.get(gen).label
        for row in (UNTRAINED, NO_AUGMENTATION, label):
            chosen = mine[(mine["anomaly"] == gen) & (mine["row"] == row)]
            if len(chosen):
                by_class = chosen.groupby("normal_class")[list(ERRORS.values())].mean()
                rows[label, row] = by_class.mean()  # some classes have more seeds than others
    if not rows:
        return pd.DataFrame()
    table = pd.DataFrame(rows).T.rename_axis(["anomalies", "augmentation"])
    return table.assign(**{"e_inv / e_copy": table["e_inv"] / table["e_copy"]})


def class_browser(sources: Mapping[str, Evidence]) -> TableBrowser:
    """Return the widget with the errors of one source and normal class at a time."""
    tables = {}
    for name, evidence in sources.items():
        for normal_class, group in _measured(evidence).groupby("normal_class"):
            title = f"{name}: {evidence.classes[int(str(normal_class))]}"
            tables[title] = _one_class(group)
    return TableBrowser.from_tables(
        tables, label="Source and normal class", number="{:.4f}",
        captions={name: f"Mean squared errors, {name}" for name in tables},
        summaries={name: _closest(name, table) for name, table in tables.items()},
    )  # fmt: skip


def digit_table(sources: Mapping[str, Evidence]) -> pd.DataFrame:
    """Return AUC and MMD of the digit cases: the paper's, and ours where the images are digits.

    Indexed by case, measure and augmentation. AUC: mean and, in brackets, the lowest and the
    highest seed; MMD: mean ± standard deviation over draws.
    """
    rows: dict[tuple[str, str, str], dict[str, str | None]] = {}
    printed = _printed()
    for normal, other, name in DIGIT_CASES:
        case, label = f"{normal} against {other}", augment.get(name).label
        for measure, first in (("AUC", UNTRAINED), ("MMD", None)):
            for row in (first, NO_AUGMENTATION, label):
                if row:
                    cell = case, measure, row
                    rows[cell] = {"paper": printed.get(cell, "not reported")}
                    for source, evidence in sources.items():
                        if data.is_digits(evidence.image_set):
                            rows[cell][source] = _said(evidence, measure, normal, other, row)
    return pd.DataFrame(rows).T.rename_axis(CASE)


def digit_gains(records: Iterable[Record]) -> pd.DataFrame:
    """Return what the augmentation adds to AE's AUC in each digit case, from raw scores.

    Index case; columns augmentation, gain, low, high (95 %, over test images and seeds), lowest
    (of a seed) and seeds. Empty for image sets without digits.
    """
    there = [r for r in records if data.is_digits(r.spec.image_set)]
    rows = {}
    for normal, other, name in DIGIT_CASES:
        label = augment.get(name).label
        mine = {
            (row_of(r.spec), r.spec.seed): r.scores for r in there if r.spec.normal_class == normal
        }
        seeds = sorted(s for row, s in mine if row == label and (NO_AUGMENTATION, s) in mine)
        if seeds:
            group = f"{IN_THE_WILD}/{data.class_names(there[0].spec.image_set)[other]}"
            scores = [
                np.stack([[mine[row, s][part] for s in seeds] for row in (NO_AUGMENTATION, label)])
                for part in (NORMAL, group)
            ]
            found = statistics.auc_gain(*scores)
            single = [statistics.auc_gain(*(part[:, [i]] for part in scores), draws=1).gain
                      for i in range(len(seeds))]  # fmt: skip
            rows[f"{normal} against {other}"] = {
                "augmentation": label, **found._asdict(), "lowest": min(single),
                "seeds": len(seeds),
            }  # fmt: skip
    return pd.DataFrame(rows).T.rename_axis("case").infer_objects()


def encoder_lines(sources: Mapping[str, Evidence], settings: Mapping[str, Any]) -> str:
    """Return which encoder each MMD was measured with, and what that means, as Markdown."""
    used = {
        source: ", ".join(evidence.alignment["encoder"].unique())
        for source, evidence in sources.items()
        if not evidence.alignment.empty
    }
    said = "; ".join(f"{source}: {names}" for source, names in used.items()) or "nowhere measured"
    chosen = encoder(settings["encoder"], size=settings["encoder_size"])
    return f"Encoder of the MMD. Paper: ResNet-50; {said}. {chosen.note}"


def cases_line(settings: Mapping[str, Any]) -> str:
    """Return how the digit cases are trained, or that the image set has none, as Markdown."""
    pairs = " and ".join(f"{normal} against {other}" for normal, other, _ in DIGIT_CASES)
    image_set = settings["image_set"]
    if not data.is_digits(image_set):
        return f"The cases {pairs} need digits; {image_set} has none, so this run leaves them out."
    return (
        f"The cases {pairs} are trained longer: {settings['case_images_per_class'] or 'all'} "
        f"images, {settings['case_epochs']} epochs of batches of {settings['case_batch_size']} "
        f"at rate {settings['case_learning_rate']:g}, "
        f"{len(settings['case_seeds'])} seeds."
    )


def _measured(evidence: Evidence) -> pd.DataFrame:
    """Return the controlled tasks of DAE whose records hold all three errors, under their names."""
    mine = evidence.of("DAE")
    if not set(ERRORS) <= set(mine):
        return pd.DataFrame(columns=["anomaly", "row", "normal_class", *ERRORS.values()])
    mine = mine[mine["testbed"] == CONTROLLED].dropna(subset=list(ERRORS))
    return mine.rename(columns=ERRORS)


def _one_class(group: pd.DataFrame) -> pd.DataFrame:
    """Return rows untrained, none and the gens; columns e_id and the other two for each gen."""
    labels = {gen: augment.get(gen).label for gen in augment.gens()}
    means = group.pivot_table(index="row", columns="anomaly", values=["e_copy", "e_inv"])
    rows = [UNTRAINED, NO_AUGMENTATION, *labels.values()]
    table = pd.DataFrame({"e_id": group.groupby("row")["e_id"].mean()})
    for gen, label in labels.items():
        for error in ("e_copy", "e_inv"):
            table[f"{error}, {label}"] = means[error, gen]
    return table.reindex([row for row in rows if row in table.index]).rename_axis("augmentation")


def _closest(name: str, table: pd.DataFrame) -> str:
    best = [column for column in table if str(column).startswith("e_inv")]
    said = ", ".join(f"{column}: {table[column].idxmin()}" for column in best)
    return f"{name}. Smallest error of a repair: {said}."


def _printed() -> dict[tuple[str, str, str], str]:
    """Return what the paper prints for the digit cases, by case, measure and row."""
    values = paper_values.read("000_figure_values")
    return {
        (
            str(row["task"]).replace("vs", "against"),
            str(row["metric"]),
            NO_AUGMENTATION if row["aug"] == "Identity" else str(row["aug"]),
        ): f"{row['value']:.3f}"
        for row in values.to_dict("records")
        if "vs" in str(row["task"])
    }


def _said(evidence: Evidence, measure: str, normal: int, other: int, row: str) -> str | None:
    """Return one cell of `digit_table`; None where it was not measured."""
    cases = evidence.on_cases()
    frame = cases.of("DAE", row) if measure == "AUC" else evidence.alignment
    if frame.empty:
        return None
    mine = frame[
        (frame["normal_class"] == normal)
        & (frame["anomaly"] == evidence.classes[other])
        & (frame["testbed"] == IN_THE_WILD)
    ]
    if measure == "AUC":
        auc = mine.drop_duplicates("seed")["auc"]
        span = f" [{auc.min():.3f}, {auc.max():.3f}]" if len(auc) > 1 else ""
        return f"{auc.mean():.3f}{span}" if len(auc) else None
    draws = mine.loc[mine["augmentation"] == row, "mmd"]
    return f"{draws.mean():.3f} ± {draws.std():.3f}" if len(draws) else None
