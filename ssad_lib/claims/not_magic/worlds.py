"""How the rates of the rules of paper 000 are measured: edges and effects of its claims."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from ssad_lib import augment, paper_values
from ssad_lib.claims.calibration import worlds
from ssad_lib.claims.calibration.simulation import (
    ORDINAL,
    Floats,
    SimulatedTable,
    alike,
    numbered,
)
from ssad_lib.claims.calibration.worlds import (
    CASES,
    TASKS,
    Draw,
    Simulated,
    World,
    expected_as,
    of_rows,
    rows_alike,
    together,
)
from ssad_lib.claims.not_magic import cases, effects, mechanism, table_1
from ssad_lib.claims.not_magic.measured_worlds import MATCHED, measures_alike, positions
from ssad_lib.claims.not_magic.rows import GAIN, labels
from ssad_lib.evidence import CLUSTER, NO_AUGMENTATION, Evidence
from ssad_lib.studies.not_magic import distances
from ssad_lib.studies.not_magic.relative import FIGURES
from ssad_lib.studies.not_magic.runs import DIGIT_CASES
from ssad_lib.tasks import CONTROLLED, IN_THE_WILD

REFERENCE = 0.05  # AUC; where the paper prints no number
HALF = "a gain or loss of .05 AUC wherever the claim names one"
FACTOR = float(np.log(1.5))  # errors


def _printed_cells(table: pd.DataFrame) -> Floats:
    """Return the AUC that Table 1 prints for every row of a table of tasks; NaN where none."""
    printed = paper_values.read("000_table1_auc").set_index(["model", "aug", "gen"])["value"]
    label = {gen: augment.get(gen).label for gen in augment.gens()}
    column = table["anomaly"].map(label).where(table["testbed"] == CONTROLLED, "Semantic")
    wanted = pd.MultiIndex.from_arrays([table["model"], table["row"], column])
    return printed.reindex(wanted).to_numpy(np.float64)


def _equal_ranges(table: pd.DataFrame) -> Floats:
    """Return shifts with which AP's rows differ as much as those of DAE."""
    printed = paper_values.read("000_table1_auc")
    mine = printed[(printed["model"] == "DAE") & (printed["gen"] == "Semantic")]
    sizes = mine.set_index("aug")["value"] - mine["value"].mean()
    chosen = table["testbed"] == IN_THE_WILD
    return table["row"].map(sizes).fillna(0.0).where(chosen, 0.0).to_numpy(np.float64)


def _at_chance(excess: float) -> World:
    def values(table: pd.DataFrame) -> Floats:
        mine = (table["model"] == "AP") & (table["row"] == "CutOut")
        off = (table["testbed"] == IN_THE_WILD) | table["anomaly"].isin(["flip", "invert"])
        return np.where(mine & off, 0.5 + excess, np.nan)

    return expected_as(TASKS, values)


def _matched_and_another() -> worlds.Shift:
    parts = []
    for model, gen in (FIGURES[name] for name in ("10a", "10b", "10c", "10d")):
        matched = augment.get(gen)
        other = next(row for row in labels() if row not in labels(matched.category))
        parts.append(of_rows([matched.label], REFERENCE, model=model, anomaly=gen))
        parts.append(of_rows([other], -REFERENCE, model=model, anomaly=gen))
    return together(*parts)


def _by_category(*, shared: bool) -> World:
    """Return the world in which rows differ, by category or each by itself."""

    def world(evidence: Evidence) -> Draw:
        simulated = worlds.auc_table(evidence, TASKS)
        equal = alike(simulated, ["model", "testbed", ORDINAL])
        owner = {row: augment.get(name).category for name in augment.names()
                 for row in [augment.get(name).label]}  # fmt: skip

        def draw(random: np.random.Generator) -> Evidence:
            keys = dict.fromkeys(owner.values() if shared else owner)
            sizes = {key: REFERENCE * random.standard_normal() for key in keys}
            by_row = {row: sizes[owner[row] if shared else row] for row in labels()}
            shift = simulated.table["row"].map(by_row).fillna(0.0).to_numpy(np.float64)
            return worlds.drawing(evidence, TASKS, simulated, equal + shift[:, None])(random)

        return draw

    return world


def _unordered_distances(evidence: Evidence) -> Draw:
    """Return the world in which any augmentation might have any other's MMD."""

    def draw(random: np.random.Generator) -> Evidence:
        table = evidence.alignment
        names = [name for name in table["augmentation"].unique() if name in labels()]
        dealt = dict(zip(names, random.permutation(names), strict=True))
        renamed = table.assign(augmentation=table["augmentation"].replace(dealt))
        return replace(evidence, alignment=renamed)

    return draw


def _printed_distances(evidence: Evidence) -> Draw:
    """Return the world in which the mean MMD of every row is the printed one."""
    table = evidence.alignment.reset_index(drop=True)
    printed, _ = distances.printed(evidence.image_set)
    simulated = SimulatedTable(
        numbered(table, [*CLUSTER, "testbed"]), ["mmd"],
        ["augmentation", "testbed", ORDINAL], seed="draw",
    )  # fmt: skip
    own = table.groupby("augmentation")["mmd"].transform("mean").to_numpy()
    moved = table["augmentation"].map(printed).to_numpy(np.float64) - own
    expected = simulated.means + np.nan_to_num(moved)[:, None]

    def draw(random: np.random.Generator) -> Evidence:
        return replace(evidence, alignment=simulated.draw(random, expected))

    return draw


