"""Observation 4: distances, counts and panels from made-up errors with a known answer."""

import numpy as np
import pytest

from ssad_lib import profiles
from ssad_lib.errors import SsadError
from ssad_lib.evidence import record_of
from ssad_lib.record import Record
from ssad_lib.studies.grid import Budget
from ssad_lib.studies.not_magic import error_distributions, runs
from tests.claims.not_magic.test_mechanism import measured

SHIFT = {"none": 0.0, "cutout": 1.0, "flip": 2.0, "invert": 4.0, "geom": 3.0, "rotate": 2.0}


@pytest.fixture(scope="module")
def settings():
    return profiles.settings("not-magic/observation-4", "smoke")


@pytest.fixture(scope="module")
def records(settings):
    """Anomalies have error 3, normals 1; augmented data 1 and what `SHIFT` adds."""
    made = []
    for spec in runs.grid(Budget.of(settings)):
        name = "none" if spec.augmentation == "identity" else spec.augmentation
        # Another model has other scores: it must not be taken for the DAE.
        unit = 1.0 if spec.detector in ("AE", "DAE") else 100.0
        scores = {
            "normal": np.full(4, unit),
            "augmented": np.full(4, unit * (1 + SHIFT.get(name, 9.0))),
            **{f"controlled/{gen}": np.full(4, 3 * unit) for gen in ("cutout", "flip", "invert")},
            "in-the-wild/9": np.full(4, 5 * unit),
        }
        made.append(Record(spec, (), (), {}, scores))
    return made


def test_figures_6_and_12_are_compared(settings):
    titles = {c.title: c.rows for c in error_distributions.comparisons(settings)}
    assert titles == {
        "Flip anomalies of 6": ("none", "CutOut", "Flip", "GEOM"),
        "CutOut anomalies of 6": ("none", "CutOut", "GEOM", "Invert"),
        "6 against 9": ("none", "Rotate", "GEOM"),
    }


@pytest.mark.parametrize("change", [{"normal_classes": [3], "shown_class": 3},
                                    {"image_set": "cifar10"}])  # fmt: skip
def test_the_digit_pair_needs_its_digit(settings, change):
    found = error_distributions.comparisons(settings | change)
    assert len(found) == 2


def test_panels_hold_the_scores_of_the_dae(settings, records):
    flip = error_distributions.comparisons(settings)[0]
    panels = error_distributions.panels(flip, records)
    assert [title.rsplit(", ")[-1] for title in panels] == list(flip.rows)
    geom = panels["Flip anomalies of 6, GEOM"]
    assert {name: values[0] for name, values in geom.items()} == {
        "normal": 1, "augmented": 4, "anomaly": 3,
    }  # fmt: skip


def test_quantities_of_known_errors(settings, records):
    flip, _, digits = error_distributions.comparisons(settings)
    table = error_distributions.quantities(flip, records)
    assert list(table.index) == ["untrained", *flip.rows]
    assert table["distance"].to_dict() == {
        "untrained": 2, "none": 2, "CutOut": 1, "Flip": 0, "GEOM": 1,
    }  # fmt: skip
    assert table["order"].to_dict() == {
        "untrained": 1, "none": 1, "CutOut": 1, "Flip": 0.5, "GEOM": 0,
    }  # fmt: skip
    assert (table["AUC"] == 1).all()
    assert error_distributions.quantities(digits, records).loc["none", "distance"] == 4


def test_explorer_has_every_panel(settings, records):
    compared = error_distributions.comparisons(settings)
    widget = error_distributions.explorer(compared, records)
    assert len(widget.names) == sum(len(one.rows) for one in compared)


def test_a_class_that_was_not_run_is_said_so(records):
    with pytest.raises(SsadError, match="normal class 4 and seed 0.*'normal_classes'"):
        record_of(records, "DAE", "Flip", 4, 0)


def test_distances_by_class_and_their_mean():
    table = error_distributions.distances(measured(), "flip")
    assert list(table.columns) == ["untrained", "none", "CutOut", "Flip", "GEOM"]
    assert table.index[-1] == "mean"
    assert table["untrained"].isna().all()
    assert table.loc["mean", "Flip"] == pytest.approx(0.001, rel=0.02)
    assert table.loc["mean", "GEOM"] == pytest.approx(0.02, rel=0.02)


def test_nearest_counts_distances_and_distances_over_the_normal_error():
    def small_everywhere(values, row, gen):
        """Without augmentation all errors, and so their distances, are a thousandth."""
        return {k: v / 1000 for k, v in values.items()} if row == "none" else values

    plain = error_distributions.nearest({"made up": measured()})
    assert plain.loc[("made up", "Flip"), "distance"] == "10 of 10 classes"
    units = error_distributions.nearest({"made up": measured(small_everywhere)})
    assert units.loc[("made up", "Flip"), "distance"] == "0 of 10 classes"
    assert units.loc[("made up", "Flip"), "most often nearest"] == "none"
    assert units.loc[("made up", "Flip"), "over normal"] == "10 of 10 classes"
    assert units.loc[("made up", "Flip"), "without none"] == "10 of 10 classes"
    assert units.loc[("made up", "Flip"), "AUC, aug = gen"] == pytest.approx(0.9, rel=0.01)


def test_nothing_is_counted_where_distances_were_not_recorded():
    old = measured()
    old.tasks["wasserstein"] = np.nan
    assert error_distributions.nearest({"old": old}).empty
    assert error_distributions.distances(old, "flip").empty


def test_mean_errors_by_row():
    table = error_distributions.mean_errors({"made up": measured()})
    invert = table.loc[("made up", "Invert")]
    assert invert["augmented"] == pytest.approx(0.044, rel=0.02)
    assert invert["Invert anomalies"] == pytest.approx(0.06, rel=0.02)
    assert invert["Flip anomalies"] == pytest.approx(0.03, rel=0.02)


def test_error_browser_has_one_table_per_class():
    widget = error_distributions.error_browser(measured(classes=2))
    assert list(widget.names) == ["0", "1"]
    assert "Largest error on augmented data: Invert" in widget.tables["1"]["summary"]
