"""Claims on the tables of paper 001: made-up tables in which they hold, fail, or are not run."""

import numpy as np
import pytest

from ssad_lib import claims
from ssad_lib.claims.self_tuning import tables as tests_of
from tests.claims import worlds
from tests.studies.self_tuning import made

BY_SURFACE = ["B01", "B02", "B04", "B05", "B13", "B14"]
BY_SEED = ["B08", "B12"]
OTHERS = {"tile": ["oil", "scratch"], "carpet": ["thread", "hole"], "grid": ["bent"],
          "leather": ["cut"], "wood": ["hole"], "zipper": ["split"], "pill": ["crack"]}  # fmt: skip
METHODS = (*tests_of.BEATEN, "RD-CD", "ST-SSAD", "MMD1", "MMD2", "FO")


def surfaces(family="textures", first=None):
    """Kinds of defect by surface; cable first."""
    cable = {"cable": [*tests_of.GROWING[f"{family}:cable"], "cut"]}
    return {f"{family}:{name}": kinds for name, kinds in [*(cable | OTHERS).items()][:first]}


def defects(auc_of, size_of=lambda kind: 0.01, seeds=range(6), kinds=None, noise=0.001):
    random = np.random.default_rng(1)
    rows = []
    for surface, named in (kinds or surfaces()).items():
        shift = noise * random.normal(size=len(METHODS))  # a surface's networks share their luck
        for kind in named:
            for seed in seeds:
                for method, luck in zip(METHODS, shift, strict=True):
                    auc = auc_of(method, kind) + luck + noise * random.normal()
                    rows.append(
                        {"image_set": surface, "anomaly": kind, "seed": seed, "method": method,
                         "testbed": "defect", "auc": auc,
                         "size": size_of(kind) * np.exp(0.01 * random.normal()),
                         "auc_init_0": auc, "auc_init_1": 2 * auc_of("AE", kind) - auc}
                    )  # fmt: skip
    return made.evidence(made.table(rows))


def digits(angle, auc_of=lambda method: 0.6, seeds=range(5), normals=range(8)):
    random = np.random.default_rng(1)
    rows = [
        {"image_set": "street-digits", "normal_class": normal, "anomaly": str(other), "seed": seed,
         "method": method, "testbed": "in-the-wild", "angle": angle,
         "auc": auc_of(method) + 0.001 * random.normal()}
        for normal in normals for other in (6, 9, 8) if other != normal
        for seed in seeds for method in (*tests_of.TURNS, "ST-SSAD", "MMD1", "MMD2", "FO")
    ]  # fmt: skip
    return made.evidence(made.table(rows))


def paper(method, kind):
    """As the paper has it: ST-SSAD first, but not where CutDiff cannot help; smooth beats hard."""
    if kind in ("oil", "thread") and method == "RD-CD":
        return 0.97
    return {"ST-SSAD": 0.9, "RD-CD": 0.8, "RD-CO": 0.7}.get(method, 0.65)


def second(method, kind):
    """AE is the best in every task."""
    return 0.9 if method == "AE" else 0.6


def opposite(method, kind):
    return {"ST-SSAD": 0.5, "RD-CD": 0.3, "RD-CO": 0.6}.get(method, 0.7)


def alike(method, kind):
    return 0.7


def growing(kind):
    """The patch that is learned of cable's kinds, in the words of either image set."""
    ours = kind.replace("_", "-").removesuffix("-insulation")
    places = tests_of.GROWING["textures:cable"]
    return 0.001 * 10 ** (places.index(ours) if ours in places else 0)


@pytest.mark.parametrize("claim", [*BY_SURFACE, *BY_SEED])
@pytest.mark.parametrize("family", ["textures", "mvtec"])
def test_the_papers_world_supports(claim, family):
    found = claims.decide(claim, defects(paper, growing, kinds=surfaces(family)))
    assert found.verdict == "supported", found.table()
    assert found.keys
    assert {part.n for part in found.parts} == {6 if claim in BY_SEED else 8}


@pytest.mark.parametrize("claim", ["B01", "B04", "B05", "B08", "B12", "B13", "B14"])
def test_the_opposite_contradicts(claim):
    found = claims.decide(claim, defects(opposite, lambda kind: 1e-5 / growing(kind)))
    assert found.verdict == "contradicted", found.table()


@pytest.mark.parametrize("claim", ["B01", "B02", "B04", "B05", "B13", "B08"])
def test_no_effect_is_neither(claim):
    found = claims.decide(claim, defects(alike, noise=0.02))
    assert found.verdict == "inconclusive", found.table()


