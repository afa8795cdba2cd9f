"""A Sphinx extension for the pages of the book: light, described, with words that are explained.

It leaves out scripts that a page does not use, writes what a page is about where search engines and
messengers look for it, and gives the words of the glossary their meaning where they stand.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

from docutils import nodes  # type: ignore[import-untyped]
from sphinx.application import Sphinx

from ssad_lib.book import icons, words
from ssad_lib.book.staging import CARD

# Docutils calls references a list, whose items then are none in the eyes of assistive technology.
NO_LIST = re.compile(r'<div role="list" class="citation-list">')
# The search button shows "Search Ctrl+K" and is called "Search": it does not obey what is seen.
# And so are the lines that fold code away.
OTHER_NAME = re.compile(
    r'(<button class="btn search-button-field [^>]*?|<summary) aria-label="[^"]*"'
)
FORMULAS = ("mathjax/", "window.MathJax")  # scripts, by their name or what they begin with
LONGEST_DESCRIPTION = 160  # characters that search engines show


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect everything; Sphinx calls it."""
    app.connect("env-get-outdated", words.outdated)
    app.connect("doctree-resolved", words.explain)
    app.connect("html-page-context", dress, priority=900)  # after those that add scripts
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def dress(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Leave out the scripts for formulas where there is none, and describe the page."""
    context["body"] = NO_LIST.sub('<div class="citation-list">', str(context.get("body", "")))
    if 'class="math' not in context["body"]:
        scripts = context["script_files"]
        scripts[:] = [script for script in scripts if not _is_for_formulas(script)]
    if doctree is not None:
        has_card = (Path(app.srcdir) / CARD).is_file()
        picture = f"{address(app)}_static/{CARD.name}" if has_card else ""
        context["metatags"] = context.get("metatags", "") + described(doctree, picture)


def _is_for_formulas(script: Any) -> bool:
    body = getattr(script, "attributes", {}).get("body") or ""
    return any(mark in f"{getattr(script, 'filename', script)} {body}" for mark in FORMULAS)


def described(doctree: nodes.document, picture: str) -> str:
    """Return the tags that say what a page is about: its title and its first sentences."""
    title = next((node.astext() for node in doctree.findall(nodes.title)), "")
    first = next(
        (" ".join(node.astext().split()) for node in doctree.findall(nodes.paragraph)), title
    )
    about = shortened(first)
    tags = {"og:type": "article", "og:title": title, "og:description": about}
    if picture:
        tags |= {"og:image": picture, "twitter:card": "summary_large_image"}
    named = "".join(
        f'<meta property="{name}" content="{html.escape(value)}" />\n'
        for name, value in tags.items()
    )
    return f'<meta name="description" content="{html.escape(about)}" />\n{named}'


def shortened(text: str) -> str:
    """Return whole sentences of `text` if any fit a description, else as many words as fit."""
    if len(text) <= LONGEST_DESCRIPTION:
        return text
    start = text[: LONGEST_DESCRIPTION - 1]
    sentence, _, _ = start.rpartition(". ")
    return f"{sentence}." if sentence else f"{start.rpartition(' ')[0]} …"


def address(app: Sphinx) -> str:
    """Return where the repository's pages are published: pictures of links need whole addresses."""
    owner, _, name = str(app.config.html_theme_options["repository_url"]).rpartition("/")
    return f"https://{owner.rpartition('/')[2]}.github.io/{name}/"


def finish(app: Sphinx, failed: Exception | None) -> None:
    """Leave in the site no icon that pages do not show, and no name that is not what is seen."""
    if failed or app.builder.format != "html":
        return
    icons.lighten(Path(app.outdir))
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        if (named := OTHER_NAME.sub(r"\1", text)) != text:
            page.write_text(named, encoding="utf-8")
