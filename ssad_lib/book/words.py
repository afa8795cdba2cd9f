"""Words of the glossary, explained where they stand: on every page, in its text and its tables.

The first mention on a page leads to the glossary and says the meaning when pointed at; headings of
tables say it each time. Everyday words, such as *part*, are explained only where they are
emphasised or head a table.
"""

from __future__ import annotations

import html
import re
from functools import partial

from docutils import nodes  # type: ignore[import-untyped]
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

EVERYDAY = re.compile(r"(?!gen$)[a-z]{3,}")  # an English word, unless it is set apart
LETTER = re.compile(r"\w")  # one that is a symbol only before an equals sign
APART = (nodes.emphasis, nodes.strong)
UNTOUCHED = (
    nodes.title, nodes.reference, nodes.literal, nodes.literal_block, nodes.math, nodes.raw,
    nodes.caption, nodes.term, addnodes.pending_xref,
)  # fmt: skip
CELLS = re.compile(
    r'(<th scope="(?P<scope>col|row)"[^>]*>|<td class="ssad-words">)(?P<word>[^<]+)(?=</t[hd]>)'
)


def outdated(
    _app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> set[str]:
    """Return all pages where the glossary changed: each of them shows its words."""
    glossaries = {place for place, _ in _places(env).values()}
    return set(env.found_docs) if glossaries & (added | changed | removed) else set()


def explain(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Give the words of the glossary their meaning, in the page `doctree`."""
    places = _places(app.env)
    if app.builder.format != "html" or page in {place for place, _ in places.values()}:
        return
    meanings = _meanings(app.env)
    links = {
        word: (f"{app.builder.get_relative_uri(page, place)}#{anchor}", meanings[word])
        for word, (place, anchor) in places.items()
        if word in meanings
    }
    seen: set[str] = set()
    for node in list(doctree.findall(lambda n: isinstance(n, (nodes.Text, nodes.raw)))):
        if isinstance(node, nodes.raw) and node.get("format") == "html":
            _in_table(node, links, seen)
        elif isinstance(node, nodes.Text) and not _is_inside(node, UNTOUCHED):
            _in_text(node, links, seen)


def _places(env: BuildEnvironment) -> dict[str, tuple[str, str]]:
    """Return the page and the anchor of every word, long words first."""
    found = {
        name: place
        for (kind, name), place in env.domaindata["std"]["objects"].items()
        if kind == "term"
    }
    return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))


def _meanings(env: BuildEnvironment) -> dict[str, str]:
    """Return what the glossary says of every word."""
    found: dict[str, str] = {}
    for page in {place for place, _ in _places(env).values()}:
        for item in env.get_doctree(page).findall(nodes.definition_list_item):
            said = " ".join(" ".join(d.astext().split()) for d in item.findall(nodes.definition))
            found |= {term.astext(): said for term in item.findall(nodes.term)}
    return found


def _is_inside(node: nodes.Node, kinds: tuple[type[nodes.Node], ...]) -> bool:
    above = node.parent
    while above is not None:
        if isinstance(above, kinds):
            return True
        above = above.parent
    return False


def _in_text(node: nodes.Text, links: dict[str, tuple[str, str]], seen: set[str]) -> None:
    """Replace the text by pieces in which the first mention of each word leads to the glossary."""
    text, pieces = node.astext(), []
    apart = isinstance(node.parent, APART)
    while found := _first_word(text, links, seen, apart=apart):
        word, start = found
        target, meaning = links[word]
        seen.add(_entry(target))
        link = nodes.reference("", word, internal=True, refuri=target, reftitle=meaning)
        link["classes"].append("ssad-word")
        pieces += [nodes.Text(text[:start]), link]
        text = text[start + len(word) :]
    if pieces:
        node.parent.replace(node, [*pieces, nodes.Text(text)])


def _first_word(
    text: str, links: dict[str, tuple[str, str]], seen: set[str], *, apart: bool
) -> tuple[str, int] | None:
    """Return the word that comes first in `text`, the longest one there, and its place."""
    found = []
    for word, (target, _) in links.items():
        if _entry(target) in seen or (EVERYDAY.fullmatch(word) and not apart):
            continue
        after = r"(?= = )" if LETTER.fullmatch(word) and not apart else r"(?![\w-])"
        if match := re.search(rf"(?<![\w-]){re.escape(word)}{after}", text):
            found.append((match.start(), -len(word), word))
    return (min(found)[2], min(found)[0]) if found else None


def _in_table(node: nodes.raw, links: dict[str, tuple[str, str]], seen: set[str]) -> None:
    if 'class="ssad-table"' in node.astext():
        node.children = [
            nodes.Text(CELLS.sub(partial(_cell, links=links, seen=seen), node.astext()))
        ]


def _cell(found: re.Match[str], *, links: dict[str, tuple[str, str]], seen: set[str]) -> str:
    cell, inside = found[1], html.unescape(found["word"])
    word = inside.split(",")[0]
    if word not in links or (found["scope"] != "col" and _entry(links[word][0]) in seen):
        return found[0]
    target, meaning = (html.escape(text) for text in links[word])
    shown, rest = html.escape(word), html.escape(inside.removeprefix(word))
    if _entry(target) in seen:
        return f'{cell}<abbr title="{meaning}">{shown}</abbr>{rest}'
    seen.add(_entry(target))
    return f'{cell}<a class="ssad-word" href="{target}" title="{meaning}">{shown}</a>{rest}'


def _entry(target: str) -> str:
    """Return what is explained once: the word's own entry of the glossary."""
    return target.rpartition("#")[2]
