"""The box at the head of a chapter: each claim, its verdicts, the number that decided."""

from html.parser import HTMLParser

import pytest

from ssad_lib import claims
from ssad_lib.appearance import VERDICTS
from ssad_lib.claims import pages, wording
from tests.claims import worlds


class Links(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.to: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.to.append(dict(attrs)["href"] or "")


@pytest.fixture(scope="module")
def sources():
    return {"this run": worlds.world(), "opposite": worlds.world(worlds.opposite, classes=6)}


def test_the_answer_says_each_verdict_and_links_to_its_meaning(sources):
    box = pages.answer(("A02", "A14"), sources)
    assert "✓ supported: this run" in box
    assert "✗ contradicted: opposite" in box
    assert "supported: the paper&#39;s own numbers" in box  # claim A14, on Table 2
    assert "../reference/verdicts.html#supported" in Links(box).to
    part = claims.decide("A02", sources["this run"]).quoted
    assert f"{part.effect:+.3f}" in box
    assert part.what in box


def test_the_strongest_source_is_the_one_with_most_runs(sources):
    box = pages.answer(("A02",), sources)
    assert box.index("supported: this run") < box.index("contradicted: opposite")
    assert "(on this run;" in box


def test_a_claim_without_runs_says_why():
    box = pages.answer(("A18",), {"this run": worlds.world()})
    assert "Not run: " in box
    assert "no runs" in box or "do not hold" in box


def test_a_formula_has_one_source():
    box = pages.answer(("B11",), {})
    assert "contradicted: the formula" in box
    assert "paper&#39;s own" not in box


def test_every_word_has_a_sign_and_a_place_on_the_page_of_verdicts():
    assert {*wording.SAID} <= {*VERDICTS}
