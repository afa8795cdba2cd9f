"""Observation 5: pictures of embeddings, and the numbers beside them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ssad_lib import profiles
from ssad_lib.data.catalogue import CIFAR10
from ssad_lib.evidence import Evidence
from ssad_lib.record import Record, TaskResult
from ssad_lib.studies.grid import Budget
from ssad_lib.studies.not_magic import embeddings
from tests.claims.not_magic.test_mechanism import measured
from tests.engine.studies import SETTINGS

CASES = [
    embeddings.Case("aligned", "Flip", "controlled/flip", 3, 0),
    embeddings.Case("plain", "none", "in-the-wild/9", 3, 0),
]


@pytest.fixture(scope="module")
def records():
    settings = SETTINGS | {"normal_classes": [3], "seeds": [0]}
    budget = Budget.of(settings)
    specs = [*budget.specs("AE"), *budget.specs("DAE", "flip")]
    made = {"probe_auc": 0.8, "silhouette": 0.1, "position": 0.5}
    tasks = (
        TaskResult("controlled", "flip", 0.7, 0.5, 5, 5, made),
        TaskResult("in-the-wild", "9", 0.6, 0.5, 5, 5),
    )
    return [Record(spec, tasks, (), {}) for spec in specs]


def test_one_case_per_gen_of_the_shown_class():
    settings = profiles.settings("not-magic/observation-5", "smoke", {"shown_class": 3})
    found = embeddings.matched_cases(settings)
    assert [(c.row, c.group, c.normal_class) for c in found] == [
        ("CutOut", "controlled/cutout", 3), ("Flip", "controlled/flip", 3),
        ("Invert", "controlled/invert", 3),
    ]  # fmt: skip


def test_planes_show_three_groups_or_two_and_are_repeatable(records):
    shown = embeddings.planes(CASES, records, 12)
    counts = shown["aligned"]["group"].value_counts().to_dict()
    assert set(counts) == {"normal", "augmented", "anomaly"}
    assert max(counts.values()) <= 12
    assert set(shown["plain"]["group"]) == {"normal", "anomaly"}
    again = embeddings.planes(CASES[:1], records, 12)
    pd.testing.assert_frame_equal(shown["aligned"], again["aligned"])


def test_far_groups_are_apart_in_the_plane():
    random = np.random.default_rng(0)
    embedding = random.normal(size=(60, 10)).astype(np.float32)
    embedding[30:] += 20
    places = embeddings.in_the_plane(embedding)
    gap = np.linalg.norm(places[:30].mean(0) - places[30:].mean(0))
    assert places.shape == (60, 2)
    assert gap > 2 * max(places[:30].std(), places[30:].std())


def test_quantities_and_captions(records):
    table = embeddings.quantities(CASES, records)
    assert table.loc["aligned"].to_dict() == {
        "AUC": 0.7, "probe AUC": 0.8, "silhouette": 0.1, "position t": 0.5,
    }  # fmt: skip
    assert np.isnan(table.loc["plain", "probe AUC"])
    points = pd.DataFrame({"x": [0.0, 1], "y": [0.0, 1], "group": ["normal", "anomaly"],
                           "score": [0.1, 0.2]})  # fmt: skip
    widget = embeddings.browser(dict.fromkeys(["aligned", "plain"], points), CASES, records)
    assert widget.panels["plain"]["caption"] == "AUC 0.600"
    assert "probe AUC 0.800" in widget.panels["aligned"]["caption"]


def test_per_class_has_matched_rows_and_references():
    made = measured(classes=3)
    backwards = replace(made, tasks=made.tasks.iloc[::-1])  # records come in any order
    table = embeddings.per_class(backwards, "probe_auc")
    assert list(table.index) == [
        (gen, row) for gen in ("CutOut", "Flip", "Invert") for row in ("none", gen)
    ]
    assert list(table.columns) == ["0", "1", "2", "mean"]
    assert table.loc[("Invert", "Invert"), "mean"] == pytest.approx(0.99, rel=0.03)
    assert embeddings.per_class(measured(), "silhouette").empty


def test_summary_is_empty_without_measures_and_has_means_with_them():
    made = measured()
    assert embeddings.summary({"old": made}).empty
    made.tasks["silhouette"] = 0.2
    table = embeddings.summary({"made up": made})
    assert table.loc[("made up", "Flip", "Flip"), "AUC"] == pytest.approx(0.9, rel=0.03)
    assert np.allclose(table["silhouette"], 0.2)


def test_beside_paper_takes_the_papers_class_where_it_is():
    tasks = pd.DataFrame(
        [
            ("DAE", "Flip", 0, "controlled", "flip", 0.5, 0.1),
            ("DAE", "Flip", 1, "controlled", "flip", 0.9, 0.7),
            ("DAE", "Rotate", 1, "in-the-wild", "cat", 0.8, 0.4),
        ],
        columns=["model", "row", "normal_class", "testbed", "anomaly", "auc", "position"],
    )
    figures = ("Fig 7a-b", "Fig 8")
    there = Evidence("a", "cifar10", CIFAR10, tasks, pd.DataFrame())
    other = Evidence("b", "other", ("x", "y"), tasks, pd.DataFrame())
    table = embeddings.beside_paper({"a": there, "b": other}, figures)
    flip, rotate = ("automobile, gen Flip", "Flip"), ("automobile against cat", "Rotate")
    assert table.loc[flip, ["paper", "AUC, a", "t, a"]].tolist() == [0.978, 0.9, 0.7]
    assert table.loc[flip, "AUC, b"] == pytest.approx(0.7)
    assert table.loc[rotate, ["paper", "AUC, a"]].tolist() == [0.879, 0.8]
    assert np.isnan(table.loc[rotate, "AUC, b"])
    assert table.loc[("automobile against cat", "none"), "paper"] == 0.44
