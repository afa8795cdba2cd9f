"""The demonstration: what is learned is compared with what was true, seed by seed."""

import numpy as np
import pytest

from ssad_lib.engine import run
from ssad_lib.errors import SsadError
from ssad_lib.studies.self_tuning import demonstration, methods, runs
from tests.studies.self_tuning import made

SETTINGS = made.DEMONSTRATION


@pytest.fixture(scope="module")
def trained():
    return [run.perform(spec) for spec in runs.demonstration(SETTINGS)]


def test_one_run_per_patch_and_seed_sees_its_own_task_only():
    specs = runs.demonstration({**SETTINGS, "seeds": [0, 1], "sizes": [0.02, 0.16]})
    assert len(specs) == len({spec.key for spec in specs}) == 4
    assert {spec.unlabelled for spec in specs} == {
        "demonstration/size=0.02 ratio=1", "demonstration/size=0.16 ratio=1",
    }  # fmt: skip


def test_a_patch_that_is_not_drawn_is_named():
    with pytest.raises(SsadError, match="sizes are 0.01, 0.02, 0.04, 0.08, 0.16"):
        runs.demonstration({**SETTINGS, "sizes": [0.03]})
    with pytest.raises(SsadError, match="'ratios' is empty"):
        runs.demonstration({**SETTINGS, "ratios": []})


def test_records_hold_what_was_learned_and_the_way_there(trained):
    found = demonstration.learned(methods.table(trained))
    assert found["true size"].tolist() == SETTINGS["sizes"]
    assert found["size"].between(1 / 32**2, 1).all()
    way = demonstration.trajectories(trained, ratio=1)
    assert len(way) == len(trained) * SETTINGS["st_iterations"]
    for record in trained:
        (task,) = record.tasks
        places = len(SETTINGS["st_initial"])
        each = [task.measures[f"auc_init_{place}"] for place in range(places)]
        assert each[int(record.measures["chosen_init"])] == pytest.approx(task.auc, abs=1e-5)


def test_agreement_of_exact_and_of_scaled_values():
    exact = demonstration.learned(made.patches(lambda s, _: s, lambda r, _: r))
    table = demonstration.agreement(exact)
    assert list(table.index) == ["seed 0", "seed 1", "median of the seeds"]
    assert np.allclose(table[["ρ of size", "ρ of ratio", "size, factor", "ratio, factor"]], 1)
    doubled = demonstration.agreement(
        demonstration.learned(made.patches(lambda s, _: 2 * s, lambda r, _: 1 / r))
    )
    assert doubled.loc["seed 0", "size, factor"] == pytest.approx(2)
    assert doubled.loc["seed 0", "ρ of ratio"] == pytest.approx(-1)


def test_widget_shows_every_patch(trained):
    widget = demonstration.browser(trained)
    assert widget.captions[0].startswith("true size=0.04 ratio=1; learned size=")
    assert len(widget.captions) == len(trained)
    with pytest.raises(SsadError, match="no run"):
        demonstration.browser([])


def test_plane_has_all_groups(trained):
    table = demonstration.plane(trained[0], points=6)
    assert table["group"].value_counts().to_dict() == {"normal": 12, "augmented": 6, "anomaly": 6}
    assert np.isfinite(table[["x", "y", "score"]]).all(axis=None)


def test_starts_are_counted(trained):
    found = demonstration.learned(methods.table(trained))
    table = demonstration.starts(found)
    taken = [name for name in table if name.endswith("taken")]
    assert table[taken].to_numpy().sum() == len(trained)
