"""Which runs the chapters of paper 004 ask for."""

import pytest

from ssad_lib import profiles
from ssad_lib.errors import SsadError
from ssad_lib.studies import estimate, plan
from ssad_lib.studies.simulation import methods, runs
from tests.studies.simulation.made import SETTINGS, SURFACES


def planned(chapter, **changes):
    return runs.for_chapter(f"simulation/{chapter}", {**SETTINGS, **changes})


def names(specs):
    return sorted(name for spec in specs for name in methods.names_of(spec))


def test_tables_1_to_3_have_every_method_and_rows_without_training_and_simulation():
    specs = planned("tables-1-2", surfaces=SURFACES[:1])
    assert names(specs) == sorted(["AE", "untrained", "DRAEM", "NSA", "PatchCore", "Ours"])
    assert {spec.testbeds for spec in specs if spec.detector != "AE"} == {
        ("one-vs-rest", "simulated")
    }
    assert specs == planned("table-3", surfaces=SURFACES[:1])


def test_table_4_shares_runs_with_the_others():
    first = {spec.key for spec in planned("tables-1-2")}
    fourth = {spec.key for spec in planned("table-4")}
    assert len(first & fourth) == 3 * len(SURFACES)  # untrained, DRAEM, Ours


def test_one_thing_differs_between_columns():
    carpet = {
        name: dict(runs.run(SETTINGS, "textures:carpet", name, 0).detector_options)
        for name in ("DRAEM", "D.NoRot", "D.Our", "Our.D", "Ours")
    }
    assert set(carpet["D.NoRot"].items()) - set(carpet["DRAEM"].items()) == {
        ("rotate_normals", False)
    }
    assert carpet["D.Our"]["simulations"] == carpet["Ours"]["simulations"]
    assert not carpet["D.Our"]["rotate_normals"]
    assert not carpet["Ours"]["rotate_normals"]
    assert carpet["Our.D"]["simulations"] == ("transparent", "opaque")
    assert carpet["Our.D"]["rotate_normals"]
    budgets = [{name: one[name] for name in runs.BUDGET} for one in carpet.values()]
    assert all(budget == budgets[0] for budget in budgets)


def test_where_the_selection_is_draems_two_columns_are_one_run():
    ours, theirs = (runs.run(SETTINGS, "textures:tile", name, 0) for name in ("Ours", "Our.D"))
    assert ours.key == theirs.key
    assert methods.names_of(ours) == ("Ours", "Our.D")
    assert methods.names_of(runs.run(SETTINGS, "textures:carpet", "Ours", 0)) == ("Ours",)


@pytest.mark.parametrize("name", runs.METHODS)
def test_every_method_is_found_again_from_its_run(name):
    assert name in methods.names_of(runs.run(SETTINGS, "textures:carpet", name, 0))


def test_nsa_knows_textures_from_objects_and_the_labels_of_a_class():
    chosen = {
        surface: dict(runs.run(SETTINGS, surface, "NSA", 0).detector_options)
        for surface in ("textures:carpet", "textures:cable", "textures:weave")
    }
    found = {name: (one["kind"], one["slope"], one["middle"]) for name, one in chosen.items()}
    assert found == {
        "textures:carpet": ("texture", 1 / 3, 7.0),
        "textures:cable": ("object", 1 / 12, 24.0),
        "textures:weave": ("texture", 1 / 3, 7.0),
    }


def test_the_mechanism_compares_splits_and_nothing_else():
    specs = planned("mechanism", surfaces=SURFACES)
    assert len(specs) == 4
    for none, parity in zip(specs[::2], specs[1::2], strict=True):
        first, second = dict(none.detector_options), dict(parity.detector_options)
        assert {**first, "split": "parity"} == second
        assert not first["rotate_normals"]


def test_ablations_are_added_by_name():
    more = planned("table-4", ablations=["no NDAA", "75 % for R"])
    assert {"no NDAA", "75 % for R"} <= set(names(more))
    with pytest.raises(SsadError, match="there is no ablation 'no ndaa': choose of no NDAA"):
        planned("table-4", ablations=["no ndaa"])


def test_what_is_empty_is_named():
    with pytest.raises(SsadError, match="parameter 'seeds' is empty"):
        planned("tables-1-2", seeds=[])


@pytest.mark.parametrize("chapter", runs.CHAPTERS)
@pytest.mark.parametrize("profile", ["smoke", "laptop"])
def test_the_plan_knows_the_runs_of_every_chapter(chapter, profile):
    settings = profiles.settings(chapter, profile)
    specs = plan.of_chapter(chapter, settings)
    assert specs
    assert settings["source"] in runs.label(settings)


def test_an_estimate_knows_detectors_with_and_without_training():
    for name in ("Ours", "PatchCore"):
        cost = estimate.measure(runs.run(SETTINGS, "textures:carpet", name, 0))
        assert cost.training > 0
        assert cost.evaluation > 0
        assert (cost.operations > 0) == (name == "Ours")