def _nearer_gains(evidence: Evidence) -> Draw:
    """Return the world in which the relative AUC falls by .05 with a deviation of the MMD."""
    means = distances.averages(evidence)[labels()]
    sizes = -REFERENCE * (means - means.mean()) / means.std()

    def shift(table: pd.DataFrame) -> Floats:
        return table["row"].map(sizes).fillna(0.0).to_numpy(np.float64)

    return rows_alike(shift=shift)(evidence)


def _case(normal_class: int, other: int, name: str, figure: str) -> Simulated:
    """Return how the rates of one pair of digits are measured, with the AUC that is printed."""
    printed = paper_values.read("000_figure_values")
    mine = printed[(printed["source"] == figure) & (printed["metric"] == "AUC")]
    auc = mine.set_index("model")["value"]
    gain = float(auc["DAE"] - auc["AE"])
    label = augment.get(name).label
    shift = of_rows([label], gain, model="DAE", testbed=IN_THE_WILD)
    said = f"{gain:+.3f} AUC on {normal_class} against {other}"
    return Simulated(rows_alike(CASES), rows_alike(CASES, shift), said, printed=True)


def _types_move(model: str) -> worlds.Shift:
    """Return the shift of Rotate: named types gain or lose, on average it gains."""

    def shift(table: pd.DataFrame) -> Floats:
        mine = (table["row"] == "Rotate") & (table["model"] == model)
        kinds = sorted(table["anomaly"].unique())
        named = set(cases.LOWERED) <= set(kinds)
        lowered = cases.LOWERED if named else kinds[:1]
        raised = cases.RAISED if named else kinds[1:2]
        size = table["anomaly"].isin(lowered) * -2.0 + table["anomaly"].isin(raised) * 2.0
        return np.where(mine, REFERENCE * (1 + size), 0.0)

    return shift


EDGE = rows_alike()
PRINTED = expected_as(TASKS, _printed_cells)
TABLE = "the means of Table 1"

WORLDS: dict[str, Simulated] = {
    "A01": Simulated(EDGE, PRINTED, TABLE, printed=True),
    "A02": Simulated(EDGE, rows_alike(shift=of_rows(labels("local"), REFERENCE)), HALF),
    "A03": Simulated(EDGE, rows_alike(shift=of_rows(labels("color")[:1], -REFERENCE)), HALF),
    "A04": Simulated(EDGE, rows_alike(shift=of_rows(labels("color"), REFERENCE)), HALF),
    "A05": Simulated(EDGE, rows_alike(shift=of_rows(labels("local")[:1], -REFERENCE)), HALF),
    "A06": Simulated(EDGE, rows_alike(shift=_matched_and_another()), HALF),
    "A07": Simulated(_by_category(shared=False), _by_category(shared=True),
                     "categories that differ by .05 AUC, rows of one that do not"),
    "A08": Simulated(EDGE, PRINTED, TABLE, printed=True),
    "A09": Simulated(rows_alike(shift=_equal_ranges), PRINTED, TABLE, printed=True),
    "A10": Simulated(_at_chance(table_1.CHANCE_MARGIN), PRINTED, TABLE, printed=True),
    "A11": Simulated(EDGE, rows_alike(shift=of_rows(effects.GEOMETRIC, REFERENCE)), HALF),
    "A12": Simulated(
        rows_alike(shift=of_rows([r for r in labels() if r not in labels("geometric")], GAIN)),
        EDGE, "no gain at all"),
    "A13": Simulated(EDGE, rows_alike(shift=of_rows([effects.MIXED], REFERENCE, model="DeepSAD")),
                     HALF),
    "A14": Simulated(_unordered_distances, _printed_distances, "the means of Table 2",
                     printed=True),
    "A15": Simulated(_unordered_distances, _nearer_gains,
                     "a relative AUC that falls by .05 with a standard deviation of the MMD"),
    "A16": Simulated(rows_alike(CASES), rows_alike(CASES, _types_move("DeepSAD")),
                     ".05 AUC on average, .15 for one type, −.05 for another"),
    "A17": Simulated(rows_alike(CASES), rows_alike(CASES, _types_move("DAE")),
                     ".05 AUC on average, .15 for one type, −.05 for another"),
    "A18": Simulated(
        measures_alike({(MATCHED, "error_normal"): float(np.log(mechanism.FAR))},
                       of_each_other=("error_anomaly", "error_repair")),
        measures_alike({(MATCHED, "error_repair"): -FACTOR,
                        (NO_AUGMENTATION, "error_repair"): FACTOR},
                       of_each_other=("error_anomaly", "error_repair")),
        "errors that differ by a factor of 1.5 or more"),
    "A19": _case(*DIGIT_CASES[0], "Fig 5c-d"),
    "A20": _case(*DIGIT_CASES[1], "Fig 11b / App F"),
    "A21": Simulated(
        measures_alike(),
        measures_alike({(row, "error_normal"): FACTOR * place
                        for place, row in enumerate(mechanism.STRENGTH)}),
        "errors that rise by a factor of 1.5 from row to row"),
    "A22": Simulated(measures_alike(), measures_alike({(MATCHED, "wasserstein"): -FACTOR}),
                     "distances that differ by a factor of 1.5"),
    "A23": Simulated(measures_alike(), measures_alike({("Invert", "error_augmented"): FACTOR}),
                     "errors that differ by a factor of 1.5"),
    "A24": Simulated(
        measures_alike(),
        measures_alike({(row, "probe_auc"): REFERENCE for row in ("Flip", "Invert")}),
        "probes that differ by .05 AUC"),
    "A25": Simulated(positions(0.0), positions(REFERENCE), "a gain of .05 AUC for a place between"),
    "A26": Simulated(EDGE, rows_alike(shift=of_rows(labels()[:1], -REFERENCE)),
                     "one row that loses .05 AUC"),
}  # fmt: skip
"""By claim."""
