"""Profiles: one set of names in all four, strict types, nearest names."""

import pytest

from ssad_lib import profiles
from ssad_lib.errors import SsadError

CHAPTER = "not-magic/table-1"


@pytest.mark.parametrize("profile", profiles.NAMES)
def test_all_profiles_have_the_same_parameters_of_the_same_type(profile):
    laptop, other = profiles.read("laptop"), profiles.read(profile)
    assert other.keys() == laptop.keys()
    for chapter, values in laptop.items():
        assert {k: type(v) for k, v in other[chapter].items()} == {
            k: type(v) for k, v in values.items()
        }


def test_overrides_replace_single_values():
    plain = profiles.settings(CHAPTER, "smoke")
    changed = profiles.settings(CHAPTER, "smoke", {"epochs": 7, "seeds": [1, 2]})
    assert changed == {**plain, "epochs": 7, "seeds": [1, 2]}
    assert profiles.settings(CHAPTER, "smoke") == plain


@pytest.mark.parametrize(("given", "expected"), [(1, 1.0), ("1e-3", 1e-3), (0.5, 0.5)])
def test_numbers_that_yaml_reads_differently_are_accepted(given, expected):
    value = profiles.settings(CHAPTER, "smoke", {"learning_rate": given})["learning_rate"]
    assert (type(value), value) == (float, expected)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"epoch": 1}, "unknown parameter of chapter.*'epoch': did you mean 'epochs'"),
        ({"epochs": "many"}, "'epochs' takes a whole number such as 2, not 'many'"),
        ({"epochs": 1.5}, "whole number"),
        ({"epochs": True}, "whole number"),
        ({"learning_rate": "fast"}, "takes a number"),
        ({"learning_rate": float("nan")}, "takes a number such as .*, not nan"),
        ({"learning_rate": "nan"}, "takes a number such as .*, not nan"),
        ({"learning_rate": float("inf")}, "takes a number such as .*, not inf"),
        ({"seeds": 0}, "takes a list"),
        ({"seeds": ["a"]}, "takes a whole number"),
        ({"image_set": 3}, "takes a name"),
    ],
)
def test_bad_overrides_are_named(overrides, message):
    with pytest.raises(SsadError, match=message):
        profiles.settings(CHAPTER, "smoke", overrides)


def test_unknown_profile_is_named():
    with pytest.raises(SsadError, match="unknown profile 'labtop': did you mean 'laptop'"):
        profiles.settings(CHAPTER, "labtop")


def test_chapter_without_parameters_says_so():
    with pytest.raises(SsadError, match="has no parameters"):
        profiles.settings("intro", "smoke", {"epochs": 1})


def test_assignments_are_yaml():
    assert profiles.assignments(["a=1", "b=[0, 1]", "c=x=y"]) == {"a": 1, "b": [0, 1], "c": "x=y"}
    for pair in ("a", "=1", "a=[1"):
        with pytest.raises(SsadError, match="-p"):
            profiles.assignments([pair])


def test_damaged_profile_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(profiles.paths, "PARAMETERS", tmp_path)
    (tmp_path / "smoke.yaml").write_text("a: [")
    with pytest.raises(SsadError, match=r"smoke.yaml cannot be read"):
        profiles.read("smoke")
