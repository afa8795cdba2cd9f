"""``ssad verify --calibrate``: what it prints, commits and leaves out."""

import pandas as pd
import pytest

from ssad_lib import cli, paths
from ssad_lib.claims.calibration import rates
from ssad_lib.claims.calibration.rates import Rates

SOURCE = "CIFAR-10, reduced"
ASKED = ["verify", "A02", "--calibrate", "--simulations", "4"]


@pytest.fixture
def committed(tmp_path, monkeypatch):
    for name in ("cifar10-grid", "table-2-mmd"):
        (tmp_path / name).symlink_to(paths.RESULTS / name)
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    old = [
        Rates(claim, source, 10, 0.5, 0.5, 0.5, 0.5, "an effect", False, 9)
        for claim in ("A02", "A03")
        for source in (SOURCE, "CIFAR-10 of old")
    ]
    return rates.save(rates.table(old))


def test_rates_are_committed_and_those_of_a_source_that_is_no_more_go(committed, capsys):
    cli.main([*ASKED, "--source", SOURCE, "--save"])
    assert f"A02  {SOURCE}: by chance supported in" in capsys.readouterr().out
    table = pd.read_csv(committed).set_index("claim")
    assert list(table["source"]) == [SOURCE, SOURCE]
    assert table["simulations"].to_dict() == {"A02": 4, "A03": 9}


def test_without_save_nothing_is_written(committed):
    before = committed.read_bytes()
    cli.main([*ASKED, "--source", SOURCE])
    assert committed.read_bytes() == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--source", SOURCE, "--simulations", "0"], "--simulations is 0: take at least 1"),
        (["--profile", "smoke"], "records of profile 'smoke' are not committed: take 'laptop'"),
        (["--source", SOURCE, "-p", "size=8"], "-p changes nothing here"),
    ],
)
def test_what_cannot_be_measured_is_one_line(options, message, capsys):
    assert cli.main([*ASKED, *options]) == 2
    assert message in capsys.readouterr().err
