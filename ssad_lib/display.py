"""Figures and tables as a reader sees them: a real text alternative, light and dark, any width.

A figure is drawn twice; the book's style sheet shows the one that fits the page's theme, everything
else (JupyterLab, Colab, GitHub) shows the light one on a white card. Exactly one of the two is
visible, hence exactly one is read out.
"""

from __future__ import annotations

import base64
import gzip
import html
import io
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHORTEST_ALT = 20  # characters; less cannot say what a figure shows
LONGEST_WORDS = 24  # characters of a table cell that stay on one line
HEAVIEST_SVG = 120_000  # bytes, compressed as a page is on its way; pixels weigh about as much
FINER = re.compile(r'(?<=[xy]=")(-?\d+\.\d\d)\d+')  # places of marks beyond 1/100 of a point
POINTS, SCREEN = 72, 96  # per inch, of matplotlib's SVG and of CSS
DOTS_PER_INCH = 1.5 * SCREEN  # sharp on most screens, without the weight of more
HARMLESS = " /:;=,.()-+!*'"  # need no escape between double quotes of a data URL

SHARED: dict[Any, Any] = {
    "savefig.transparent": True,
    "savefig.bbox": "tight",
    "svg.hashsalt": "ssad",  # else every drawing of the same figure differs
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "legend.framealpha": 0.0,
    "font.size": 11,
}
LIGHT_INK, DARK_INK = "#1f2328", "#e6edf3"


def figure(make: Callable[[], Figure], alt: str, caption: str = "") -> None:
    """Display a figure in the notebook, for light and dark pages.

    Parameters
    ----------
    make : callable
        Draws and returns a matplotlib figure; called twice, so it must not use up what it draws.
        Text and lines take the colours of the style in force: set none to black or white.
    alt : str
        What the figure shows, for who cannot see it; at least 20 characters, not a file name.
    caption : str, optional
        A line below the figure.
    """
    from IPython.display import HTML, display

    display(HTML(figure_html(make, alt, caption)))


def table(
    frame: pd.DataFrame,
    caption: str,
    *,
    formats: Mapping[str, str | Callable[[Any], str]] | None = None,
    number: str = "{:.3f}",
) -> None:
    """Display a table in the notebook; see `table_html`."""
    from IPython.display import HTML, display

    display(HTML(table_html(frame, caption, formats=formats, number=number)))


def figure_html(make: Callable[[], Figure], alt: str, caption: str = "") -> str:
    """Return the block that `figure` displays.

    Raises
    ------
    ValueError
        If `alt` is shorter than 20 characters or the name of a file.
    """
    said = _escaped(check_alt(alt))
    # The white card is for pages that do not carry the book's style sheet.
    fit = "max-width:100%;height:auto"
    images = (
        f'<img class="ssad-light" {_drawn(make, LIGHT_INK)} alt="{said}" '
        f'style="background:#fff;{fit}">'
        f'<img class="ssad-dark" {_drawn(make, DARK_INK)} alt="{said}" style="{fit}" hidden>'
    )
    below = f"<figcaption>{_escaped(caption)}</figcaption>" if caption else ""
    return f'<figure class="ssad-figure">{images}{below}</figure>'


def check_alt(alt: str) -> str:
    """Return `alt` without surrounding space; `ValueError` if it says nothing."""
    text = " ".join(alt.split())
    if len(text) < SHORTEST_ALT or re.fullmatch(r"\S+\.\w{2,4}", text):
        raise ValueError(
            f"a figure needs an alternative text that says what it shows, in {SHORTEST_ALT} "
            f"characters or more, and no file name: {alt!r}"
        )
    return text


def table_html(
    frame: pd.DataFrame,
    caption: str,
    *,
    formats: Mapping[str, str | Callable[[Any], str]] | None = None,
    number: str = "{:.3f}",
) -> str:
    """Return a table with header scopes and a caption, in a box that scrolls sideways.

    Parameters
    ----------
    frame : DataFrame
        One level of columns; the index, of one level or more, gives the row headers.
    caption : str
        What the table shows and where its numbers come from.
    formats : mapping, optional
        Format string or function of single columns.
    number : str
        Format of floats in all other columns. Missing values are shown as an en dash.
    """
    chosen = formats or {}
    kinds = [_kind(frame, place) for place in range(frame.shape[1])]
    levels = [str(name or "") for name in frame.index.names]
    head = "".join(f'<th scope="col">{_escaped(name)}</th>' for name in levels)
    head += "".join(
        f'<th scope="col" class="{kind}">{_escaped(str(name))}</th>'
        for name, kind in zip(frame.columns, kinds, strict=True)
    )
    rows = []
    for label, values in zip(frame.index, frame.itertuples(index=False, name=None), strict=True):
        names = label if isinstance(label, tuple) else (label,)
        cells = "".join(f'<th scope="row">{_escaped(str(name))}</th>' for name in names)
        for column, kind, value in zip(frame.columns, kinds, values, strict=True):
            is_float = isinstance(value, (float, np.floating))
            text = _text(value, chosen.get(str(column), number if is_float else "{}"))
            cells += f'<td class="{kind}">{_escaped(text)}</td>'
        rows.append(f"<tr>{cells}</tr>")
    said = _escaped(caption)
    return (
        f'<div class="ssad-table" role="region" aria-label="{said}" tabindex="0" '
        f'style="overflow-x:auto"><table><caption>{said}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _escaped(text: str) -> str:
    """Return text for HTML; a file name of bytes that are no UTF-8 is spelled."""
    return html.escape(text.encode("utf-8", "backslashreplace").decode("utf-8"))


def _text(value: Any, form: str | Callable[[Any], str]) -> str:
    if pd.api.types.is_scalar(value) and pd.isna(value):  # a list in a cell is never missing
        return "–"
    return form(value) if callable(form) else form.format(value)


def _kind(frame: pd.DataFrame, place: int) -> str:
    """Return the class of a column: numbers are aligned, sentences need room, words stay whole."""
    column = frame.iloc[:, place]
    if pd.api.types.is_numeric_dtype(column.dtype):
        return "ssad-number"
    longest = max((len(str(value)) for value in column), default=0)
    return "ssad-sentence" if longest > LONGEST_WORDS else "ssad-words"


def _drawn(make: Callable[[], Figure], ink: str) -> str:
    """Draw the figure in `ink` on nothing and return the attributes of its image."""
    import matplotlib.pyplot as plt

    inks = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
    with plt.rc_context(SHARED | dict.fromkeys(inks, ink)):
        drawing = make()
        exact = _saved(drawing, format="svg", metadata={"Date": None}).decode()
        svg = FINER.sub(r"\1", exact)
        url = f"data:image/svg+xml,{quote(svg, safe=HARMLESS)}"
        if len(gzip.compress(svg.encode())) > HEAVIEST_SVG:
            png = base64.b64encode(_saved(drawing, format="png")).decode()
            url = f"data:image/png;base64,{png}"
        plt.close(drawing)  # else the notebook shows it a third time
    size = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    assert size is not None
    width, height = (round(float(points) * SCREEN / POINTS) for points in size.groups())
    return f'src="{url}" width="{width}" height="{height}"'


def _saved(drawing: Figure, **options: Any) -> bytes:
    buffer = io.BytesIO()
    drawing.savefig(buffer, dpi=DOTS_PER_INCH, **options)
    return buffer.getvalue()
