"""The page needs nothing else, and its threshold moves what it says; a user's files stay."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from ssad_lib.errors import SsadError
from ssad_lib.localise import Findings, Model, localise, page
from ssad_lib.localise.truth import read_masks
from ssad_lib.recommend import read_folder
from tests.localise.conftest import SIZE

SIZES = {"phone": (390, 844), "desktop": (1280, 900)}


@pytest.fixture(scope="module")
def findings(model: Model, parts: Path) -> Findings:
    images = read_folder(parts / "images", SIZE)
    masks, notes = read_masks(parts / "masks", images)
    return localise(model, images, rate=0.2, masks=masks, notes=tuple(notes))


@pytest.fixture(scope="module")
def written(findings: Findings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("out") / "new folder" / "report.html"
    assert page.write(findings, output) == [output, output.with_suffix(".csv")]
    return output


def state_of(output: Path) -> dict:  # type: ignore[type-arg]
    text = output.read_text("utf-8")
    found = re.search(r'<script type="application/json" id="state">(.*?)</script>', text)
    assert found is not None
    return json.loads(found[1])  # type: ignore[no-any-return]


def test_the_page_holds_everything_and_asks_for_nothing(written: Path, findings: Findings) -> None:
    text = written.read_text("utf-8")
    assert not re.search(r'(src|href)="|@import|url\(|https?://(?!www.w3.org)', text)
    for line in (*findings.notes, *findings.summary()):
        assert line in text
    state = state_of(written)
    assert [one[0] for one in state["images"]] == findings.table()["image"].tolist()
    assert state["held"]["total"] == len(findings.model.held_out)
    table = written.with_suffix(".csv").read_text("utf-8").splitlines()
    assert table[0] == f"{page.COLUMNS},defective"
    assert len(table) == 10


def test_only_the_highest_scores_have_pictures(
    findings: Findings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "SHOWN", 4)
    output, table = page.write(findings, tmp_path / "report.html")
    assert "Of 9 images the 4 with the highest scores are shown." in output.read_text("utf-8")
    assert len(state_of(output)["images"]) == 4
    assert len(table.read_text("utf-8").splitlines()) == 10


def test_names_cannot_leave_their_place(findings: Findings, tmp_path: Path) -> None:
    bad = "</script><b>\udcfc.png"
    images = replace(findings.images, names=(bad, *findings.images.names[1:]))
    output, table = page.write(
        replace(findings, images=images, notes=(bad,)), tmp_path / "report.html"
    )
    assert "</script><b>" not in output.read_text("utf-8")
    assert bad.replace("\udcfc", "\\udcfc") in table.read_text("utf-8")
    assert any(one[0].startswith("</script>") for one in state_of(output)["images"])


def test_what_is_ours_is_replaced_and_what_is_not_stays(findings: Findings, tmp_path: Path) -> None:
    output = tmp_path / "report.html"
    page.write(findings, output)
    page.write(replace(findings, masks=None), output)
    page.write(findings, output)
    table = output.with_suffix(".csv")
    table.write_text("image,score,remark\n")
    with pytest.raises(SsadError, match=r"would replace .*report.csv, which is yours"):
        page.write(findings, output)
    assert table.read_text() == "image,score,remark\n"
    table.unlink()
    output.write_text("<title>mine</title>")
    with pytest.raises(SsadError, match="is no page of ssad localise; give another --output"):
        page.write(findings, output)


@pytest.mark.parametrize("name", ["page.png", "", "folder.html", "file/page.html", "table.html"])
def test_an_output_that_cannot_be_is_found_before_the_work(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "table.csv").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(SsadError, match="must be a file|could not|would replace"):
        page.check_output(tmp_path / name)


def opened(chromium: Browser, written: Path, size: tuple[int, int]) -> tuple[Page, list[str]]:
    width, height = size
    context = chromium.new_context(viewport={"width": width, "height": height}, offline=True)
    tab, said = context.new_page(), []
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    tab.on("request", lambda one: one.url.startswith(("file:", "data:")) or said.append(one.url))
    tab.goto(written.as_uri())
    tab.wait_for_selector(".ssad-cards li")
    return tab, said


def colours(tab: Page) -> list[int]:
    """Return the pixels of the first picture, once it is drawn."""
    read = """() => { const c = document.querySelector(".ssad-cards canvas");
        return [...c.getContext("2d").getImageData(0, 0, c.width, c.height).data]; }"""
    tab.locator(".ssad-cards canvas").first.scroll_into_view_if_needed()
    tab.wait_for_function(f"() => ({read})().some((value) => value > 0)")
    return tab.evaluate(read)  # type: ignore[no-any-return]


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_the_threshold_moves_masks_and_numbers_by_keyboard(
    chromium: Browser, written: Path, findings: Findings, size: tuple[int, int]
) -> None:
    tab, said = opened(chromium, written, size)
    state = state_of(written)
    flagged = (findings.scores >= findings.threshold.value).sum()
    facts = tab.locator("dl.ssad-facts")
    assert f"{flagged} of 9 images" in facts.inner_text()
    assert tab.locator("li.ssad-flagged").count() == flagged
    before = colours(tab)
    tab.locator("input[type=range]").focus()
    for _ in range(30):
        tab.keyboard.press("ArrowRight")
    level = state["level"] + 30
    found, marked = (state["pixels"][name][level] for name in ("found", "marked"))
    text = facts.inner_text()
    assert f"{state['flagged'][level]} of 9 images" in text
    assert f"{100 * found / marked:.1f} %" in text
    assert f"{100 * found / state['pixels']['defective']:.1f} %" in text
    assert tab.locator("li.ssad-flagged").count() == state["flagged"][level]
    after = colours(tab)
    assert after != before
    tab.locator("select").select_option("heat map")
    assert colours(tab) != after
    width = tab.evaluate("document.documentElement.scrollWidth")
    assert width <= size[0]
    assert said == []
    tab.context.close()
