from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch

from ssad_lib import augment, selection
from ssad_lib.encoders import encoder
from ssad_lib.errors import SsadError

from .cases import noise, texture, turned_digits

THIN = {"cp-scar", "cutpaste"}
ROUND = {"cutout", "cutpaste", "cutdiff"}
SIGNS = {"dsv": 1, "validation_loss": 1, "mmd": 1, "random": -1, "peeking": -1}
TURNS = {"rotate", "flip", "geom", "rotation"}


def ranked(images, **options) -> selection.Ranking:  # type: ignore[no-untyped-def]
    return selection.rank(selection.candidates(), *images, **{"resamples": 5, **options})


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(
    ("images", "fitting"),
    [
        (lambda seed: texture("carpet/thread", seed), THIN),
        (lambda seed: texture("tile/scratch", seed), THIN),
        (lambda seed: texture("carpet/hole", seed), ROUND),
        (lambda seed: texture("weave/hole", seed), ROUND),
        (turned_digits, TURNS),
    ],
    ids=["thread", "scratch", "dent", "hole", "6 and 9"],
)
def test_a_fitting_augmentation_comes_first_without_labels(images, fitting, seed) -> None:  # type: ignore[no-untyped-def]
    found = ranked(images(seed), seed=seed)
    assert found.winner in fitting
    assert found.winner == found.table.index[0]


@pytest.mark.parametrize("seed", range(4))
def test_of_noise_nothing_can_be_told(seed: int) -> None:
    assert ranked(noise(seed), seed=seed).winner is None


@pytest.mark.parametrize("seed", [0, 1])
def test_of_normal_images_alone_nothing_can_be_told(seed: int) -> None:
    normal, mixed = texture("carpet/thread", seed, each=80)
    assert ranked((normal, mixed[:80]), seed=seed).winner is None


def test_the_table_is_complete_and_ordered() -> None:
    images = texture("carpet/hole")
    labels = np.repeat([0, 1], 40)
    table = ranked(images, labels=labels).table
    assert sorted(table.index) == sorted(selection.candidates())
    assert (table["direction"].diff().dropna() <= 0).all()
    for name in ("direction", "dsv", "validation_loss", "mmd"):
        assert (table[f"{name}_low"] <= table[name]).all()
        assert (table[name] <= table[f"{name}_high"]).all()
    assert table["first"].sum() == pytest.approx(1)
    assert sorted(table["random"]) == list(range(len(table)))
    assert table["p"].between(1 / 2000, 1).all()
    assert not table.isna().any().any()
    assert (ranked(images, labels=labels).table == table).all().all()


def test_peeking_shows_only_with_labels_and_the_rest_does_not_depend_on_them() -> None:
    images = texture("carpet/hole")
    without = ranked(images, resamples=2).table
    labels = np.repeat([0, 1], 40)
    with_labels = ranked(images, resamples=2, labels=labels).table
    assert "peeking" not in without
    pd.testing.assert_frame_equal(without, with_labels.drop(columns="peeking"))
    turned = ranked(images, resamples=2, labels=1 - labels).table
    pd.testing.assert_series_equal(turned["peeking"], 1 - with_labels["peeking"])


def test_every_criterion_can_order() -> None:
    images, labels = texture("carpet/hole"), np.repeat([0, 1], 40)
    few = {name: one for name, one in selection.candidates().items() if one.category == "local"}
    for by, sign in SIGNS.items():
        table = selection.rank(few, *images, labels=labels, by=by, resamples=1).table
        assert (sign * table[by].diff().dropna() >= 0).all()


def test_identity_fits_nothing() -> None:
    two = {"identity": augment.get("identity"), "cutout": augment.get("cutout")}
    table = selection.rank(two, *texture("carpet/hole"), resamples=2).table
    assert table["direction"]["identity"] == 0
    assert table["p"]["identity"] > 0.05
    assert table.index[0] == "cutout"


def test_an_encoder_serves_as_features() -> None:
    found = ranked(turned_digits(), features=encoder("stand-in"), resamples=1)
    assert found.winner in TURNS


def test_agreement_is_one_for_the_order_itself_and_minus_one_for_its_reverse() -> None:
    table = pd.DataFrame({"direction": [3.0, 2.0, 1.0], "dsv": [3.0, 2.0, 1.0]}, index=list("abc"))
    found = selection.agreement(table, {"a": 0.9, "b": 0.8, "c": 0.7, "other": 0.1})
    assert found == pytest.approx({"direction": 1.0, "dsv": -1.0})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"normal": 39}, "too few normal images: 39, and a ranking needs 40 or more"),
        ({"mixed": 19}, "too few unlabelled images: 19, and a ranking needs 20 or more"),
    ],
)
def test_too_few_images_are_counted(change: dict[str, int], message: str) -> None:
    with pytest.raises(SsadError, match=message):
        ranked(noise(**change))


def test_what_cannot_be_ranked_is_named() -> None:
    normal, mixed = noise()
    with pytest.raises(SsadError, match="unknown criterion 'dvs': did you mean 'dsv'"):
        ranked((normal, mixed), by="dvs")
    with pytest.raises(SsadError, match="'peeking' needs labels"):
        ranked((normal, mixed), by="peeking")
    with pytest.raises(SsadError, match="bring them to one size"):
        ranked((normal, mixed[..., :16, :16]))
    with pytest.raises(SsadError, match="40 unlabelled images and 3 labels"):
        ranked((normal, mixed), labels=[0, 1, 1])
    with pytest.raises(SsadError, match="at least two candidates, not 1"):
        selection.rank({"cutout": augment.get("cutout")}, normal, mixed)
    with pytest.raises(SsadError, match="divide uint8 by 255"):
        ranked((normal * 255, mixed))
    assert torch.equal(normal, noise()[0])


def test_copies_of_few_images_are_no_evidence() -> None:
    normal, mixed = noise()
    copies = normal[torch.arange(len(normal)) % 7]
    with pytest.raises(SsadError, match="too few different normal images: 7, the others of 80 are"):
        ranked((copies, mixed))
    with pytest.raises(SsadError, match="too few different unlabelled images: 1"):
        ranked((normal, mixed[:1].expand(40, -1, -1, -1)))
