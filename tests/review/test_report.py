"""`ssad report`: one review in one file, as a page, as text or for a program."""

import json
import re
from html.parser import HTMLParser

import pytest

from ssad_lib import cli, paths
from ssad_lib.claims import ledger, sources, verification
from ssad_lib.claims.rule_book import Finding, Part
from ssad_lib.review import document
from ssad_lib.review.report import FILTERS, _places, written
from ssad_lib.store import Store
from tests.test_spec import SPEC
from tests.test_store import record

ODD = "Flip <b>over</b> none | & more"


@pytest.fixture
def found(monkeypatch):
    """Two runs in the store, on which two claims rest."""
    for seed in (0, 1):
        Store().append(record(seed))
    keys = tuple(sorted(Store().keys()))
    nan = float("nan")
    parts = (Part(ODD, 0.1, nan, nan, "AUC", 6, 0.02, 0.99, verdict="supported"),)

    def verify(source, identifiers=(), overrides=None):
        if source == "the formula":
            return {"B10": Finding("supported", parts)}
        if source == "paper":
            return {"A01": Finding("not run", note="there are no runs of DAE")}
        return {"A01": Finding("supported", parts, keys=keys, note="a note"),
                "A02": Finding("inconclusive", parts, keys=(keys[0], "lost"))}  # fmt: skip

    monkeypatch.setattr(verification, "verify", verify)
    return keys


@pytest.mark.parametrize("ending", ["html", "md", "json"])
def test_a_review_holds_all_of_it(ending, found, tmp_path, capsys):
    output = tmp_path / "folder" / f"review.{ending}"
    assert cli.main(["report", "--output", str(output)]) == 0
    assert f"{output}: 3 verdicts of 2 sources, 2 runs" in capsys.readouterr().out
    text = output.read_text(encoding="utf-8")
    for said in (
        "A01", "B10", "supported", "inconclusive", "a note", *found, SPEC.title,
        "street-digits: ", "not-magic/table-1", "abc",
    ):  # fmt: skip
        assert said in text, said


def test_the_data_are_those_of_verify_and_the_ledger(found, tmp_path):
    output = tmp_path / "review.json"
    cli.main(["report", "--output", str(output), "-p", "seeds=[0,1]"])
    review = json.loads(output.read_text())
    laptop, formula = review["sources"]
    assert (laptop["source"], formula["source"]) == ("laptop", "the formula")
    assert laptop["overrides"] == {"seeds": [0, 1]}
    assert formula["overrides"] == {}
    assert laptop["claims"]["A01"]["committed"] is None  # that belongs to the profile's own
    assert laptop["claims"]["A01"]["parameters"]["seeds"] == [0, 1]
    assert laptop["claims"]["A01"]["parts"][0]["low"] is None
    assert review["claims"]["A02"] == vars(ledger.read("A02"))
    assert review["claims"].keys() == {"A01", "A02", "B10"}
    assert review["runs"].keys() == set(found)
    (run, _) = review["runs"].values()
    assert run["specification"] == json.loads(SPEC.json)
    assert run["mean_auc"] == pytest.approx(0.3)
    assert review["machine"]["instructions"]


class Page(HTMLParser):
    """Collects what a page loads, and checks that its elements are closed in their order."""

    VOID = ("meta", "br", "link", "img", "input")

    def __init__(self):
        super().__init__()
        self.loads, self.open, self.ids, self.targets = [], [], [], []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.loads += [values[name] for name in ("src", "srcset", "data") if name in values]
        if tag in ("link", "script", "iframe", "object"):
            self.loads.append(tag)
        if "id" in values:
            self.ids.append(values["id"])
        if "href" in values:
            self.targets.append(values["href"])
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_needs_nothing_else_and_every_link_leads_somewhere(found):
    text = written(document.of("laptop", {}), "html")
    page = Page()
    page.feed(text)
    assert page.open == []
    assert page.loads == []
    assert not re.search(r"url\(|@import|https?:", text)
    assert len(page.ids) == len(set(page.ids))
    assert {target.removeprefix("#") for target in page.targets} <= set(page.ids)
    assert "Flip &lt;b&gt;over&lt;/b&gt; none" in text
    assert "<b>" not in text


