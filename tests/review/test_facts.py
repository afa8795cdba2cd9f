"""What a source says as plain data: verdict and committed verdict, budget, versions, keys."""

import json
from dataclasses import replace

import numpy as np
import pytest

from ssad_lib import cli, paths
from ssad_lib.claims import Finding, Part, verification, wording
from ssad_lib.review import facts, made
from ssad_lib.store import Store
from tests.test_spec import SPEC
from tests.test_store import record

PART = Part("Flip over none", 0.1, float("nan"), float("inf"), "AUC", 6, 0.02, 0.99)


def trained(seed=0, **provenance):
    return replace(record(seed), provenance={"version": "1", "seconds": 2.5, **provenance})


def test_json_has_budget_versions_and_the_committed_verdict(capsys):
    assert cli.main(["verify", "B09", "--source", "MNIST turned, reduced", "--json"]) in (0, 1)
    said = json.loads(capsys.readouterr().out)
    assert said["source"] == "MNIST turned, reduced"
    assert said["versions"]["torch"]
    claim = said["claims"]["B09"]
    before = verification.committed("MNIST turned, reduced")["verdict"]
    assert claim["committed"] == before["B09"]
    assert claim["budget"].startswith("mnist: ")
    assert claim["cost"]["runs"] == len(claim["runs"]) > 0
    assert claim["parameters"] == {}  # committed records have none: their budget is in words


def test_a_profile_has_parameters_and_other_ones_no_committed_verdict():
    (one,) = facts.of_source("laptop", {"A01": Finding("not run")})["claims"].values()
    assert one["parameters"]["image_set"] == "street-digits"
    assert one["committed"] == verification.committed("laptop")["verdict"]["A01"]
    said = facts.of_source("laptop", {"A01": Finding("not run")}, {"epochs": 3, "steps": 5})
    assert said["overrides"] == {"epochs": 3, "steps": 5}
    (other,) = said["claims"].values()
    assert other["parameters"] == one["parameters"] | {"epochs": 3}
    assert other["committed"] is None


def test_every_source_gives_one_list(monkeypatch, capsys):
    monkeypatch.setattr(verification, "every_source", lambda: ["smoke", "the formula"])
    assert cli.main(["verify", "B10", "--source", "all", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [one["source"] for one in said] == ["smoke", "the formula"]
    assert list(said[1]["claims"]) == ["B10"]


def test_what_is_not_finite_is_null_and_numbers_of_numpy_are_numbers():
    finding = Finding("supported", (replace(PART, n=np.int64(6), effect=np.float64(0.1)),))
    said = json.loads(facts.as_json(facts.of_source("laptop", {"A01": finding})))
    (part,) = said["claims"]["A01"]["parts"]
    assert (part["low"], part["high"]) == (None, None)
    assert (part["n"], part["effect"]) == (6, 0.1)


def test_kinds_of_inconclusive_are_told_apart_and_rules_have_error_rates():
    parts = tuple(
        replace(PART, verdict=said) for said in ("supported", "supported", "inconclusive")
    )
    finding = Finding("inconclusive", parts)
    (claim,) = facts.of_source("laptop", {"A01": finding})["claims"].values()
    assert (claim["verdict"], claim["word"], claim["held"]) == ("inconclusive", "mostly holds", 2)
    assert claim["error_rates"] == wording.rates_of("A01", "laptop")


def test_versions_and_cost_are_those_of_the_runs():
    for one in (trained(0, torch="2.5", peak_memory_mib=10), trained(1, torch="2.6")):
        Store().append(one)
    keys = tuple(replace(SPEC, seed=seed).key for seed in (0, 1, 2))
    (claim,) = facts.of_source("laptop", {"A01": Finding("supported", keys=keys)})[
        "claims"
    ].values()
    assert claim["versions"]["torch"] == ["2.5", "2.6"]
    assert claim["versions"]["commit"] == []
    assert claim["cost"] == {"runs": 2, "seconds": 5.0, "peak_memory_mib": 10}
    assert claim["runs"] == list(keys)  # the third is nowhere, and is not hidden


def test_image_sets_trained_on_alike_are_named_together():
    alike = [replace(record(), spec=replace(SPEC, image_set=name)) for name in ("a", "b")]
    said = made.budget(alike)
    assert said.startswith("a, b: ")
    assert said.count("rate") == 1
    assert made.budget([]) == ""


@pytest.mark.parametrize(
    "source", ["CIFAR-10, Fashion-MNIST and MNIST, reduced", "magnetic tile, reduced"]
)
def test_records_of_committed_sources_are_found_with_their_cases(source):
    found = verification.verify(source)
    keys = {key for finding in found.values() for key in finding.keys}
    assert keys
    assert facts.records_behind(source, keys).keys() == keys


def test_no_folder_of_results_is_needed(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    assert facts.records_behind("MNIST, reduced", ["0" * 32]) == {}
