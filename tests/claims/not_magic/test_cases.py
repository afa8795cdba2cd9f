"""Claims A16 and A17 are judged on the runs that figures 2 and 9 of the page show."""

import numpy as np
import pytest

from ssad_lib import claims
from ssad_lib.statistics.wilcoxon import walsh_averages
from ssad_lib.studies.not_magic import error_bias


@pytest.fixture(scope="module")
def sources():
    return claims.committed()


@pytest.mark.parametrize(("claim", "model"), [("A16", "DeepSAD"), ("A17", "DAE")])
def test_the_picture_and_the_verdict_are_of_the_same_runs(sources, claim, model):
    compared = 0
    for title, drawn in error_bias.panels(sources).items():
        found = claims.decide(claim, sources[title.split(": ")[1]])
        if not title.startswith(model) or not found.parts:
            continue
        auc = drawn.pivot_table(index="seed", columns="detector", values="auc")
        without, turned = drawn["detector"].unique()
        gains = (auc[turned] - auc[without]).to_numpy()
        assert found.parts[0].n == len(gains)
        assert found.parts[0].effect == pytest.approx(np.median(walsh_averages(gains)))
        assert found.parts[0].what.startswith(title.split(":")[0].replace(" class", ""))
        assert np.isfinite(gains).all()
        compared += 1
    assert compared
