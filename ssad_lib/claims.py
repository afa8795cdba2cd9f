"""Claims and their verdicts: what ``book/claims.yml`` states, tested on records (METHODS 15)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import yaml

from ssad_lib import paths, statistics
from ssad_lib.errors import unknown

LEVEL = 0.05
FORMATS: dict[str, str | Callable[[Any], str]] = {"p": "{:.2g}", "p_holm": "{:.2g}"}
SUPPORTED, CONTRADICTED, INCONCLUSIVE = "supported", "contradicted", "inconclusive"


@dataclass(frozen=True)
class Claim:
    """One testable statement of a paper, as `book/claims.yml` has it.

    Attributes
    ----------
    id, statement, where, test, rule : str
        Identifier, statement in our words, place in the paper, test, and rule of the verdict.
    """

    id: str
    statement: str
    where: str
    test: str
    rule: str


def read(identifier: str) -> Claim:
    """Return the claim called `identifier`, e.g. ``"A01"``.

    Raises
    ------
    SsadError
        If there is no such claim (with the nearest one).
    """
    entries: dict[str, Any] = yaml.safe_load(paths.CLAIMS.read_text(encoding="utf-8"))
    if identifier not in entries:
        raise unknown("claim", identifier, entries)
    return Claim(id=identifier, **entries[identifier])


def matched_is_best(units: pd.DataFrame, gens: list[str], rows: list[str]) -> pd.DataFrame:
    """Test claim A01 for one model: with gen known, aug = gen beats every other augmentation.

    For each gen, the AUC of the matched row minus that of each other row, paired over normal
    classes and seeds: one-sided signed-rank test, Holm over the comparisons of the gen.

    Parameters
    ----------
    units : DataFrame
        Columns row, column, normal_class, seed, auc (`ssad_lib.studies.not_magic.units`).
    gens : list of str
        Columns to test; each is also a row.
    rows : list of str
        The augmentations that compete.

    Returns
    -------
    DataFrame
        One row per comparison, over the classes and seeds that both rows have: gen, against,
        difference (pseudo-median), low, high, wins, n, p, p_holm, verdict.
    """
    parts = []
    for gen in gens:
        table = units[units["column"] == gen].pivot_table(
            index=["normal_class", "seed"], columns="row", values="auc"
        )
        differences = {
            row: (table[gen] - table[row]).dropna().to_numpy() for row in rows if row != gen
        }
        tests = {row: statistics.signed_rank(values) for row, values in differences.items()}
        adjusted = statistics.holm([test.p_value for test in tests.values()])
        worse = statistics.holm(
            [statistics.signed_rank(values, "less").p_value for values in differences.values()]
        )
        for (row, test), p_holm, p_worse in zip(tests.items(), adjusted, worse, strict=True):
            parts.append(
                {
                    "gen": gen,
                    "against": row,
                    "difference": test.pseudo_median,
                    "low": test.low,
                    "high": test.high,
                    "wins": int((differences[row] > 0).sum()),
                    "n": len(differences[row]),
                    "p": test.p_value,
                    "p_holm": p_holm,
                    "verdict": _verdict(test.pseudo_median, p_holm, p_worse),
                }
            )
    return pd.DataFrame(parts)


def overall(parts: pd.DataFrame) -> str:
    """Return the verdict of a claim from its parts: all must be supported, none contradicted."""
    verdicts = set(parts["verdict"])
    if CONTRADICTED in verdicts:
        return CONTRADICTED
    return SUPPORTED if verdicts == {SUPPORTED} else INCONCLUSIVE


def verdict_lines(identifier: str, part: str, results: Mapping[str, pd.DataFrame]) -> str:
    """Return the verdict of one part of a claim for each of several results, as Markdown."""
    claim = read(identifier)
    lines = [f"**Claim {claim.id}** ({claim.where}), part {part}: {claim.statement.strip()}", ""]
    for name, parts in results.items():
        held = int((parts["verdict"] == SUPPORTED).sum())
        lines.append(
            f"- {name}: **{overall(parts)}** ({held} of {len(parts)} comparisons supported, "
            f"n = {int(parts['n'].min())} each)"
        )
    return "\n".join([*lines, "", f"Rule: {claim.rule.strip()}"])


def _verdict(effect: float, p_better: float, p_worse: float) -> str:
    if effect > 0 and p_better < LEVEL:
        return SUPPORTED
    return CONTRADICTED if effect < 0 and p_worse < LEVEL else INCONCLUSIVE
