"""Claims on choosing, in worlds where the criteria know what helps, and where they know nothing."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ssad_lib import claims
from ssad_lib.alignment import CRITERIA, LARGEST_IS_BEST
from ssad_lib.claims import sources
from ssad_lib.studies.pitfalls import selection_experiment as experiment
from tests.claims import worlds

NOTHING = replace(worlds.world(classes=2), tasks=worlds.world(classes=2).tasks.iloc[:0],
                  alignment=pd.DataFrame())  # fmt: skip
KINDS = [f"kind {i}" for i in range(5)]
FAMILIES = ("CutOut", "CutPaste", "CutDiff")


def candidates(loss, seed=0):
    """Candidates on four surfaces; `loss(name, auc, random)` is the value of each criterion."""
    random = np.random.default_rng(seed)
    rows = []
    for surface in ("a", "b", "c", "d"):
        for i, kind in enumerate(KINDS):
            for j, family in enumerate(FAMILIES):
                for area in (0.01, 0.1):
                    auc = 0.6 + 0.2 * (i % 3 == j) + 0.5 * area + 0.02 * random.normal()
                    values = {name: loss(name, auc, random) for name in CRITERIA}
                    rows.append({"key": f"{surface}{family}{area}", "surface": surface, "seed": 0,
                                 "anomaly": kind, "family": family, "area": area, "aspect": 1.0,
                                 "auc": auc, **values})  # fmt: skip
    return replace(NOTHING, candidates=pd.DataFrame(rows))


def only_dsv_knows(name, auc, random):
    return -auc if name == "dsv" else random.normal()


def nobody_knows(name, auc, random):
    return random.normal()


def misled(name, auc, random):
    return -auc if name in LARGEST_IS_BEST else auc


@pytest.mark.parametrize("claim", ["C02", "C05", "C06", "C07"])
def test_supported_where_dsv_knows(claim):
    finding = claims.decide(claim, candidates(only_dsv_knows))
    assert finding.verdict == claims.SUPPORTED, finding.table()
    assert len(finding.keys) == 24


@pytest.mark.parametrize("claim", ["C02", "C05", "C06", "C07"])
def test_not_supported_where_nobody_knows(claim):
    worlds_alike = [candidates(nobody_knows, seed) for seed in range(6)]
    verdicts = [claims.decide(claim, world).verdict for world in worlds_alike]
    assert verdicts.count(claims.SUPPORTED) <= 1  # one in twenty by chance


@pytest.mark.parametrize("claim", ["C02", "C07"])
def test_contradicted_where_dsv_misleads(claim):
    assert claims.decide(claim, candidates(misled)).verdict == claims.CONTRADICTED


def test_nearest_counts_where_there_is_a_grid():
    def falls(model, row, anomaly):
        return 0.0 if row in ("untrained", "none") else -0.05 * means[row]

    measured = worlds.alignment()
    means = measured.groupby("augmentation")["mmd"].mean()
    world = replace(worlds.world(falls, noise=0.001), alignment=measured)
    finding = claims.decide("C02", world)
    assert finding.verdict == claims.SUPPORTED
    assert [part.n for part in finding.parts] == [10, 10]
    assert finding.note == "without candidates on defects"
    turned = replace(world, alignment=measured.assign(mmd=-measured["mmd"]))
    assert claims.decide("C02", turned).verdict == claims.CONTRADICTED


def with_defects(lead):
    """The world of paper 000, and DAE on five surfaces where geometric leads local by `lead`."""
    world = worlds.world()
    random = np.random.default_rng(0)
    labels = {"Rotate": lead, "Flip": lead, "GEOM": lead, "CutOut": 0, "CutPaste": 0, "CP-scar": 0}
    rows = [
        {"key": f"{surface}{row}", "model": "DAE", "row": row, "category": "x", "normal_class": 0,
         "seed": 0, "testbed": "defect", "anomaly": kind, "image_set": surface,
         "auc": 0.7 + effect + 0.01 * random.normal()}
        for surface in "abcde" for kind in KINDS for row, effect in labels.items()
    ]  # fmt: skip
    tasks = pd.concat([world.tasks.assign(image_set="digits"), pd.DataFrame(rows)])
    return replace(world, tasks=tasks)


@pytest.mark.parametrize(
    ("lead", "verdict"),
    [(-0.1, claims.SUPPORTED), (0.5, claims.CONTRADICTED), (0.1333, claims.INCONCLUSIVE)],
)
def test_kind_matters_is_an_interaction(lead, verdict):
    finding = claims.decide("C01", with_defects(lead))
    assert finding.verdict == verdict, finding.table()
    assert finding.parts[0].n == 15
    assert "over 10 classes" in finding.note


def test_kind_needs_both_sides():
    assert claims.decide("C01", worlds.world()).note.startswith("fewer than two surfaces")


def test_selection_joins_the_runs_on_defects():
    joined = sources.with_selection(worlds.world(), [], [])
    assert list(joined.candidates.columns) == list(experiment.table([]).columns)
    assert len(joined.tasks) == len(worlds.world().tasks)
