"""Adding a claim takes an entry of the ledger and one module."""

import sys
import types

import pytest

from ssad_lib import claims
from ssad_lib.claims import decisions, ledger
from ssad_lib.claims.calibration import rates


def test_every_claim_of_the_ledger_is_declared_once():
    assert sorted([*claims.TESTS, *claims.CHECKS]) == ledger.names()
    assert [*claims.TESTS] == sorted(claims.TESTS)
    assert set(rates.WORLDS) == set(claims.TESTS)


@pytest.fixture
def added(tmp_path, monkeypatch):
    """A paper's package with one module, whose content is given."""

    def add(content):
        folder = tmp_path / "added_paper"
        folder.mkdir()
        (folder / "__init__.py").write_text("")
        (folder / "claims.py").write_text(content)
        package = types.ModuleType("added_paper")
        package.__path__ = [str(folder)]
        monkeypatch.setitem(sys.modules, "added_paper", package)
        monkeypatch.delitem(sys.modules, "added_paper.claims", raising=False)
        monkeypatch.setattr(decisions, "PAPERS", (*decisions.PAPERS, package))

    return add


def test_a_module_that_declares_a_claim_is_found(added):
    added("TESTS = {'Z01': min}\nWORLDS = {'Z01': max}\n")
    assert decisions.declared("TESTS")["Z01"] is min
    assert decisions.declared("WORLDS")["Z01"] is max


def test_claim_that_two_modules_declare_is_refused(added):
    added("TESTS = {'A01': min}\n")
    with pytest.raises(ValueError, match="declares claim A01, as another module does"):
        decisions.declared("TESTS")
