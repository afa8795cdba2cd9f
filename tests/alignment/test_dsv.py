"""Oracle 13 of METHODS section 17, and an independent reference of the formula of section 10.4."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from ssad_lib import rng
from ssad_lib.alignment import DSV_VARIANTS, dsv, dsv_parts
from ssad_lib.errors import SsadError

NORMAL, ANOMALY, ELSEWHERE = np.eye(16)[:3]


def clouds(seed, h=6, sizes=(9, 7, 12)):
    draws = rng.generator("dsv", seed)
    return [
        torch.randn(n, h, generator=draws, dtype=torch.float64) + i for i, n in enumerate(sizes)
    ]


def cluster(direction, count, seed, noise):
    values = direction + noise * np.random.default_rng(seed).normal(size=(count, len(direction)))
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def oracle_sets(where, noise=1e-5, count=100):
    test = [cluster(NORMAL, count, 1, noise), cluster(ANOMALY, count, 2, noise)]
    return cluster(NORMAL, count, 3, noise), cluster(where, count, 4, noise), np.concatenate(test)


def reference(train, augmented, test):
    """The two parts in NumPy and SciPy, in float64."""
    train, augmented, test = (
        one / np.linalg.norm(one, axis=1, keepdims=True) for one in (train, augmented, test)
    )
    apart = cdist(train, augmented).mean() / 2
    dis = cdist(np.concatenate([train, augmented]), test).mean() / 2 / apart
    ways = augmented - train.mean(0)
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    return dis, min(0.5, np.std((test - train.mean(0)) @ ways.T) / apart)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 10))
def test_agrees_with_an_independent_reference(seed, h):
    sets = clouds(seed, h)
    expected = reference(*(one.numpy() for one in sets))
    dis, sep = dsv_parts(*sets)
    assert (dis.item(), sep.item()) == pytest.approx(expected, rel=1e-6)
    assert dsv(*sets).item() == pytest.approx(expected[0] - expected[1] / expected[0], rel=1e-6)


def test_augmentation_on_the_anomalies():
    dis, sep = dsv_parts(*oracle_sets(ANOMALY))
    assert (dis.item(), sep.item()) == pytest.approx((0.5, 0.5), abs=1e-3)
    assert dsv(*oracle_sets(ANOMALY)).item() == pytest.approx(-0.5, abs=1e-3)


def test_augmentation_elsewhere():
    dis, sep = dsv_parts(*oracle_sets(ELSEWHERE))
    assert (dis.item(), sep.item()) == pytest.approx((0.75, 0.5), abs=1e-3)


@pytest.mark.parametrize(
    ("where", "expected"),
    [(ANOMALY, (0.538, 0.5, -0.392)), (ELSEWHERE, (0.770, 0.5, 0.121)), (NORMAL, (7, 0.5, 7))],
    ids=["on the anomalies", "elsewhere", "invisible"],
)
def test_clusters_of_two_per_cent_noise(where, expected):
    sets = oracle_sets(where, noise=0.02)
    values = [*(part.item() for part in dsv_parts(*sets)), dsv(*sets).item()]
    assert values == pytest.approx(expected, rel=0.05, abs=5e-3)


def test_an_invisible_augmentation_explodes():
    one, _, test = oracle_sets(NORMAL, count=1)
    assert dsv_parts(one, one, test)[0] > 1e6


def test_variants():
    sets = clouds(1)
    dis, sep = (part.item() for part in dsv_parts(*sets))
    expected = {
        "ratio": dis - sep / dis,
        "difference": dis - sep,
        "squares": dis**2 + (0.5 - sep) ** 2,
        "root": dis - sep / dis**0.5,
        "ratio-squared": dis - sep / dis**2,
    }
    assert tuple(expected) == DSV_VARIANTS
    for variant, value in expected.items():
        assert dsv(*sets, variant=variant).item() == pytest.approx(value, rel=1e-6)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(1e-3, 1e3))
def test_length_order_and_turn_do_not_matter(seed, scale):
    sets = clouds(seed)
    turn = torch.linalg.qr(torch.randn(6, 6, generator=rng.generator(seed), dtype=torch.float64))[0]
    moved = [scale * one.flip(0) @ turn for one in sets]
    assert dsv(*moved).item() == pytest.approx(dsv(*sets).item(), rel=1e-6)


def test_gradients_agree_with_finite_differences():
    # Neighbouring clouds: far apart the cap would leave no gradient of the separability.
    sets = [(one / 4 + 1).requires_grad_() for one in clouds(2, 3, (3, 2, 4))]
    assert dsv_parts(*sets)[1] < 0.5
    for variant in DSV_VARIANTS:
        assert torch.autograd.gradcheck(lambda *s, v=variant: dsv(*s, variant=v), sets)


def test_arrays_and_float32():
    sets = [one.float().numpy() for one in clouds(3)]
    assert dsv(*sets).dtype == torch.float32
    assert dsv(*sets).item() == pytest.approx(dsv(*clouds(3)).item(), rel=1e-5)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (torch.zeros(3, 6), "positive length"),
        (torch.full((3, 6), torch.nan), "positive length"),
        (torch.ones(3, 5), "one length"),
        (torch.ones(6), "float embeddings"),
    ],
)
def test_what_are_no_embeddings_is_an_error(bad, message):
    with pytest.raises(SsadError, match=message):
        dsv(torch.ones(2, 6), bad, torch.ones(4, 6))


def test_an_unknown_variant_is_an_error():
    with pytest.raises(SsadError, match="variant of DSV 'ratios'.*did you mean 'ratio'"):
        dsv(*clouds(0), variant="ratios")
