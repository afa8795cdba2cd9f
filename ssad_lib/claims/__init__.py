"""Claims and their verdicts: what ``book/claims.yml`` states, tested on records (METHODS 15)."""

from ssad_lib.claims.decisions import CHECKS, TESTS, check, decide
from ssad_lib.claims.ledger import Claim, names, read
from ssad_lib.claims.pages import answer
from ssad_lib.claims.report import FORMATS, parts_table, verdict_lines
from ssad_lib.claims.rule_book import (
    CONTRADICTED,
    INCONCLUSIVE,
    NOT_RUN,
    SUPPORTED,
    UNDECIDABLE,
    VERDICTS,
    Finding,
    Part,
)
from ssad_lib.claims.sources import (
    committed,
    committed_exposed,
    committed_simulated,
    committed_tuned,
    of_profile,
    this_run,
    with_borders,
    with_exposed,
    with_selection,
    with_simulated,
    with_tuning,
)

__all__ = [
    "CHECKS",
    "CONTRADICTED",
    "FORMATS",
    "INCONCLUSIVE",
    "NOT_RUN",
    "SUPPORTED",
    "TESTS",
    "UNDECIDABLE",
    "VERDICTS",
    "Claim",
    "Finding",
    "Part",
    "answer",
    "check",
    "committed",
    "committed_exposed",
    "committed_simulated",
    "committed_tuned",
    "decide",
    "names",
    "of_profile",
    "parts_table",
    "read",
    "this_run",
    "verdict_lines",
    "with_borders",
    "with_exposed",
    "with_selection",
    "with_simulated",
    "with_tuning",
]
