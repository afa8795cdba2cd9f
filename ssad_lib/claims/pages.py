"""Verdicts as HTML: the answer at the head of a chapter, and the scorecard's board of claims."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ssad_lib.appearance import VERDICTS
from ssad_lib.claims import ledger, printed, report, wording
from ssad_lib.claims.decisions import CHECKS
from ssad_lib.claims.ledger import Claim
from ssad_lib.claims.rule_book import NOT_RUN, Finding
from ssad_lib.evidence import Evidence

ASSETS = Path(__file__).parent / "assets"
PAPER = re.compile(r"Paper (\d{3})")
PARTS = {
    "000": "Paper 000: self-supervision is not magic",
    "001": "Paper 001: self-tuning",
    "002": "Paper 002: pitfalls and opportunities",
    "003": "Paper 003: outlier exposure",
    "004": "Paper 004: simulated anomalies",
    "": "Checks of a formula, without any run",
}
EMPHASIS = re.compile(r"\*\*?([^*]+)\*\*?")


def answer(identifiers: Iterable[str], sources: Mapping[str, Evidence], root: str = "../") -> str:
    """Return the box at the head of a chapter: each claim, its verdicts, the deciding number.

    Parameters
    ----------
    identifiers : iterable of str
    sources : mapping of str to Evidence
    root : str
        The way from the page to the root of the book.
    """
    claims = []
    for identifier in identifiers:
        claim = ledger.read(identifier)
        found = report.on_sources(identifier, sources)
        found |= {printed.SOURCE: report.on_printed(identifier)}
        ran = _by_strength(identifier, found)
        told: dict[str, Any] = {"id": claim.id, "statement": claim.statement, "verdicts": ran,
                                "why": _why(found)}  # fmt: skip
        if ran:
            strongest = found[ran[0]["source"]]
            said = _plain(wording.sentence(strongest))
            told |= {"deciding": f"{said}. {ran[0]['rates']}", "on": f"on {ran[0]['source']}"}
        claims.append(told)
    return _rendered("answer.html.jinja", claims=claims, root=root)


def board(found: Mapping[str, Mapping[str, Finding]]) -> str:
    """Return every claim with its verdicts, strongest source first, to be filtered and opened.

    Parameters
    ----------
    found : mapping of str to mapping
        The findings of each source, by claim (`scorecard.findings`).
    """
    parts: list[dict[str, Any]] = []
    for paper, claims in _by_paper().items():
        told = [_told(claim, {name: mine[claim.id] for name, mine in found.items()
                              if claim.id in mine}) for claim in claims]  # fmt: skip
        counts = Counter(str(one["word"]) for one in told)
        said = ", ".join(f"{counts[word]} {word}" for word in VERDICTS if counts[word])
        parts.append({"paper": paper or "formula", "title": PARTS.get(paper, f"Paper {paper}"),
                      "counts": said, "claims": told})  # fmt: skip
    every: list[dict[str, Any]] = [one for part in parts for one in part["claims"]]
    filters = {
        "Paper": [part["paper"] for part in parts],
        "Verdict": [word for word in VERDICTS if any(word in one["words"] for one in every)],
        "Source": sorted({name for one in every for name in one["sources"]}),
    }
    script = (ASSETS / "board.js").read_text(encoding="utf-8")
    return _rendered("board.html.jinja", parts=parts, filters=filters, script=script)


def _told(claim: Claim, found: Mapping[str, Finding]) -> dict[str, Any]:
    ran = _by_strength(claim.id, found)
    first = ran[0] if ran else {"word": NOT_RUN, "slug": _slug(NOT_RUN), "held": "",
                                "sign": VERDICTS[NOT_RUN][1]}  # fmt: skip
    return {
        **vars(claim),
        **{name: first[name] for name in ("word", "slug", "sign", "held")},
        "verdicts": ran,
        "words": list(dict.fromkeys(one["word"] for one in ran)) or [NOT_RUN],
        "sources": [one["source"] for one in ran],
        "why": _why(found),
    }


def _by_strength(claim: str, found: Mapping[str, Finding]) -> list[dict[str, Any]]:
    """Return what each source says of a claim, the one with the most trainings first."""
    ran = [(name, one) for name, one in found.items() if one.verdict != NOT_RUN]
    ran.sort(key=lambda pair: -len(pair[1].keys))
    return [
        {
            "source": name,
            "word": wording.word(one),
            "slug": _slug(wording.word(one)),
            "sign": VERDICTS[wording.word(one)][1],
            "meaning": wording.MEANING[wording.word(one)],
            "held": f"{one.held} of {len(one.parts)} hold, {one.against} against",
            "said": _plain(wording.sentence(one)).removeprefix(wording.SAID[wording.word(one)]),
            "rates": wording.rates_of(claim, name),
        }
        for name, one in ran
    ]


def _why(found: Mapping[str, Finding]) -> str:
    reasons = list(dict.fromkeys(one.note for one in found.values() if one.note))
    return reasons[0] if reasons else "no source has such runs"


def _by_paper() -> dict[str, list[Claim]]:
    parts: dict[str, list[Claim]] = {}
    for claim in map(ledger.read, ledger.names()):
        number = PAPER.search(claim.where)
        paper = "" if claim.id in CHECKS else number[1] if number else ""
        parts.setdefault(paper, []).append(claim)
    return dict(sorted(parts.items(), key=lambda item: (not item[0], item[0])))


def _slug(word: str) -> str:
    return word.replace(" ", "-")


def _plain(text: str) -> str:
    return EMPHASIS.sub(r"\1", text)


def _rendered(template: str, **values: Any) -> str:
    pages = Environment(
        loader=FileSystemLoader(ASSETS), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    style = (ASSETS / "verdicts.css").read_text(encoding="utf-8")
    return pages.get_template(template).render(style=style, **values)
