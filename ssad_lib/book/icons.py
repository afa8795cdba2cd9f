"""The icons that pages show, and no others: kilobytes of a script and fonts of two megabytes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

SCRIPT = re.compile(r"\s*<script [^>]*scripts/fontawesome\.js[^>]*></script>")
SCRIPT_FILES = "_static/scripts/fontawesome.js*"
THEME = "theme/pydata_sphinx_theme/static"
STYLE = "_static/styles/pydata-sphinx-theme.css"
FONTS = "vendor/fontawesome/webfonts"
COMPRESSED = re.compile(r'url\([^)]*\.woff2\) format\("woff2"\),')
NAMED = re.compile(r"((?:\.fa-[a-z0-9-]+:before,?)+)\{content:\"\\([0-9a-f]+)\"\}")
OTHER = re.compile(
    r"\"\\([ef][0-9a-f]{3})\""
)  # of a style that is no icon's own, such as a notice's


def lighten(site: Path) -> None:
    """Take out of a rendered site what draws icons that none of its pages has.

    The theme loads a script with every icon there is, although its style sheet draws them by fonts;
    the fonts are cut to the icons that occur in pages, scripts and styles.
    """
    texts = []
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        texts.append(SCRIPT.sub("", text))
        if texts[-1] != text:
            page.write_text(texts[-1], encoding="utf-8")
    for script in site.glob(SCRIPT_FILES):
        script.unlink()
    texts += [path.read_text(encoding="utf-8") for path in site.glob("_static/**/*.js")]
    style = site / STYLE
    if style.is_file():  # else the theme is another one
        css = style.read_text(encoding="utf-8")
        _cut(site / "_static" / FONTS, used(css, texts))
        style.write_text(COMPRESSED.sub("", css), encoding="utf-8")


def used(css: str, texts: Iterable[str]) -> set[int]:
    """Return the code points of the icons that `texts` name by their class, or that `css` sets."""
    known = codes(css)
    named = {name for text in texts for name in re.findall(r"fa-[a-z0-9-]+", text)}
    others = {int(code, 16) for code in OTHER.findall(NAMED.sub("", css))}
    return {known[name] for name in named & known.keys()} | others


def codes(css: str) -> dict[str, int]:
    """Return the code point of every icon that the style sheet `css` names."""
    found = NAMED.findall(css)
    return {
        name: int(code, 16) for names, code in found for name in re.findall(r"fa-[a-z0-9-]+", names)
    }


def _cut(folder: Path, icons: set[int]) -> None:
    """Write the theme's fonts with nothing but `icons` in them."""
    from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    for font in sorted((resources.files("pydata_sphinx_theme") / THEME / FONTS).iterdir(), key=str):
        if font.name.endswith(".ttf"):
            with font.open("rb") as stream, TTFont(stream) as whole:
                cutter = Subsetter(Options(hinting=False, desubroutinize=True))
                cutter.populate(unicodes=icons)
                cutter.subset(whole)
                whole.save(folder / font.name)
    for font in folder.glob("*.woff2"):
        font.unlink()
