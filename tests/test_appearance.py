import pytest

from ssad_lib import augment
from ssad_lib.appearance import CATEGORIES, GROUPS, effect, in_powers, p_text, signed


def test_every_category_has_a_mark_of_its_own():
    assert {augment.get(name).category for name in augment.names()} == set(CATEGORIES)
    for marks in (CATEGORIES, GROUPS):
        assert len({mark.shape for mark in marks.values()}) == len(marks)
        assert len({mark.colour for mark in marks.values()}) == len(marks)


def test_groups_use_colours_whose_contrast_is_tested():
    assert {mark.colour for mark in GROUPS.values()} <= set(augment.COLOURS.values())


@pytest.mark.parametrize(
    ("p", "text", "meaning"),
    [
        (2e-6, "<0.001", "beneficial"),
        (0.0499, "0.050", "beneficial"),
        (0.5, "0.500", "no clear effect"),
        (0.951, "0.951", "harmful"),
        (0.9999, ">0.999", "harmful"),
        (float("nan"), "–", "not tested"),
    ],
)
def test_p_values_as_the_paper_reads_them(p, text, meaning):
    assert p_text(p) == text
    assert effect(p) == meaning


@pytest.mark.parametrize(
    ("value", "text"), [(1e-6, "10⁻⁶"), (8.9e-16, "9 × 10⁻¹⁶"), (2e7, "2 × 10⁷")]
)
def test_tiny_and_huge_numbers_are_powers_of_ten(value, text):
    assert in_powers(value) == text


def test_signs_are_as_long_as_each_other():
    assert [signed(0.12), signed(-0.1234), signed(0.5, 1), signed(float("nan"))] == [
        "+0.120", "−0.123", "+0.5", "–",
    ]  # fmt: skip
