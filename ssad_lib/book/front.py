"""The front page: what the book found, written from its contents, its ledger and its verdicts.

The page's source says where each part goes (`ssad_lib.book.places`).
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Mapping

import pandas as pd

from ssad_lib import paths, results
from ssad_lib.appearance import VERDICTS
from ssad_lib.book.contents import Chapter, chapters
from ssad_lib.claims import CHECKS, catalogue, ledger, printed
from ssad_lib.claims.rule_book import CONTRADICTED, MOSTLY, NO_SIGN, NOT_RUN, SUPPORTED
from ssad_lib.claims.verification import every_source
from ssad_lib.display import figure_html
from ssad_lib.evidence import MODELS, tidy
from ssad_lib.figures import Drawing, heat_maps
from ssad_lib.studies.grid import budget_label
from ssad_lib.studies.not_magic import table_1

PAPER = re.compile(r"Paper (\d{3})")
MODEL = "DAE"  # whose rows of Table 1 are shown
OURS = catalogue.GRIDS | catalogue.ROWS  # what may stand beside the paper's, and its folder
BEST = ("the paper's budget", *catalogue.ROWS)  # of these, the first that is there
SMALLEST = "smoke"  # a profile that shows that everything works, not what is true
CARD_INCHES, CARD_DOTS = (8.0, 4.2), 150  # 1200 by 630 pixels, as messengers show it
SAID = {  # of one claim, of several
    SUPPORTED: ("holds", "hold"),
    MOSTLY: ("mostly holds", "mostly hold"),
    CONTRADICTED: ("does not", "do not"),
    NO_SIGN: ("shows no sign of it", "show no sign of it"),
}
OPEN = "cannot be told yet"


def picture() -> str:
    """Return Table 1 as a heat map, the paper's beside ours, in HTML."""
    budget, drawing = _table_1()
    caption = (
        f"Mean AUC of {MODEL} in Table 1 of paper 000, as printed and by this book ({budget}). "
        "Framed: the augmentation that also made the anomalies."
    )
    return figure_html(*drawing, caption)


def card() -> bytes:
    """Return the same picture as PNG, for links to the book."""
    import matplotlib.pyplot as plt

    _, drawing = _table_1()
    drawn, buffer = drawing.make(), io.BytesIO()
    drawn.set_size_inches(*CARD_INCHES)
    drawn.savefig(buffer, format="png", dpi=CARD_DOTS, metadata={"Software": None})
    plt.close(drawn)
    return buffer.getvalue()


def _table_1() -> tuple[str, Drawing]:
    """Return the budget of our panel in words, and both panels."""
    name = next(name for name in BEST if (paths.RESULTS / OURS[name]).is_dir())
    shown = (MODEL, MODELS[MODEL])
    records = [r for r in results.committed(OURS[name]) if r.spec.detector in shown]
    panels = table_1.heat_map_panels(MODEL, {name: table_1.units(tidy(records))})
    titles = {"paper": "printed in the paper", name: f"this book: {name}"}
    drawing = heat_maps({titles[one]: table for one, table in panels.items()})
    return budget_label(records), drawing


def verdicts() -> str:
    """Return one sentence a paper: how many of its claims hold, by their strongest source."""
    decided = strongest()
    parts = {chapter.name: chapter.part for chapter in chapters()}
    lines = []
    for paper, claims in _by_paper().items():
        counts = Counter(decided.get(claim.id, NOT_RUN) for claim in claims)
        title = Counter(parts.get(claim.chapter, "") for claim in claims).most_common(1)[0][0]
        lines.append(f"- **{title}** (paper {paper}): of {len(claims)} claims, {said(counts)}.")
    return "\n".join(lines)


def said(counts: Counter[str]) -> str:
    """Return in words how many claims hold, how many do not, and how many are open."""
    told = [
        f"**{counts[word]}** {forms[counts[word] > 1]}"
        for word, forms in SAID.items()
        if counts[word]
    ]
    left = counts.total() - sum(counts[word] for word in SAID)
    return ", ".join([*told, f"**{left}** {OPEN}"] if left else told)


def strongest() -> dict[str, str]:
    """Return the verdict of each claim, or its shade, from the source with the most trainings.

    Of those in ``results/verdicts.csv``; claims that no source has run are missing.
    """
    table = pd.read_csv(paths.RESULTS / "verdicts.csv")
    ours = ~table["source"].isin([SMALLEST, printed.SOURCE])
    ran = table[(table["verdict"] != NOT_RUN) & ours]
    place = {name: at for at, name in enumerate(every_source())}  # decides between equals
    ordered = ran.assign(place=ran["source"].map(place)).sort_values(
        ["runs", "place"], ascending=[False, True]
    )
    first = ordered.drop_duplicates("claim")
    said = first["shade"].where(first["shade"].notna(), first["verdict"])
    return dict(zip(first["claim"], said, strict=True))


def contents() -> str:
    """Return every chapter below its part, with the verdicts of the claims that it shows."""
    decided = strongest()
    lines: list[str] = []
    part = ""
    for chapter in chapters():
        if chapter.part != part:
            part = chapter.part
            lines += ["", f"**{part}**", ""]
        if part:
            lines.append(_entry(chapter, decided))
    return "\n".join(lines).strip()


def _entry(chapter: Chapter, decided: Mapping[str, str]) -> str:
    """Return the line of a chapter: its title as a link, and its claims with their signs."""
    link = f"- [{chapter.title}]({chapter.name}{chapter.source.suffix})"
    shown = [
        claim.id for claim in map(ledger.read, ledger.names()) if claim.chapter == chapter.name
    ]
    signs = [f"{VERDICTS[decided.get(name, NOT_RUN)][1]} {name}" for name in shown]
    return f'{link} <span class="ssad-signs">{" · ".join(signs)}</span>' if signs else link


def _claims() -> list[ledger.Claim]:
    return [ledger.read(name) for name in ledger.names()]


def _by_paper() -> dict[str, list[ledger.Claim]]:
    """Return the claims of each paper that runs decide, by its number in this book."""
    found: dict[str, list[ledger.Claim]] = {}
    for claim in (claim for claim in _claims() if claim.id not in CHECKS):
        number = PAPER.search(claim.where)
        found.setdefault(number[1] if number else "", []).append(claim)
    return dict(sorted(found.items()))
