"""Simulated tables: expected values as given, variances and gaps as in the records."""

import numpy as np
import pandas as pd
import pytest

from ssad_lib.claims.calibration.simulation import SimulatedTable, alike, numbered

ROWS = ("none", "Flip", "GEOM")


def records(clusters: int = 12, seeds: int = 1) -> pd.DataFrame:
    random = np.random.default_rng(0)
    rows = []
    for cluster in range(clusters):
        own = random.normal(0, 0.1)  # what all rows of a cluster share
        for seed in range(seeds):
            for row in ROWS:
                scatter = {"none": 0.01, "Flip": 0.02, "GEOM": 0.08}[row]
                auc = 0.7 + own + 0.2 * (row == "GEOM") + random.normal(0, scatter)
                rows.append(("digits", cluster, seed, row, auc))
    return pd.DataFrame(rows, columns=["image_set", "normal_class", "seed", "row", "auc"])


def drawn(table: SimulatedTable, expected=None, worlds: int = 400) -> np.ndarray:
    """Return draws ``(worlds, clusters, rows)``."""
    random = np.random.default_rng(1)
    shape = (-1, len(ROWS))
    return np.array(
        [table.draw(random, expected)["auc"].to_numpy().reshape(shape) for _ in range(worlds)]
    )


def test_rows_that_are_alike_have_the_same_mean():
    table = SimulatedTable(records(), ["auc"], ["row"])
    found = drawn(table, alike(table, ["image_set"]))
    means = found.mean(axis=(0, 1))
    assert np.ptp(means) < 0.01 < np.ptp(drawn(table).mean(axis=(0, 1)))


def test_differences_between_rows_scatter_as_in_the_records():
    frame = records(40)
    table = SimulatedTable(frame, ["auc"], ["row"])
    real = frame["auc"].to_numpy().reshape(-1, len(ROWS))
    simulated = drawn(table)
    for first, second in ((0, 1), (0, 2), (1, 2)):
        before = (real[:, first] - real[:, second]).std(ddof=1)
        after = (simulated[..., first] - simulated[..., second]).std(axis=1, ddof=1)
        assert np.sqrt((after**2).mean()) == pytest.approx(before, rel=0.1)


def test_clusters_are_independent_of_each_other():
    found = drawn(SimulatedTable(records(), ["auc"], ["row"]), worlds=2000)[:, :, 2]
    apart = found - found.mean(axis=0)
    correlation = np.corrcoef(apart.T)
    assert np.abs(correlation - np.eye(len(correlation))).max() < 0.12


def test_seeds_of_a_cluster_share_its_deviation():
    frame = records(40, seeds=3)
    real = frame["auc"].to_numpy().reshape(40, 3, len(ROWS))[..., 2]
    within = real.var(axis=1, ddof=1).mean()
    between = real.mean(axis=1).var(ddof=1)
    found = drawn(SimulatedTable(frame, ["auc"], ["row"]), worlds=200)[..., 2].reshape(-1, 3)
    shared = np.corrcoef(found[:, 0], found[:, 1])[0, 1]
    assert shared == pytest.approx(between / (between + within), abs=0.05)


def test_what_is_missing_stays_missing():
    frame = records()
    frame.loc[[4, 7], "auc"] = np.nan
    table = SimulatedTable(frame, ["auc"], ["row"]).draw(np.random.default_rng(0))
    assert list(np.flatnonzero(table["auc"].isna())) == [4, 7]


def test_one_cluster_keeps_the_scatter_of_its_seeds():
    frame = records(1, seeds=30)
    found = drawn(SimulatedTable(frame, ["auc"], ["row"]))
    real = frame["auc"].to_numpy().reshape(-1, len(ROWS))
    gain = (real[:, 2] - real[:, 0]).std(ddof=1)
    assert (found[..., 2] - found[..., 0]).std() == pytest.approx(gain, rel=0.2)


def test_tasks_are_numbered_inside_their_group():
    frame = pd.DataFrame({"normal_class": [0, 0, 0, 1, 1], "anomaly": ["b", "c", "b", "a", "c"]})
    assert list(numbered(frame, ["normal_class"])["task"]) == [1, 2, 1, 1, 2]
