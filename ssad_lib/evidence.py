"""Evidence: the records of a study as one tidy table, for figures and claims."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pandas as pd

from ssad_lib import augment, results
from ssad_lib.errors import SsadError
from ssad_lib.record import Record
from ssad_lib.spec import RunSpec
from ssad_lib.studies.grid import is_untrained

UNTRAINED = "untrained"
NO_AUGMENTATION = "none"
MODELS = {"DAE": "AE", "DeepSAD": "DeepSVDD"}  # a model and what it is without augmentation
CLUSTER = ["image_set", "normal_class"]  # networks trained independently of all others
UNIT = [*CLUSTER, "seed"]  # what runs are paired over
TASK = [*UNIT, "testbed", "anomaly"]


class NotRunError(Exception):
    """The evidence lacks what a measurement or a test needs; the message says what."""


@dataclass(frozen=True)
class Evidence:
    """What one source of results says: a run of this book, or committed records.

    Attributes
    ----------
    name : str
        Such as ``"this run"``.
    image_set : str
    classes : tuple of str
        Names of its classes.
    tasks : DataFrame
        From `tidy`.
    alignment : DataFrame
        MMD of each task, augmentation and draw (`ssad_lib.studies.alignment`); may be empty.
    cases : DataFrame
        Like `tasks`, of single classes with many seeds and a budget of their own; may be empty.
    halves : DataFrame
        AUC of every task on halves of its test images (`ssad_lib.studies.pitfalls.controls`); empty
        without raw scores.
    tuned : DataFrame
        ST-SSAD, its ablations and baselines (`ssad_lib.studies.self_tuning.methods.table`); may be
        empty.
    candidates : DataFrame
        AUC and unlabelled criteria of the candidates of DSV's selection experiment
        (`ssad_lib.studies.pitfalls.selection_experiment.table`); may be empty.
    exposed : DataFrame
        Runs of paper 003, with outliers and without
        (`ssad_lib.studies.outlier_exposure.methods.table`); may be empty.
    simulated : DataFrame
        Runs of paper 004, on defects and on simulated anomalies
        (`ssad_lib.studies.simulation.methods.table`); may be empty.
    borders : DataFrame
        Whether the normal regions of its points end, and their AUC
        (`ssad_lib.studies.outlier_exposure.toy.measured`); may be empty.
    budget : str
        Data and budget in words, where no page says them.
    lacking : str
        What is missing of the runs that were planned; every verdict on them says so.
    """

    name: str
    image_set: str
    classes: tuple[str, ...]
    tasks: pd.DataFrame
    alignment: pd.DataFrame
    cases: pd.DataFrame = field(default_factory=pd.DataFrame)
    halves: pd.DataFrame = field(default_factory=pd.DataFrame)
    candidates: pd.DataFrame = field(default_factory=pd.DataFrame)
    tuned: pd.DataFrame = field(default_factory=pd.DataFrame)
    exposed: pd.DataFrame = field(default_factory=pd.DataFrame)
    simulated: pd.DataFrame = field(default_factory=pd.DataFrame)
    borders: pd.DataFrame = field(default_factory=pd.DataFrame)
    budget: str = ""
    lacking: str = ""

    def on_cases(self) -> Evidence:
        """Return the evidence whose tasks are the `cases`, or this one if there are none."""
        return self if self.cases.empty else replace(self, tasks=self.cases)

    def of(self, model: str, *rows: str) -> pd.DataFrame:
        """Return the tasks of `model` (DAE, DeepSAD or AP), of `rows` only if any is given."""
        mine = self.tasks[self.tasks["model"] == model]
        return mine[mine["row"].isin(rows)] if rows else mine

    def gains(self, model: str) -> pd.DataFrame:
        """Return the relative AUC of every task and augmentation of `model` (METHODS 6.1).

        The columns of `tasks`, for augmented rows only, and ``base`` (the AUC of the same task
        without augmentation) and ``gain`` (the difference).
        """
        kept: dict[str, pd.DataFrame] = self.__dict__.setdefault("_gains", {})
        if model not in kept:  # a claim asks for each gen and model, a calibration a million times
            mine = self.of(model)
            base = mine[mine["row"] == NO_AUGMENTATION][[*TASK, "auc"]]
            augmented = mine[~mine["row"].isin([UNTRAINED, NO_AUGMENTATION])]
            joined = augmented.merge(base.rename(columns={"auc": "base"}), on=TASK)
            kept[model] = joined.assign(gain=joined["auc"] - joined["base"])
        return kept[model]


def tidy(records: Iterable[Record]) -> pd.DataFrame:
    """Return one row per run and task, in the words of the paper's tables.

    Columns of `ssad_lib.results.table`, and model (DAE, DeepSAD, AP), row (untrained, none or the
    augmentation's label), category of the augmentation, and the measures of the run.
    """
    done = [record for record in records if not record.error]
    labels = [
        {"key": r.spec.key, "model": model_of(r.spec), "row": row_of(r.spec), **r.measures}
        for r in done
    ]
    if not labels:
        return pd.DataFrame(columns=["key", "model", "row", "category", *TASK, "auc"])
    frame = results.table(done).merge(pd.DataFrame(labels).drop_duplicates("key"), on="key")
    categories = {name: augment.get(name).category for name in augment.names()}
    return frame.assign(category=frame["augmentation"].map(categories))


def model_of(spec: RunSpec) -> str:
    """Return the model whose row `spec` is: AE is DAE without augmentation."""
    plain = {without: model for model, without in MODELS.items()}
    return plain.get(spec.detector, spec.detector)


def row_of(spec: RunSpec) -> str:
    """Return the row of a table that `spec` belongs to."""
    if is_untrained(spec):
        return UNTRAINED
    plain = spec.detector in MODELS.values()
    return NO_AUGMENTATION if plain else augment.get(spec.augmentation).label


def record_of(
    records: Iterable[Record], model: str, row: str, normal_class: int, seed: int
) -> Record:
    """Return the record of one row of `model` for one normal class and seed.

    Raises
    ------
    SsadError
        If it is not among `records`.
    """
    wanted = (model, row, normal_class, seed)
    for record in records:
        spec = record.spec
        if (model_of(spec), row_of(spec), spec.normal_class, spec.seed) == wanted:
            return record
    raise SsadError(
        f"no run of {model}, row '{row}', for normal class {normal_class} and seed {seed}: add the "
        "class to 'normal_classes'"
    )
