"""`ssad verify`: verdicts from records alone, compared with the committed ones."""

import json
import re
from dataclasses import replace

import pandas as pd
import pytest

from ssad_lib import claims, cli, paths
from ssad_lib.claims import ledger, sources, verification
from ssad_lib.claims.shelves import Committed
from ssad_lib.errors import SsadError
from ssad_lib.record import Record
from ssad_lib.store import Store
from tests.claims import worlds
from tests.test_spec import SPEC


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SSAD_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    return tmp_path


@pytest.fixture
def right(home, monkeypatch):
    """A run store in which the paper is right."""
    monkeypatch.setattr(sources, "of_profile", lambda chapter, profile, mine: worlds.world())
    return home


def test_every_claim_has_a_test_and_every_test_a_claim():
    assert ledger.names() == sorted([*claims.TESTS, *claims.CHECKS])
    assert not set(claims.TESTS) & set(claims.CHECKS)
    assert all(re.fullmatch(r"[A-F]\d\d", name) for name in ledger.names())


def test_an_empty_store_has_run_nothing(home, capsys):
    assert cli.main(["verify", "--profile", "smoke"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == sorted(claims.TESTS)
    assert all("not run" in line for line in lines)


def test_committed_verdicts_are_compared(right, capsys):
    assert cli.main(["verify", "A01", "A08", "--save"]) == 0
    assert cli.main(["verify", "A01"]) == 0
    table = pd.read_csv(right / "verdicts.csv")
    table.loc[table["claim"] == "A08", "verdict"] = "contradicted"
    table.to_csv(right / "verdicts.csv", index=False)
    assert cli.main(["verify"]) == 1
    assert "laptop: A08: supported, committed as contradicted" in capsys.readouterr().err
    assert cli.main(["verify", "A01"]) == 0
    assert cli.main(["verify", "A08", "--profile", "smoke"]) == 0  # committed for laptop only


def test_a_verdict_from_another_processor_says_so(right, capsys, monkeypatch):
    monkeypatch.setattr(verification, "instructions", lambda found: dict.fromkeys(found, "AVX512"))
    assert cli.main(["verify", "A01", "A08", "--save"]) == 0
    table = pd.read_csv(right / "verdicts.csv")
    assert list(table["instructions"]) == ["AVX512", "AVX512"]
    table.assign(verdict="contradicted").to_csv(right / "verdicts.csv", index=False)
    capsys.readouterr()
    assert cli.main(["verify", "A08"]) == 1
    assert "committed from" not in capsys.readouterr().err
    monkeypatch.setattr(verification, "instructions", lambda found: dict.fromkeys(found, "AVX2"))
    assert cli.main(["verify", "A08"]) == 1
    said = capsys.readouterr().err
    assert "A08: supported, committed as contradicted (committed from runs on AVX512, " in said
    assert "these were made on AVX2)" in said


def test_instruction_sets_are_those_of_the_runs(home):
    one, other, unknown = (
        Record(spec=replace(SPEC, seed=seed), tasks=(), loss_curve=(), provenance=made)
        for seed, made in enumerate([{"instructions": "A"}, {"instructions": "B"}, {}])
    )
    for record in (one, other, unknown):
        Store().append(record)
    keys = [record.spec.key for record in (one, other, unknown)]
    found = {
        "A01": claims.Finding("supported", keys=tuple(keys[:1])),
        "A02": claims.Finding("supported", keys=tuple(keys)),
        "A03": claims.Finding("not run"),
        "A04": claims.Finding("supported", keys=("nowhere",)),
    }
    assert verification.instructions(found) == {"A01": "A", "A02": "A and B", "A03": "", "A04": ""}


def test_saving_keeps_what_was_not_asked_for(right):
    cli.main(["verify", "A01", "A02", "--save"])
    cli.main(["verify", "A02", "--save", "--profile", "smoke"])
    cli.main(["verify", "A01", "--save"])
    table = pd.read_csv(right / "verdicts.csv")
    assert list(zip(table["source"], table["claim"], strict=True)) == [
        ("laptop", "A01"), ("laptop", "A02"), ("smoke", "A02"),
    ]  # fmt: skip


def test_json_holds_every_part_and_run(right, capsys):
    cli.main(["verify", "A02", "--json"])
    (claim,) = json.loads(capsys.readouterr().out)["claims"].values()
    assert claim["verdict"] == "supported"
    assert [part["n"] for part in claim["parts"]] == [10, 10, 10]
    assert any(key.startswith("DAE-CutOut") for key in claim["runs"])


def test_a_source_without_committed_verdicts_says_so(right, capsys):
    assert cli.main(["verify", "A01"]) == 0
    assert "laptop: compared with no committed verdicts: none are" in capsys.readouterr().err
    cli.main(["verify", "A01", "--save"])
    assert cli.main(["verify", "A01", "-p", "seeds=[0,1]"]) == 0
    said = capsys.readouterr().err
    assert "compared with no committed verdicts: other parameters were asked for" in said


def test_parameters_reach_the_chapters_that_have_them(home, monkeypatch):
    asked = []

    def of_profile(chapter, profile, mine):
        asked.append((chapter, mine))
        return worlds.world()

    monkeypatch.setattr(sources, "of_profile", of_profile)
    verification.verify("laptop", ["A01", "B07"], {"seeds": [0, 1], "epochs": 3})
    assert asked == [
        ("not-magic/table-1", {"seeds": [0, 1], "epochs": 3}),
        ("self-tuning/demonstration", {"seeds": [0, 1]}),
    ]
    with pytest.raises(SsadError, match="no chapter of these claims has a parameter epocks"):
        verification.verify("laptop", ["A01"], {"epocks": 3})


def test_the_formula_is_a_source_of_its_own(home, capsys):
    assert cli.main(["verify", "--source", "the formula", "--save"]) == 0
    table = pd.read_csv(home / "verdicts.csv")
    assert dict(zip(table["claim"], table["verdict"], strict=True)) == {
        "B10": "supported", "B11": "contradicted",
    }  # fmt: skip
    assert cli.main(["verify", "--source", "the formula"]) == 0


def test_missing_data_is_not_run_and_says_why(home, monkeypatch):
    monkeypatch.delenv("SSAD_DATA", raising=False)
    found = verification.verify("paper", ["A01"])["A01"]
    assert found.verdict == claims.NOT_RUN
    assert "no data root" in found.note


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["A27"], "did you mean 'A2"),
        (["--profile", "lap"], "did you mean 'laptop'"),
        (["--source", "CIFAR-10 reduced"], "unknown source of evidence"),
    ],
)
def test_unknown_names_are_refused(arguments, message, home, capsys):
    assert cli.main(["verify", *arguments]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert len(said.splitlines()) == 1


def test_claims_state_everything():
    for name in ledger.names():
        claim = ledger.read(name)
        assert all(len(text) > 8 for text in vars(claim).values() if text != claim.id)
        assert re.match(r"Paper 00\d, ", claim.where)
    with pytest.raises(SsadError, match="unknown claim .A0I.: did you mean"):
        ledger.read("A0I")


def test_a_study_of_which_runs_are_missing_is_judged_with_a_word_about_it():
    shelf = Committed("laptop")
    whole = sources.of_profile("not-magic/finding-1", "laptop", shelf=shelf)
    assert whole.lacking == ""
    gone = next(key for key, record in shelf._by_key.items() if record.spec.detector == "DeepSAD")
    del shelf._by_key[gone]
    partial = sources.of_profile("not-magic/finding-1", "laptop", shelf=shelf)
    assert "runs of not-magic/finding-1 are here" in partial.lacking
    assert claims.decide("A02", partial).note.startswith("only ")
    assert claims.decide("A02", whole).note == ""


def test_saving_a_source_without_numbers_leaves_all_other_lines_as_they_are(tmp_path):
    path = tmp_path / "verdicts.csv"
    names = ("CIFAR-10, reduced", "magnetic tile, reduced")
    verification.save(names[0], verification.verify(names[0], ["A02", "A14"]), path)
    before = path.read_text().splitlines()
    verification.save(names[1], verification.verify(names[1], ["A02"]), path)
    assert set(before) < set(path.read_text().splitlines())


def test_saving_drops_the_lines_of_a_source_that_is_no_more(tmp_path):
    path = tmp_path / "verdicts.csv"
    found = verification.verify("CIFAR-10, reduced", ["A02"])
    verification.save("CIFAR-10 of old", found, path)
    assert "CIFAR-10 of old" in path.read_text()
    verification.save("CIFAR-10, reduced", found, path)
    assert list(pd.read_csv(path)["source"]) == ["CIFAR-10, reduced"]
