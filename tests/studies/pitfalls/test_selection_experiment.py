import numpy as np
import pandas as pd
import pytest

from ssad_lib import augment, metrics
from ssad_lib.alignment import CRITERIA, LARGEST_IS_BEST
from ssad_lib.errors import SsadError
from ssad_lib.record import Record, TaskResult
from ssad_lib.studies.pitfalls import selection_experiment as experiment

SETTINGS = {
    "surfaces": ["textures:weave", "textures:tile"], "candidate_areas": [0.01, 0.1],
    "candidate_aspects": [0.3, 1.0], "candidate_seeds": [0], "surface_images": 4,
    "surface_test_images": 4, "candidate_size": 16, "candidate_network": "small",
    "candidate_epochs": 1, "candidate_batch_size": 4, "candidate_learning_rate": 0.03,
    "seeds": [0], "width": 4, "epochs": 1, "batch_size": 4, "learning_rate": 0.01,
}  # fmt: skip
KINDS = ("crack", "hole", "stain")
BEST = {"crack": "cutout", "hole": "cutpaste", "stain": "cutdiff"}  # the family that suits a kind


def auc_of(spec, kind):
    """Every family suits one kind of defect; larger patches do a little better."""
    return 0.6 + 0.2 * (BEST[kind] == spec.augmentation) + 0.1 * area_of(spec)


def area_of(spec):
    chosen = dict(spec.augmentation_options)
    return chosen["size"] if "size" in chosen else chosen[f"{spec.augmentation}_area"][0]


def measured(auc, informed):
    """Criteria that follow the AUC, or know nothing; what is best largest, follows it upwards."""
    value = -auc if informed else 0.5
    return {name: -value if name in LARGEST_IS_BEST else value for name in CRITERIA}


def made(informed=True, of=auc_of, settings=SETTINGS):

    def result(spec, kind):
        auc = of(spec, kind)
        return TaskResult("defect", kind, auc, 0.5, 4, 4, measured(auc, informed))

    return [
        Record(spec, tuple(result(spec, kind) for kind in KINDS), (), {})
        for spec in experiment.candidates(settings)
    ]


@pytest.fixture(scope="module")
def table():
    return experiment.table(made())


def test_every_surface_has_every_candidate_once():
    specs = experiment.candidates(SETTINGS)
    assert len(specs) == len({spec.key for spec in specs}) == 2 * 3 * 2 * 2
    assert {spec.testbeds for spec in specs} == {("defect",)}
    for spec in specs:  # options that exist, and a patch of the size that was asked for
        made = augment.get(spec.augmentation, **dict(spec.augmentation_options))
        assert made.name in experiment.FAMILIES


def test_nothing_to_choose_from_is_named():
    with pytest.raises(SsadError, match="'candidate_areas' is empty"):
        experiment.candidates({**SETTINGS, "candidate_areas": []})


def test_table_tells_candidates_apart(table):
    assert len(table) == 24 * 3
    assert set(table["family"]) == {"CutOut", "CutPaste", "CutDiff"}
    assert set(zip(table["area"], table["aspect"], strict=True)) == {
        (0.01, 0.3), (0.01, 1.0), (0.1, 0.3), (0.1, 1.0)
    }  # fmt: skip
    assert not table.duplicated([*experiment.PLACE, *experiment.CANDIDATE]).any()


def test_no_records_make_an_empty_table_with_the_same_columns(table):
    assert list(experiment.table([]).columns) == list(table.columns)


def test_informed_criteria_choose_the_best(table):
    reached = experiment.selected(table)
    assert len(reached) == 6
    for name in CRITERIA:
        np.testing.assert_array_equal(reached[name], reached[experiment.ORACLE])
    rows = table[(table["surface"] == "textures:tile") & (table["anomaly"] == "hole")]["auc"]
    row = reached.loc["textures:tile", 0, "hole"]
    assert row[experiment.RANDOM] == pytest.approx(rows.mean())
    assert (row[experiment.WORST], row[experiment.ORACLE]) == (rows.min(), rows.max())


def test_tasks_without_a_criterion_are_left_out(table):
    gaps = table.copy()
    gaps.loc[(gaps["anomaly"] == "hole") & (gaps["area"] == 0.1), "mmd"] = np.nan
    assert set(experiment.selected(gaps).index.get_level_values("anomaly")) == {"crack", "stain"}


def test_other_anomalies_mislead_where_kinds_need_other_families(table):
    reached = experiment.shifted(table)
    assert (reached["own"] - reached["other"]).to_numpy() == pytest.approx(0.2)
    alike = experiment.table(made(of=lambda spec, kind: 0.6 + area_of(spec)))
    found = experiment.shifted(alike)
    np.testing.assert_allclose(found["own"], found["other"])


def test_rank_correlations_are_those_of_losses(table):
    ranks = experiment.rank_correlations(table)
    assert list(ranks.columns) == list(CRITERIA)
    np.testing.assert_allclose(ranks, -1)
    blind = experiment.rank_correlations(experiment.table(made(informed=False)))
    assert blind.isna().all(axis=None)


def test_ensemble_is_the_auc_of_standardised_means():
    random = np.random.default_rng(0)
    specs = experiment.candidates({**SETTINGS, "surfaces": ["textures:weave"]})[:3]
    scores = [
        {"normal": scale * random.normal(size=20).astype(np.float32),
         "defect/hole": scale * (1 + random.normal(size=15)).astype(np.float32)}
        for scale in (1, 100, 0.01)
    ]  # fmt: skip
    records = [Record(s, (), (), {}, scores=x) for s, x in zip(specs, scores, strict=True)]
    found = experiment.ensemble(records)
    total = np.zeros(35)
    for groups in scores:
        values = np.concatenate(list(groups.values())).astype(float)
        total += (values - values.mean()) / values.std()
    assert found["textures:weave", 0, "hole"] == pytest.approx(
        metrics.auroc_between(total[:20], total[20:])
    )
    assert experiment.ensemble([Record(specs[0], (), (), {})]).empty


def test_defect_grid_has_both_kinds_of_augmentations_and_both_references():
    specs = experiment.defect_grid(SETTINGS)
    assert len(specs) == 2 * (2 + 6)
    assert {spec.testbeds for spec in specs} == {("defect",)}
    rows = pd.Series([spec.augmentation for spec in specs]).value_counts()
    assert rows["identity"] == 4
    assert set(rows.index) == {"identity", *experiment.GEOMETRIC, *experiment.LOCAL}