def test_no_gain_and_no_harm_are_shown_where_there_is_no_effect():
    """B12 and B14 say that a difference is none that matters: that needs a narrow interval."""
    narrow, wide = defects(alike), defects(alike, noise=0.15)
    for claim in ("B12", "B14"):
        assert claims.decide(claim, narrow).verdict == "supported"
        assert claims.decide(claim, wide).verdict == "inconclusive"


@pytest.mark.parametrize("claim", ["B01", "B04", "B05", "B13", "B14"])
def test_kinds_of_few_surfaces_do_not_decide(claim):
    """Eight kinds of defect with six seeds, but three surfaces: three trainings of a baseline."""
    found = claims.decide(claim, defects(paper, growing, kinds=surfaces(first=3)))
    assert found.verdict == "cannot be decided"
    assert found.note.startswith("n = 3 cannot decide it, n = 5 could")


@pytest.mark.parametrize("claim", BY_SEED)
def test_few_seeds_do_not_decide(claim):
    four = defects(paper, growing, seeds=range(4))
    assert claims.decide(claim, four).verdict == "cannot be decided"
    five = defects(paper, growing, seeds=range(5))  # as many as the paper has
    assert claims.decide(claim, five).verdict == "supported"


def test_the_best_of_one_surface_is_chance():
    """ST-SSAD wins four kinds of one surface: one method of nine does so anyway."""
    found = claims.decide("B02", defects(paper, kinds=surfaces(first=1)))
    assert found.verdict == "cannot be decided"
    assert found.quoted.p == pytest.approx(1 / 9)
    assert "the best in 4 of 4 tasks" in found.note


def test_the_best_where_another_always_wins_is_no_contradiction_by_itself():
    """Were the methods alike, each surface's winner would not be ST-SSAD with probability 8/9."""
    found = claims.decide("B02", defects(second))
    assert found.verdict == "inconclusive"
    assert found.quoted.p_against == pytest.approx((8 / 9) ** 8)


def test_one_kind_beyond_cutdiff_is_judged_and_the_other_named():
    found = claims.decide("B12", defects(paper, kinds={"textures:carpet": ["thread"]}))
    assert found.verdict == "supported"
    assert found.note == "seeds are the units; without tile with oil"


def test_digits():
    right = digits(178, lambda method: 0.9 if method == "ST-SSAD" else 0.6)
    for claim in ("B03", "B04", "B05", "B09"):
        assert claims.decide(claim, right).verdict == "supported", claim
    wrong = digits(90, lambda method: 0.5 if method == "ST-SSAD" else 0.6, seeds=range(6))
    for claim in ("B03", "B04", "B05", "B09"):
        assert claims.decide(claim, wrong).verdict == "contradicted", claim
    found = claims.decide("B03", right)
    assert [part.n for part in found.parts] == [8] * 4
    assert found.note == "mean AUC: ST-SSAD 0.900, MMD1 0.600, MMD2 0.600, FO 0.600"


def test_two_digits_do_not_decide_and_few_seeds_do_not_either():
    two = digits(178, lambda method: 0.9 if method == "ST-SSAD" else 0.6, normals=(2, 6))
    for claim in ("B03", "B04", "B05"):
        assert claims.decide(claim, two).verdict == "cannot be decided"
    assert claims.decide("B09", two).verdict == "supported"  # it is about these two
    assert claims.decide("B09", digits(178, seeds=range(4))).verdict == "cannot be decided"


@pytest.mark.parametrize("claim", [*BY_SURFACE, *BY_SEED, "B03", "B09"])
def test_nothing_is_not_run(claim):
    found = claims.decide(claim, worlds.world())
    assert found.verdict == "not run"
    assert found.note


def test_baselines_alone_judge_nothing_of_the_tuner():
    """Profiles share runs, untrained networks for one: a store can hold baselines only."""
    rows = [
        {"image_set": "textures:cable", "anomaly": kind, "seed": 0, "method": method,
         "testbed": "defect", "auc": 0.6}
        for kind in tests_of.GROWING["textures:cable"] for method in ("untrained", "AE", "RS-CO")
    ]  # fmt: skip
    alone = made.evidence(made.table(rows))
    for claim in [*BY_SURFACE, *BY_SEED, "B03", "B06", "B07", "B09"]:
        assert claims.decide(claim, alone).verdict == claims.NOT_RUN, claim
