"""Tables as a reader sees them: numbers by one formatter, verdicts in front, intervals in one cell.

A box that is too narrow for its table scrolls sideways; in the book, a script of the page shows
such a table row by row instead, each value with its heading (``book/assets/fit.js``).
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from numbers import Integral, Real
from typing import Any

import pandas as pd

from ssad_lib.appearance import number, p_text

Format = str | Callable[[Any], str]

LONGEST_WORDS = 24  # characters of a table cell that is no sentence
INTERVAL = "interval"  # the heading of "low" and "high" in one cell
# Columns of whole numbers: a missing value makes floats of them.
COUNTS = frozenset({"n", "runs", "seeds", "tasks", "parts", "held", "wins", "draws", "pictures"})


def table_html(
    frame: pd.DataFrame,
    caption: str,
    *,
    formats: Mapping[str, Format] | None = None,
    decimals: str = "{:.3f}",
) -> str:
    """Return a table with header scopes and a caption, in a box that scrolls sideways.

    The columns low and high become one, the interval; the verdict stands first. Rows that share
    their first label stand below it. A p-value is written as `appearance.p_text` says and any
    other number as `appearance.number` does, whatever the format.

    Parameters
    ----------
    frame : DataFrame
        One level of columns; the index, of one level or more, gives the row headers.
    caption : str
        What the table shows and where its numbers come from.
    formats : mapping, optional
        Format string or function of single columns.
    decimals : str
        Format of floats in all other columns. Missing values are shown as an en dash.
    """
    columns = _columns(frame, formats or {}, decimals)
    labels = [label if isinstance(label, tuple) else (label,) for label in frame.index]
    grouped = frame.index.nlevels > 1 and _repeats([label[0] for label in labels])
    levels = [str(name or "") for name in frame.index.names]
    head = "".join(f'<th scope="col">{heading(name)}</th>' for name in levels[grouped:])
    head += "".join(f'<th scope="col" class="{c.kind}">{heading(c.name)}</th>' for c in columns)
    rows = [
        "".join(f'<th scope="row">{escaped(str(name))}</th>' for name in label[grouped:])
        + "".join(f'<td class="{column.kind}">{escaped(column.cells[place])}</td>'
                  for column in columns)
        for place, label in enumerate(labels)
    ]  # fmt: skip
    width = len(levels) - grouped + len(columns)
    body = _groups(labels, rows, width, levels[0]) if grouped else _body(rows)
    said = escaped(caption)
    return (
        f'<div class="ssad-table" role="region" aria-label="{said}" tabindex="0" '
        f'style="overflow-x:auto"><table><caption>{said}</caption>'
        f"<thead><tr>{head}</tr></thead>{body}</table></div>"
    )


def escaped(text: str) -> str:
    """Return text for HTML; a file name of bytes that are no UTF-8 is spelled."""
    return html.escape(text.encode("utf-8", "backslashreplace").decode("utf-8"))


def heading(name: str) -> str:
    """Return the name of a column for HTML: words apart, except in a symbol such as ``e_inv``."""
    first, _, rest = name.partition("_")
    return escaped(name if len(first) == 1 and first != "p" and rest else name.replace("_", " "))


class _Column:
    """One column as it is shown: its name, the class of its cells, and their texts."""

    def __init__(self, name: str, values: Sequence[Any], form: Callable[[Any], str]) -> None:
        self.name = name
        self.cells = [_text(value, form) for value in values]
        self.kind = _kind(values, self.cells)


def _columns(frame: pd.DataFrame, formats: Mapping[str, Format], decimals: str) -> list[_Column]:
    """Return the columns in the order in which they are shown."""
    shown = []
    for place, name in enumerate(map(str, frame.columns)):
        values = frame.iloc[:, place].tolist()
        given = formats.get(name)
        form = given if callable(given) else _form(name, values, given, decimals)
        shown.append(_Column(name, values, form))
    names = [column.name for column in shown]
    if {"low", "high"} <= set(names):
        low, high = shown[names.index("low")], shown[names.index("high")]
        low.cells = [_interval(*ends) for ends in zip(low.cells, high.cells, strict=True)]
        low.name = INTERVAL
        shown.remove(high)
    return sorted(shown, key=lambda column: column.name != "verdict")


def _form(
    name: str, values: Sequence[Any], given: str | None, decimals: str
) -> Callable[[Any], str]:
    """Return how the values of a column are written."""
    if name.replace("_", " ").split(",")[0].split(" ")[0] == "p":
        return lambda p: p_text(float(p)) if isinstance(p, Real) else str(p)
    numbers = [float(value) for value in values if isinstance(value, Real) and value == value]
    whole = bool(numbers) and all(value.is_integer() for value in numbers)
    counted = whole and (name in COUNTS or max(map(abs, numbers)) > 1)

    def written(value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, Real):
            return str(value)
        if given is None and (counted or isinstance(value, Integral)):
            return number(float(value), "{:,.0f}")
        return number(float(value), given or decimals)

    return written


def _text(value: Any, form: Callable[[Any], str]) -> str:
    # a list in a cell is never missing
    return "–" if pd.api.types.is_scalar(value) and pd.isna(value) else form(value)


def _interval(low: str, high: str) -> str:
    return "–" if "–" in (low, high) else f"[{low}, {high}]"


def _kind(values: Sequence[Any], cells: Sequence[str]) -> str:
    """Return the class of a column: numbers are aligned, sentences need room."""
    present = [value for value in values if not (pd.api.types.is_scalar(value) and pd.isna(value))]
    if present and all(isinstance(value, Real) for value in present):
        return "ssad-number"
    longest = max(map(len, cells), default=0)
    return "ssad-sentence" if longest > LONGEST_WORDS else "ssad-words"


def _repeats(labels: Sequence[Any]) -> bool:
    return any(one == other for one, other in pairwise(labels))


def _groups(labels: Sequence[tuple[Any, ...]], rows: Sequence[str], width: int, level: str) -> str:
    """Return the rows with the label that they share above them."""
    return "".join(_one_group(*group, width, level) for group in _grouped(labels, rows))


def _grouped(
    labels: Sequence[tuple[Any, ...]], rows: Sequence[str]
) -> Iterator[tuple[str, list[str]]]:
    for label, members in groupby(zip(labels, rows, strict=True), key=lambda pair: pair[0][0]):
        yield str(label), [row for _, row in members]


def _one_group(label: str, rows: list[str], width: int, level: str) -> str:
    before = f"{level}: " if len(label) <= 2 and level else ""  # a digit alone says nothing
    head = f'<th scope="rowgroup" colspan="{width}">{escaped(before + label)}</th>'
    return f'<tbody><tr class="ssad-group">{head}</tr>{_rows(rows)}</tbody>'


def _body(rows: Sequence[str]) -> str:
    return f"<tbody>{_rows(rows)}</tbody>"


def _rows(rows: Sequence[str]) -> str:
    return "".join(f"<tr>{row}</tr>" for row in rows)
