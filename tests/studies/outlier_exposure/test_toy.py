"""Figure 1: points, borders, and whether the normal region ends."""

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from ssad_lib.errors import SsadError
from ssad_lib.studies.outlier_exposure import toy


class Distance(nn.Module):
    """One output: the distance from the origin."""

    def forward(self, points):
        return points.norm(dim=1, keepdim=True)


class Upwards(nn.Module):
    """One output: the height."""

    def forward(self, points):
        return points[:, 1:]


def border(network, threshold=2.0, **more):
    normal, other = toy.points(toy.IDEAL, 0, "training")
    return toy.Border("linear", toy.IDEAL, "BCE", 0, normal, other, network, threshold, **more)


def test_points_are_those_of_the_definition():
    normal, ideal = toy.points(toy.IDEAL, 0, "training")
    _, skewed = toy.points(toy.SKEWED, 0, "training")
    assert normal.shape == ideal.shape == skewed.shape == (1000, 2)
    assert normal.std(0).tolist() == pytest.approx([0.5, 0.5], rel=0.1)
    assert ideal.abs().max() <= 3
    assert ideal.norm(dim=1).min() > 1.5
    assert ideal.mean(0).abs().max() < 0.25
    assert skewed.mean(0).tolist() == pytest.approx([2, 2], abs=0.05)
    again, other_seed, test = (
        toy.points(toy.IDEAL, seed, part)[0]
        for seed, part in ((0, "training"), (1, "training"), (0, "test"))
    )
    assert torch.equal(again, normal)
    assert not torch.equal(other_seed, normal)
    assert not torch.equal(test, normal)
    with pytest.raises(SsadError, match="outliers are ideal or skewed, not 'other'"):
        toy.points("other", 0, "training")


def test_the_area_of_a_disc_stays_and_that_of_a_half_plane_grows():
    disc, half = toy.areas([border(Distance())]), toy.areas([border(Upwards(), 0.0)])
    assert disc.set_index("window")["area"].loc[[3.0, 12.0]].tolist() == pytest.approx(
        [4 * np.pi, 4 * np.pi], rel=0.05
    )
    assert half["share"].tolist() == pytest.approx([0.5] * len(toy.WINDOWS))
    (ends,), (goes_on,) = (toy.bounded(table)["bounded"] for table in (disc, half))
    assert ends
    assert not goes_on
    assert toy.bounded(half)["growth"].item() == pytest.approx(4, rel=0.01)


def test_a_region_too_small_to_be_seen_ends():
    assert toy.bounded(toy.areas([border(Distance(), 1e-3)]))["bounded"].item()


def test_rows_of_a_region_go_up():
    inside = border(Upwards(), 0.0).inside(3.0, 10)
    assert inside[:5].all()
    assert not inside[5:].any()


def test_the_score_is_told_by_anomalies_all_around():
    good, bad = border(Distance()), border(Upwards())
    assert toy.scores([good])["auc"].item() > 0.99
    assert toy.scores([bad])["auc"].item() == pytest.approx(0.5, abs=0.05)


@pytest.fixture(scope="module")
def trained():
    return toy.borders({"seeds": [0], "epochs": 6})


def test_every_cell_is_trained_and_keeps_most_normal_points(trained):
    cells = pd.DataFrame([{name: getattr(b, name) for name in toy.CELL} for b in trained])
    assert len(cells.drop_duplicates()) == len(trained) == 8
    for one in trained:
        assert (one.scores(one.normal) <= one.threshold).mean() == pytest.approx(0.95, abs=0.002)
        assert not one.network.training
    aucs = toy.scores(trained).set_index(toy.CELL)["auc"]
    assert aucs.xs(("linear", toy.IDEAL), level=["activation", "outliers"]).min() > 0.95


def test_methods_of_one_seed_start_alike_and_see_the_same_batches():
    normal, other = toy.points(toy.SKEWED, 3, "training")
    nets = [
        toy.point_net(classifies=method == "BCE", out_activation="linear", seed=3)
        for method in toy.METHODS
    ]
    assert torch.equal(nets[0][0][0].weight, nets[1][0][0].weight)
    epochs = [
        list(toy._course(method, net, normal, other, 3, 1).epoch())
        for method, net in zip(toy.METHODS, nets, strict=True)
    ]
    for (shown, outlier), (same, labels) in zip(*epochs, strict=True):
        assert torch.equal(shown, same)
        assert outlier.tolist() == labels.tolist() == [0.0] * 128 + [1.0] * 128


def test_no_seed_is_said():
    with pytest.raises(SsadError, match="parameter 'seeds' is empty"):
        toy.borders({"seeds": [], "epochs": 1})
