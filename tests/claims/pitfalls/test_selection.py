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


def candidates(loss, seed=0, surfaces="abcdef"):
    """Candidates on six surfaces; `loss(name, auc, random)` is the value of each criterion."""
    random = np.random.default_rng(seed)
    rows = []
    for surface in surfaces:
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


def parts_know(name, auc, random):
    """DSV chooses at random, its two parts rightly."""
    signs = {"dis": -1, "sep": 1}
    return signs[name] * auc if name in signs else random.normal()


def nobody_knows(name, auc, random):
    return random.normal()


def misled(name, auc, random):
    return -auc if name in LARGEST_IS_BEST else auc


CHOICES = ["C02", "C05", "C06", "C07"]


@pytest.mark.parametrize("claim", CHOICES)
def test_supported_where_dsv_knows(claim):
    finding = claims.decide(claim, candidates(only_dsv_knows))
    assert finding.verdict == claims.SUPPORTED, finding.table()
    assert {part.n for part in finding.parts} == {6}  # surfaces, not their thirty tasks
    assert len(finding.keys) == 36


@pytest.mark.parametrize("claim", CHOICES)
def test_not_supported_where_nobody_knows(claim):
    worlds_alike = [candidates(nobody_knows, seed) for seed in range(6)]
    verdicts = [claims.decide(claim, world).verdict for world in worlds_alike]
    assert verdicts.count(claims.SUPPORTED) <= 1  # one in twenty by chance
    assert verdicts.count(claims.CONTRADICTED) <= 1


@pytest.mark.parametrize(("claim", "loss"), [("C02", misled), ("C07", misled), ("C06", parts_know)])
def test_contradicted_where_dsv_misleads(claim, loss):
    assert claims.decide(claim, candidates(loss)).verdict == claims.CONTRADICTED


def test_other_data_that_choose_better_contradict():
    """The own kind's criterion takes the worst candidate, every other kind's the best of it."""
    world = candidates(misled).candidates
    reached = experiment.shifted(world)
    assert (reached["own"] < reached["other"]).all()
    found = claims.decide("C05", replace(NOTHING, candidates=world))
    assert found.verdict == claims.CONTRADICTED


@pytest.mark.parametrize("claim", CHOICES)
def test_many_tasks_of_few_surfaces_do_not_decide(claim):
    found = claims.decide(claim, candidates(only_dsv_knows, surfaces="abcd"))
    assert found.verdict == claims.UNDECIDABLE
    assert found.note.startswith("n = 4 cannot decide it, n = 5 could")


def test_a_distance_to_labelled_anomalies_does_not_choose():
    """A grid whose nearest augmentation is the best says nothing of a choice without labels."""
    found = claims.decide("C02", worlds.world())
    assert (found.verdict, found.note) == (claims.NOT_RUN, "no candidates on defects were run")


def with_defects(lead, surfaces="abcde"):
    """The world of paper 000, and DAE on surfaces where geometric leads local by `lead`."""
    world = worlds.world()
    random = np.random.default_rng(0)
    labels = {"Rotate": lead, "Flip": lead, "GEOM": lead, "CutOut": 0, "CutPaste": 0, "CP-scar": 0}
    rows = [
        {"key": f"{surface}{row}", "model": "DAE", "row": row, "category": "x", "normal_class": 0,
         "seed": 0, "testbed": "defect", "anomaly": kind, "image_set": surface,
         "auc": 0.7 + effect + 0.01 * random.normal()}
        for surface in surfaces for kind in KINDS for row, effect in labels.items()
    ]  # fmt: skip
    return replace(world, tasks=pd.concat([world.tasks, pd.DataFrame(rows)]))


@pytest.mark.parametrize(
    ("lead", "verdict"),
    [(-0.1, claims.SUPPORTED), (0.5, claims.CONTRADICTED), (0.1333, claims.INCONCLUSIVE)],
)
def test_kind_matters_is_an_interaction(lead, verdict):
    finding = claims.decide("C01", with_defects(lead))
    assert finding.verdict == verdict, finding.table()
    assert finding.parts[0].n == 15
    assert "over 10 classes" in finding.note


def test_kind_needs_both_sides_and_more_than_one_surface():
    alone = claims.decide("C01", worlds.world())
    assert (alone.verdict, alone.note) == (
        claims.NOT_RUN, "no surfaces with defects with geometric and local augmentations of DAE",
    )  # fmt: skip
    assert claims.decide("C01", with_defects(-0.1, "a")).verdict == claims.UNDECIDABLE


def test_selection_joins_the_runs_on_defects():
    joined = sources.with_selection(worlds.world(), [], [])
    assert list(joined.candidates.columns) == list(experiment.table([]).columns)
    assert len(joined.tasks) == len(worlds.world().tasks)
