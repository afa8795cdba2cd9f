"""What `ssad run` ends with: the verdicts of the claims that its chapters show."""

import pytest

from ssad_lib import cli, paths
from ssad_lib.claims import sources, verification
from ssad_lib.review import verdicts
from tests.claims import worlds

CHAPTER = "not-magic/table-1"


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """Chapters execute at once, in a world in which the paper is right; what was asked for."""
    found = []

    def of_profile(chapter, profile, overrides):
        found.append((chapter, profile, overrides))
        return worlds.world()

    monkeypatch.setattr(sources, "of_profile", of_profile)
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    monkeypatch.setattr("ssad_lib.book.execute", lambda name, *_, **__: f"executed/{name}.ipynb")
    return found


def test_a_run_ends_with_the_verdicts_of_its_chapter(asked, capsys):
    assert cli.main(["run", CHAPTER, "--profile", "smoke"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].endswith(f"executed/{CHAPTER}.ipynb")
    assert said[1] == f"verdicts of {CHAPTER}, smoke:"
    assert [line.split()[0] for line in said[2:]] == ["A01", "A08", "A09", "A10"]
    assert said[2].split()[1] == "supported"
    assert asked == [(CHAPTER, "smoke", {})]  # one look at the store for all four


def test_the_evidence_is_that_of_the_parameters_just_run(asked, capsys):
    assert cli.main(["run", CHAPTER, "-p", "seeds=[0,1]"]) == 0
    assert asked == [(CHAPTER, "laptop", {"seeds": [0, 1]})]


def test_a_verdict_that_differs_from_the_committed_one_is_said(asked):
    verification.save("laptop", verification.verify("laptop", ["A01", "A08"]))
    path = paths.RESULTS / verification.COMMITTED
    path.write_text(path.read_text().replace("supported", "contradicted"))
    said = verdicts.lines(CHAPTER, "laptop", {})
    assert "  (A01: supported, committed as contradicted)" in said
    other = verdicts.lines(CHAPTER, "laptop", {"seeds": [0]})
    assert not any("committed as" in line for line in other)


def test_claims_about_a_formula_have_verdicts_whatever_the_parameters(asked):
    said = verdicts.lines("self-tuning/validation-loss", "laptop", {"steps": 5})
    assert said[0] == "verdicts of self-tuning/validation-loss, the formula:"
    assert [line.split()[0] for line in said[1:3]] == ["B10", "B11"]
    assert asked == []


def test_a_chapter_without_claims_says_so(asked, capsys):
    assert cli.main(["run", "scorecard"]) == 0
    assert "scorecard shows no claim of its own" in capsys.readouterr().out
