"""Words of the glossary in a site of two pages, rendered by Sphinx alone."""

import re
from html import unescape

import pytest
from sphinx.application import Sphinx

from ssad_lib.book import pages
from ssad_lib.tables import table_html
from tests.test_tables import FRAME

GLOSSARY = """
Words
=====

.. glossary::

   gen
     What makes the anomalies <by itself>.

   stand-in
     Random filters.

   RS-CO
   RD-CO
     Random patches.

   n
     Independent units.

   runs
     Trainings.
"""

PAGE = """
A page about gen
================

Here gen stands, and gen again; *runs* set apart, but n alone is a letter and n = 5 is not.
A stand-in-like thing is none, a stand-in is. ``RS-CO`` in code is code, RD-CO is a word.

.. raw:: html

   {table}

Everyday runs come last.
"""


def render(folder, prepare=lambda app: None):
    app = Sphinx(
        folder, None, folder / "out", folder / "doctrees", "html", status=None, warning=None,
        confoverrides={"extensions": ["ssad_lib.book.pages"]},
    )  # fmt: skip
    prepare(app)
    app.build()
    return {page.stem: page.read_text() for page in (folder / "out").rglob("*.html")}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "words.rst").write_text(GLOSSARY)
    frame = FRAME.rename(columns={"AUROC": "n, by pairs"}).rename(index={"Flip": "RS-CO"})
    (tmp_path / "index.rst").write_text(PAGE.format(table=table_html(frame, "c")))
    return tmp_path


@pytest.fixture
def page(folder):
    body = render(folder)["index"].split("<body")[1]
    return body[body.index("<h1>") :]


def linked(page):
    found = re.findall(
        r'<a class="[^"]*ssad-word[^"]*" href="([^"]+)" title="([^"]+)">([^<]+)</a>', page
    )
    return [(word, target, unescape(meaning)) for target, meaning, word in found]


def test_the_first_mention_leads_to_the_glossary_and_says_the_meaning(page):
    assert linked(page) == [
        ("gen", "words.html#term-gen", "What makes the anomalies <by itself>."),
        ("runs", "words.html#term-runs", "Trainings."),
        ("n", "words.html#term-n", "Independent units."),
        ("stand-in", "words.html#term-stand-in", "Random filters."),
        ("RD-CO", "words.html#term-RD-CO", "Random patches."),
        ("RS-CO", "words.html#term-RS-CO", "Random patches."),
    ]


def test_headings_letters_parts_of_words_and_code_stay_as_they_are(page):
    text = re.sub(r"<[^>]+>", "", page)
    assert "A stand-in-like thing is none, a stand-in is." in text
    assert "n alone is a letter" in text
    assert 'A page about gen<a class="headerlink' in page
    assert ">RS-CO</span></code>" in page
    assert "Everyday runs come last.</p>" in page


def test_a_heading_of_a_table_says_its_meaning_each_time(page):
    assert 'class="ssad-number"><abbr title="Independent units.">n</abbr>, by pairs</th>' in page
    assert '<abbr title="Trainings.">runs</abbr></th>' in page
    assert '<th scope="row"><a class="ssad-word" href="words.html#term-RS-CO"' in page


def test_the_glossary_explains_nothing_to_itself(folder):
    assert "ssad-word" not in render(folder)["words"]


def test_another_meaning_reaches_pages_that_did_not_change(folder):
    render(folder)
    (folder / "words.rst").write_text(GLOSSARY.replace("Random filters", "No substitute"))
    assert "No substitute." in render(folder)["index"]


def test_pages_without_formulas_load_no_script_for_them(folder):
    def everywhere(app):
        def add(app, *_):
            app.add_js_file("offline/mathjax/tex.js")
            app.add_js_file(None, body="window.MathJax = {}")

        app.connect("html-page-context", add)

    made = render(folder, everywhere)["index"]
    assert "documentation_options.js" in made
    assert "MathJax" not in made
    assert "offline/mathjax/tex.js" not in made
    text = (folder / "index.rst").read_text()
    (folder / "index.rst").write_text(f"{text}\n:math:`x`\n")
    made = render(folder, everywhere)["index"]
    assert "window.MathJax = {}" in made
    assert "offline/mathjax/tex.js" in made


def test_pages_say_what_they_are_about(folder):
    made = render(folder)["index"]
    about = re.search(r'<meta name="description" content="([^"]+)"', made)[1]
    assert about.startswith("Here gen stands, and gen again; runs set apart,")
    assert len(about) <= pages.LONGEST_DESCRIPTION
    assert '<meta property="og:title" content="A page about gen" />' in made


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Short.", "Short."),
        ("One. " + 40 * "word ", "One."),
        (60 * "word ", " ".join(["word"] * 31) + " …"),
    ],
)
def test_descriptions_end_with_a_sentence_or_a_word(text, short):
    assert pages.shortened(text) == short
    assert len(short) <= pages.LONGEST_DESCRIPTION
