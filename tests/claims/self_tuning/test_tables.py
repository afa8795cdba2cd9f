"""Claims on the tables of paper 001: made-up tables in which they hold, fail, or are not run."""

import numpy as np
import pytest

from ssad_lib import claims
from ssad_lib.claims import tuned as tests_of
from tests.claims import worlds
from tests.studies.self_tuning import made

DEFECTS = ["B01", "B02", "B04", "B05", "B08", "B12", "B13", "B14"]
KINDS = {"textures:cable": [*tests_of.GROWING, "cut", "bent-wire", "cable-swap"],
         "textures:tile": ["oil", "scratch"], "textures:carpet": ["thread", "hole"]}  # fmt: skip
METHODS = (*tests_of.BEATEN, "RD-CD", "ST-SSAD", "MMD1", "MMD2", "FO")


def defects(auc_of, size_of=lambda kind: 0.01, seeds=range(6)):
    random = np.random.default_rng(1)
    rows = []
    for surface, kinds in KINDS.items():
        for kind in kinds:
            for seed in seeds:
                for method in METHODS:
                    auc = auc_of(method, kind) + 0.001 * random.normal()
                    rows.append(
                        {"image_set": surface, "anomaly": kind, "seed": seed, "method": method,
                         "testbed": "defect", "auc": auc,
                         "size": size_of(kind) * np.exp(0.01 * random.normal()),
                         "auc_init_0": auc, "auc_init_1": auc - 0.1}
                    )  # fmt: skip
    return made.evidence(made.table(rows))


def digits(angle, auc_of=lambda method: 0.6, seeds=range(8)):
    rows = [
        {"image_set": "street-digits", "normal_class": normal, "anomaly": anomaly, "seed": seed,
         "method": method, "testbed": "in-the-wild", "angle": angle,
         "auc": auc_of(method) + 0.0001 * seed + 0.001 * int(anomaly)}
        for normal in (2, 6) for anomaly in "0134578" + ("6" if normal == 2 else "9")
        for seed in seeds for method in (*tests_of.TURNS, "ST-SSAD", "MMD1", "MMD2", "FO")
    ]  # fmt: skip
    return made.evidence(made.table(rows))


def paper(method, kind):
    """As the paper has it: ST-SSAD first, but not where CutDiff cannot help; smooth beats hard."""
    if kind in ("oil", "thread") and method == "RD-CD":
        return 0.97
    return {"ST-SSAD": 0.9, "RD-CD": 0.8, "RD-CO": 0.7}.get(method, 0.65)


def growing(kind):
    return 0.001 * 10 ** ([*tests_of.GROWING].index(kind) if kind in tests_of.GROWING else 0)


@pytest.mark.parametrize("claim", DEFECTS)
def test_the_papers_world_supports(claim):
    found = claims.decide(claim, defects(paper, growing))
    assert found.verdict == "supported", found.table()
    assert found.keys


@pytest.mark.parametrize("claim", ["B01", "B04", "B05", "B08", "B12", "B14"])
def test_the_opposite_contradicts(claim):
    def opposite(method, kind):
        return {"ST-SSAD": 0.5, "RD-CD": 0.3, "RD-CO": 0.6}.get(method, 0.7)

    found = claims.decide(claim, defects(opposite, lambda kind: 1e-5 / growing(kind)))
    assert found.verdict == "contradicted", found.table()


def test_digits():
    right = digits(178, lambda method: 0.9 if method == "ST-SSAD" else 0.6)
    for claim in ("B03", "B04", "B05", "B09"):
        assert claims.decide(claim, right).verdict == "supported", claim
    wrong = digits(90, lambda method: 0.5 if method == "ST-SSAD" else 0.6)
    for claim in ("B03", "B04", "B05", "B09"):
        assert claims.decide(claim, wrong).verdict == "contradicted", claim


@pytest.mark.parametrize("claim", [*DEFECTS, "B03", "B09"])
def test_nothing_is_not_run(claim):
    found = claims.decide(claim, worlds.world())
    assert found.verdict == "not run"
    assert found.note


def test_baselines_alone_judge_nothing_of_the_tuner():
    """Profiles share runs, untrained networks for one: a store can hold baselines only."""
    rows = [
        {"image_set": "textures:cable", "anomaly": kind, "seed": 0, "method": method,
         "testbed": "defect", "auc": 0.6}
        for kind in tests_of.GROWING for method in ("untrained", "AE", "RS-CO")
    ]  # fmt: skip
    alone = made.evidence(made.table(rows))
    for claim in ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B09", "B12", "B13"):
        assert claims.decide(claim, alone).verdict == claims.NOT_RUN, claim
