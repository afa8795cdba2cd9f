"""What the runs of each chapter cost and which claims they decide: how budgets are chosen.

A claim is counted in the chapter that trains the last of the runs it needs, in the book's order.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ssad_lib import profiles, results
from ssad_lib.book.contents import chapters
from ssad_lib.claims import ledger, verification
from ssad_lib.claims.calibration import committed as rates
from ssad_lib.claims.rule_book import CONTRADICTED, SUPPORTED
from ssad_lib.studies import plan
from ssad_lib.tables import table_html

PROFILE = "laptop"  # whose records are committed whole
DECIDED = (SUPPORTED, CONTRADICTED)
FOUND = "effects found a minute"


def as_html() -> str:
    """Return the table of the laptop profile for a page of text."""
    caption = (
        f"What the {PROFILE} profile spends and what it buys, from its committed records: minutes "
        "of one core; claims whose last runs are trained there, and how many of them are decided; "
        "the mean chance of their rules to find the papers' printed effect; and how many effects "
        "are to be found for a minute."
    )
    return table_html(
        table(PROFILE), caption, formats={"minutes": "{:.1f}", "power": "{:.2f}", FOUND: "{:.2f}"}
    )


def table(profile: str) -> pd.DataFrame:
    """Return what each chapter spends and buys, indexed by chapter.

    Columns are the runs that no earlier chapter trains, ``minutes`` of one core (NaN where no
    claim needs the runs and none is committed), the claims that are judged by them and by runs
    before them, how many of these claims are ``decided``, the mean ``power`` of their rules where
    it was measured, and the sum of their power for a minute.
    """
    seconds = {record.spec.key: float(record.provenance["seconds"])
               for record in results.committed(profile)}  # fmt: skip
    new, last = _shares(profile)
    verdicts = verification.committed(profile)["verdict"].to_dict()
    claims = [claim for claim in map(ledger.read, ledger.names()) if claim.chapter in last]
    rows = {}
    for chapter, keys in new.items():
        judged = [claim.id for claim in claims if last[claim.chapter] == chapter]
        measured = [found["power"] for name in judged if (found := rates.of(name, profile))]
        power = pd.Series(measured, dtype=float).dropna()
        spent = pd.Series([seconds[key] for key in keys if key in seconds], dtype=float)
        minutes = spent.sum(min_count=1) / 60
        rows[chapter] = {
            "runs": len(keys),
            "minutes": minutes,
            "claims": len(judged),
            "decided": sum(verdicts.get(name) in DECIDED for name in judged),
            "power": power.mean(),
            FOUND: power.sum(min_count=1) / minutes,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("chapter")


def _shares(profile: str) -> tuple[Mapping[str, set[str]], Mapping[str, str]]:
    """Return the runs that each chapter is the first to train, and who trains the last it needs."""
    new: dict[str, set[str]] = {}
    first: dict[str, str] = {}  # by run, the chapter that trains it
    last: dict[str, str] = {}
    known = profiles.read(profile)
    for chapter in (chapter.name for chapter in chapters() if chapter.name in known):
        needed = {
            spec.key for spec in plan.of_chapter(chapter, profiles.settings(chapter, profile))
        }
        if mine := needed - first.keys():
            new[chapter] = mine
            first |= dict.fromkeys(mine, chapter)
        if needed:
            order = list(new)
            last[chapter] = max((first[key] for key in needed), key=order.index)
    return new, last
