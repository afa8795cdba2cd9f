"""Figures and tables as a reader sees them: a real text alternative, light and dark, any width.

A figure is drawn in two inks; the book's style sheet shows the one that fits the page's theme,
everything else (JupyterLab, Colab, GitHub) shows the light one on a white card. Exactly one of the
two is visible, hence exactly one is read out. A figure whose words would be too small on a phone is
drawn once more with its panels below each other (`appearance.NARROW`); the browser takes its pick.
"""

from __future__ import annotations

import base64
import gzip
import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pandas as pd

from ssad_lib import appearance, tables
from ssad_lib.panels import panels_html, rows_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray
    from torch import Tensor

SHORTEST_ALT = 20  # characters; less cannot say what a figure shows
HEAVIEST_SVG = 120_000  # bytes, compressed as a page is on its way; pixels weigh about as much
FINER = re.compile(r'(?<=[xy]=")(-?\d+\.\d\d)\d+')  # places of marks beyond 1/100 of a point
SMALLEST_TEXT = 11  # pixels of a screen that words of a figure must have
PHONE = 340  # pixels of a column on a phone, the least there is
# What the book's theme takes from the width of a screen: margins without and beside its sidebar,
# and the share of that sidebar, which is there from 992 pixels on.
MARGINS, MARGINS_BESIDE, SIDEBAR = 64, 100, 0.2
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
        Draws and returns a matplotlib figure; called twice or more, so it must not use up what it
        draws.
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
    formats: Mapping[str, tables.Format] | None = None,
    number: str = "{:.3f}",
) -> None:
    """Display a table in the notebook; see `tables.table_html`."""
    from IPython.display import HTML, display

    display(HTML(tables.table_html(frame, caption, formats=formats, decimals=number)))


def folded_table(
    frame: pd.DataFrame, caption: str, *, formats: Mapping[str, tables.Format] | None = None
) -> None:
    """Display a long table behind its caption and its number of rows; a click opens it."""
    from IPython.display import HTML, display

    rows = f"{len(frame)} row" + "s" * (len(frame) != 1)
    inside = tables.table_html(frame, caption, formats=formats)
    display(HTML(folded_html(f"{caption} ({rows})", inside)))


def folded_figure(make: Callable[[], Figure], alt: str, caption: str) -> None:
    """Display a figure (see `figure`) behind its caption; a click opens it."""
    from IPython.display import HTML, display

    display(HTML(folded_html(caption, figure_html(make, alt))))


def folded_html(title: str, inside: str) -> str:
    """Return the block of HTML `inside` behind its title."""
    said = tables.escaped(title)
    return f'<details class="ssad-folded"><summary>{said}</summary>{inside}</details>'


def panels(
    rows: Mapping[str, NDArray[Any] | Tensor], columns: Sequence[tuple[str, str]], caption: str
) -> None:
    """Display rows of images in labelled groups in the notebook; see `panels.panels_html`."""
    from IPython.display import HTML, display

    display(HTML(panels_html(rows, columns, caption)))


def image_rows(rows: Mapping[str, NDArray[Any] | Tensor], alt: str, caption: str = "") -> None:
    """Display labelled rows of images in the notebook; see `image_rows_html`."""
    from IPython.display import HTML, display

    display(HTML(image_rows_html(rows, alt, caption)))


def image_rows_html(rows: Mapping[str, NDArray[Any] | Tensor], alt: str, caption: str = "") -> str:
    """Return the block that `image_rows` displays (`panels.rows_html`).

    Raises
    ------
    ValueError
        If `alt` is shorter than 20 characters or the name of a file.
    """
    return rows_html(rows, check_alt(alt), caption)


def figure_html(make: Callable[[], Figure], alt: str, caption: str = "") -> str:
    """Return the block that `figure` displays.

    Raises
    ------
    ValueError
        If `alt` is shorter than 20 characters or the name of a file.
    """
    said = tables.escaped(check_alt(alt))
    wide = _drawn(make)
    least = math.ceil(wide.width * SMALLEST_TEXT / wide.text)  # pixels, or its words are too small
    narrow = _drawn_narrow(make) if least > PHONE else None
    # The white card is for pages that do not carry the book's style sheet.
    fit = "max-width:100%;height:auto"
    images = "".join(
        f"<picture>{_source(narrow, ink, least) if narrow else ''}"
        f'<img class="ssad-{ink}" src="{wide.url[ink]}" {wide.size} alt="{said}" '
        f'style="{ground}{fit}"{hidden}></picture>'
        for ink, ground, hidden in (("light", "background:#fff;", ""), ("dark", "", " hidden"))
    )
    below = f"<figcaption>{tables.escaped(caption)}</figcaption>" if caption else ""
    return f'<figure class="ssad-figure">{images}{below}</figure>'


