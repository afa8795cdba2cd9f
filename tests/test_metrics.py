"""Ranking metrics against their definitions, computed independently."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ssad_lib.errors import SsadError
from ssad_lib.metrics import auroc, auroc_between, average_precision


def pairwise_auroc(labels, scores):
    """Share of (normal, anomaly) pairs in the right order, ties one half."""
    normal = [s for y, s in zip(labels, scores, strict=True) if y == 0]
    anomaly = [s for y, s in zip(labels, scores, strict=True) if y == 1]
    wins = sum((a > n) + 0.5 * (a == n) for a in anomaly for n in normal)
    return wins / (len(normal) * len(anomaly))


@st.composite
def labelled_scores(draw):
    n = draw(st.integers(2, 30))
    scores = draw(st.lists(st.integers(-5, 5), min_size=n, max_size=n))  # many ties
    labels = draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))
    labels[0], labels[1] = 0, 1
    return labels, scores


@given(labelled_scores())
def test_auroc_is_the_share_of_ordered_pairs(case):
    labels, scores = case
    assert auroc(labels, scores) == pytest.approx(pairwise_auroc(labels, scores), abs=1e-12)


@given(labelled_scores())
def test_auroc_of_reversed_scores_is_the_complement(case):
    labels, scores = case
    assert auroc(labels, [-s for s in scores]) == pytest.approx(1 - auroc(labels, scores))


def test_average_precision_by_hand():
    # Ranked: anomaly, normal, anomaly, normal -> precision 1/1 at recall 1/2, 2/3 at recall 1.
    assert average_precision([1, 0, 1, 0], [4, 3, 2, 1]) == pytest.approx((1 + 2 / 3) / 2)


def test_float32_ties_of_squashed_scores_lower_the_auc():
    logits = np.array([18.0, 20.0])
    squashed = (1 / (1 + np.exp(-logits))).astype(np.float32)
    assert auroc([0, 1], logits) == 1.0
    assert auroc([0, 1], squashed) == 0.5


@pytest.mark.parametrize(
    ("labels", "scores", "message"),
    [
        ([0, 1], [1.0], "one length"),
        ([0, 1], [1.0, np.nan], "1 of 2 scores not finite"),
        ([0, 0], [1.0, 2.0], "both 0"),
        ([0, 2], [1.0, 2.0], "both 0"),
    ],
)
@pytest.mark.parametrize("metric", [auroc, average_precision])
def test_bad_input_is_named(metric, labels, scores, message):
    with pytest.raises(SsadError, match=message):
        metric(labels, scores)


def test_scores_may_be_tensors_with_a_gradient():
    scores = torch.tensor([1.0, 2.0, 0.0], requires_grad=True)
    assert auroc(torch.tensor([0, 1, 0]), scores) == 1
    assert auroc_between(scores[:1], scores[1:2]) == 1
