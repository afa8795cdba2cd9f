"""Outliers of a class that is to be found: one line, and a flag for those who mean it."""

from ssad_lib import cli, profiles

COMMAND = ["run", "outlier-exposure/table-1", "--profile", "smoke", "-p", "outliers=street-digits"]


def test_a_class_that_both_sets_have_is_refused_in_one_line(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("SSAD_HOME", str(tmp_path))
    assert cli.main([*COMMAND, "--dry-run"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("ssad: the outlier set 'street-digits' has the class '0'")
    assert "--allow-overlap" in line


def test_the_flag_is_a_parameter_of_the_chapter(monkeypatch):
    seen = []
    monkeypatch.setattr("ssad_lib.book.find", seen.append)
    monkeypatch.setattr(
        cli, "_dry_run", lambda options, chapters, overrides: seen.append(overrides)
    )
    assert cli.main([*COMMAND, "--allow-overlap", "--dry-run"]) == 0
    settings = profiles.settings(COMMAND[1], "smoke", seen[-1])
    assert settings["allow_overlap"] is True
    assert cli.main(["run", "not-magic/table-1", "--allow-overlap", "--dry-run"]) == 2