def _source(narrow: _Picture, ink: str, least: int) -> str:
    """Return the drawing that a page takes where the column has fewer than `least` pixels."""
    beside = math.ceil((least + MARGINS_BESIDE) / (1 - SIDEBAR))
    media = f"(max-width:{least + MARGINS}px),(min-width:992px) and (max-width:{beside}px)"
    url = narrow.url[ink].replace(" ", "%20")  # a space ends an address of a srcset
    return f'<source media="{media}" srcset="{url}" {narrow.size}>'


def check_alt(alt: str) -> str:
    """Return `alt` without surrounding space; `ValueError` if it says nothing."""
    text = " ".join(alt.split())
    if len(text) < SHORTEST_ALT or re.fullmatch(r"\S+\.\w{2,4}", text):
        raise ValueError(
            f"a figure needs an alternative text that says what it shows, in {SHORTEST_ALT} "
            f"characters or more, and no file name: {alt!r}"
        )
    return text


@dataclass(frozen=True)
class _Picture:
    """A drawing by ink: its addresses, and in pixels its size and that of its smallest words."""

    url: dict[str, str]
    width: int
    height: int
    text: float

    @property
    def size(self) -> str:
        """Its size and that of its words, as attributes."""
        return f'width="{self.width}" height="{self.height}" data-text="{self.text:.1f}"'


def _drawn_narrow(make: Callable[[], Figure]) -> _Picture:
    token = appearance.NARROW.set(True)
    try:
        return _drawn(make)
    finally:
        appearance.NARROW.reset(token)


def _drawn(make: Callable[[], Figure]) -> _Picture:
    """Draw the figure on nothing, in ink for light pages and in ink for dark ones."""
    import matplotlib.pyplot as plt

    with _ink(LIGHT_INK):
        drawing = make()
        text = _smallest_text(drawing)
        exact = _saved(drawing, format="svg", metadata={"Date": None}).decode()
        svg = FINER.sub(r"\1", exact)
        heavy = len(gzip.compress(svg.encode())) > HEAVIEST_SVG
        light = _png(drawing) if heavy else _svg(svg)
        plt.close(drawing)  # else the notebook shows it a third time
    dark = _svg(svg.replace(LIGHT_INK, DARK_INK))
    if heavy:
        with _ink(DARK_INK):
            drawing = make()
            dark = _png(drawing)
            plt.close(drawing)
    size = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    assert size is not None
    width, height = (round(float(points) * SCREEN / POINTS) for points in size.groups())
    return _Picture({"light": light, "dark": dark}, width, height, text)


def _ink(ink: str) -> AbstractContextManager[None]:
    import matplotlib.pyplot as plt

    inks = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
    return plt.rc_context(SHARED | dict.fromkeys(inks, ink))


def _smallest_text(drawing: Figure) -> float:
    """Return the height in pixels of the smallest words that are seen."""
    from matplotlib.text import Text

    drawing.draw_without_rendering()  # else ticks have no labels yet
    written = [
        one.get_fontsize()
        for one in drawing.findobj(Text)
        if isinstance(one, Text) and one.get_visible() and one.get_text().strip()
    ]
    return float(min(written, default=SHARED["font.size"])) * SCREEN / POINTS


def _svg(svg: str) -> str:
    return f"data:image/svg+xml,{quote(svg, safe=HARMLESS)}"


def _png(drawing: Figure) -> str:
    return f"data:image/png;base64,{base64.b64encode(_saved(drawing, format='png')).decode()}"


def _saved(drawing: Figure, **options: Any) -> bytes:
    buffer = io.BytesIO()
    drawing.savefig(buffer, dpi=DOTS_PER_INCH, **options)
    return buffer.getvalue()
