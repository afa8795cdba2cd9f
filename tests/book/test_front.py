"""The front page says what the ledger, the contents and the committed verdicts say."""

from __future__ import annotations

import io
import re
import shutil
from collections import Counter

import pandas as pd
import pytest
from PIL import Image

from ssad_lib import book, paths
from ssad_lib.book import front
from ssad_lib.book.places import PLACE, filled
from ssad_lib.book.staging import CARD
from ssad_lib.claims import CHECKS, ledger
from ssad_lib.errors import SsadError

VERDICTS = pd.DataFrame(
    [
        ("A01", "CIFAR-10, reduced", "inconclusive", "too little data", 120),
        ("A01", "CIFAR-10 and MNIST, reduced", "supported", None, 240),
        ("A01", "the paper's budget", "not run", None, 999),
        ("A01", "smoke", "contradicted", None, 5000),
        ("A02", "MNIST, reduced", "contradicted", None, 10),
        ("A04", "MNIST, reduced", "inconclusive", "mostly holds", 10),
        ("A05", "MNIST, reduced", "inconclusive", "too little data", 10),
        ("B10", "the formula", "supported", None, 0),
    ],
    columns=["claim", "source", "verdict", "shade", "runs"],
)


@pytest.fixture
def committed(tmp_path, monkeypatch):
    VERDICTS.to_csv(tmp_path / "verdicts.csv", index=False)
    monkeypatch.setattr(paths, "RESULTS", tmp_path)


def test_a_claim_has_the_verdict_of_the_most_trainings(committed):
    assert front.strongest() == {
        "A01": "supported", "A02": "contradicted", "A04": "mostly holds",
        "A05": "too little data", "B10": "supported",
    }  # fmt: skip


def test_every_paper_has_one_sentence_and_its_counts_add_up(committed):
    claims = Counter(ledger.read(name).where[:9] for name in ledger.names() if name not in CHECKS)
    lines = front.verdicts().splitlines()
    assert len(lines) == len(claims)
    first, second, *_ = lines
    total = claims["Paper 000"]
    assert first == (
        f"- **Self-supervision is not magic** (paper 000): of {total} claims, **1** holds, "
        f"**1** mostly holds, **1** does not, **{total - 3}** cannot be told yet."
    )
    assert f"of {claims['Paper 001']} claims, **{claims['Paper 001']}** cannot be told" in second


def test_nothing_is_open_where_all_is_told():
    assert front.said(Counter(supported=2)) == "**2** hold"


def test_contents_name_every_chapter_with_the_claims_it_shows(committed):
    made = front.contents()
    for chapter in book.chapters():
        linked = f"[{chapter.title}]({chapter.name}{chapter.source.suffix})"
        assert (linked in made) == bool(chapter.part)
    shown = re.findall(r"([^\s>]+) ([A-Z]\d\d)", made)
    assert sorted(name for _, name in shown) == sorted(ledger.names())
    signs = {name: sign for sign, name in shown}
    assert [signs[name] for name in ("A01", "A02", "A03", "A04", "A05", "B10")] == [
        "✓", "✗", "–", "◐", "?", "✓",
    ]  # fmt: skip


def test_the_picture_shows_the_paper_beside_ours():
    made = front.picture()
    assert "printed in the paper: CutOut best with CutOut" in made
    assert "this book: CIFAR-10, DAE alone: CutOut best with CutOut" in made
    assert "by this book (cifar10: 4,000 images a class, 10 normal classes" in made
    assert 'class="ssad-figure"' in made
    assert "\n" not in made  # else Markdown would take it apart


def test_the_picture_of_links_has_the_size_that_messengers_show():
    assert Image.open(io.BytesIO(front.card())).size == (1200, 630)


def test_a_place_that_nobody_can_write_names_the_nearest():
    with pytest.raises(SsadError, match="unknown computed part of a page 'verdict'.*verdicts"):
        filled("{{ verdict }}\n")


def test_staging_writes_the_page_and_leaves_its_source(mini, monkeypatch):
    shutil.rmtree(mini.folder / "part")
    (mini.folder / "_toc.yml").write_text("format: jb-book\nroot: intro\n")
    source = mini.folder / "intro.md"
    source.write_text("# Title\n\n{{ verdicts }}\n\nThe end of {{ verdicts }}.\n")
    monkeypatch.setattr(front, "verdicts", lambda: "- all hold")
    monkeypatch.setattr(front, "card", lambda: b"png")
    folder = book.stage("smoke")
    page = (folder / "intro.md").read_text()
    assert page == "# Title\n\n- all hold\n\nThe end of {{ verdicts }}.\n"
    assert (folder / CARD).read_bytes() == b"png"
    assert PLACE.search(source.read_text())


def test_a_book_without_such_places_has_no_picture(mini):
    shutil.rmtree(mini.folder / "part")
    (mini.folder / "_toc.yml").write_text("format: jb-book\nroot: intro\n")
    assert not (book.stage("smoke") / CARD).exists()