def test_cells_of_markdown_keep_their_columns(found):
    text = written(document.of("laptop", {}), "md")
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        columns = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(columns) == 1, block
    anchors = set(re.findall(r'<a id="([^"]+)"', text))
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors


def test_a_review_of_everything_leaves_out_what_was_not_run_and_says_so(
    found, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(verification, "every_source", lambda: ["laptop", "paper", "the formula"])
    output = tmp_path / "review.json"
    assert cli.main(["report", "--source", "all", "--output", str(output)]) == 0
    review = json.loads(output.read_text())
    assert [one["source"] for one in review["sources"]] == ["laptop", "the formula"]
    assert review["nothing_run"] == ["paper"]
    assert "nothing was run: paper" in capsys.readouterr().out
    # One that is asked for is there, whatever it holds.
    assert cli.main(["report", "--profile", "paper", "--output", str(output)]) == 0
    review = json.loads(output.read_text())
    assert review["sources"][0]["claims"]["A01"]["verdict"] == "not run"


@pytest.mark.parametrize("form", ["html", "md"])
def test_claims_that_were_not_run_stand_together_with_the_reason(form, monkeypatch):
    why = "there are no runs of DAE"
    findings = {name: Finding("not run", note=why) for name in ("A01", "A02")}
    monkeypatch.setattr(verification, "verify", lambda source, *_: findings)
    text = written(document.of("MNIST, reduced", {}), form)
    assert text.count(why) == 1
    assert f"A01, A02: {why}" in text
    assert "Verdicts, MNIST" not in text  # a table of nothing


def test_committed_records_make_a_review_without_a_store(tmp_path):
    name = "MNIST turned, reduced"
    assert name in sources.names()
    text = written(document.of(name, {}), "html")
    assert "mnist: " in text
    assert text.count("STSSAD/rotation mnist") > 10
    assert not paths.store().exists()


def test_runs_are_named_by_their_places():
    places = _places(["a", "b", "c", "d", "e"])
    assert places(["c", "a", "b", "e"]) == "1–3, 5"
    assert places(["d", "nowhere"]) == "4, and 1 without a record"
    assert FILTERS["pairs"]({"torch": ["2", "3"], "commit": [], "size": 0}) == "torch 2, 3; size 0"


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("review.pdf", "must be a file that ends in .html, .md or .json"),
        ("review", "must be a file that ends in .html, .md or .json"),
        ("folder.html", "must be a file that ends in .html, .md or .json"),
        ("mine.html", "mine.html is no review; give another --output"),
        ("mine.html/review.html", "could not create the folder"),
        ("/proc/review.html", "could not write the review"),
    ],
)
def test_an_output_that_cannot_be_written_gets_one_line(
    output, message, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.html").write_text("<p>my own page</p>")
    (tmp_path / "folder.html").mkdir()
    assert cli.main(["report", "--output", output]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
    assert (tmp_path / "mine.html").read_text() == "<p>my own page</p>"


@pytest.mark.parametrize("ending", ["html", "md", "json"])
def test_an_earlier_review_is_replaced(ending, found, tmp_path):
    output = tmp_path / f"review.{ending}"
    for _ in range(2):
        assert cli.main(["report", "--output", str(output)]) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--profile", "labtop"], "did you mean 'laptop'"),
        (["-p", "epochs"], "-p takes key=value"),
        (["--source", "MNIST turned", "-p", "epochs=3"], "unknown source of evidence"),
    ],
)
def test_unknown_names_are_refused(arguments, message, tmp_path, capsys):
    output = tmp_path / "review.md"
    assert cli.main(["report", *arguments, "--output", str(output)]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
    assert not output.exists()
