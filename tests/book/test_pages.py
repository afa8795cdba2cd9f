"""Every page in headless Chromium with the network cut off, wide and narrow, light and dark.

The same checks run on the tiny book and on the real one (at the smoke profile, or the site that
SSAD_TEST_SITE names).
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser

from ssad_lib.display import SMALLEST_TEXT
from tests.book.conftest import SIZES, TABLET, served, visiting

pytestmark = pytest.mark.browser

# Bytes of a page and all it loads, as they travel; of a front page without formulas.
HEAVIEST, HEAVIEST_FRONT = 1_500_000, 400_000
FRONT = ("index.html", "intro.html")
CHECKS = Path(__file__).with_name("browser.js").read_text()
WIDTHS = SIZES | {"tablet": TABLET}
LOOKED_AT_BY_AXE = (("desktop", "light"), ("phone", "dark"))
SHOWN = "theme => document.documentElement.dataset.theme === theme"
# A colour on its way from one theme to the other has no contrast to speak of.
COLOURS_ARE_THERE = """() => document.getAnimations().forEach((one) => one.finish())"""
# What is folded away is looked at, too; two frames later its tables have found their form.
UNFOLDED = """async () => {
  for (const one of document.querySelectorAll("details.ssad-folded")) one.open = true;
  for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
}"""
PIXELS = "canvas => canvas.toDataURL()"


@pytest.fixture(scope="session", params=["mini", "real"])
def site(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[SimpleNamespace]:
    """A served site: its `address`, `folder` and `pages`."""
    mini = request.param == "mini"
    folder = request.getfixturevalue("built").site if mini else request.getfixturevalue("real_site")
    with served(folder) as site:
        yield site


@dataclass
class Look:
    """What was seen of a page in one look at every width: faults by width and theme, and more."""

    faults: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    grave: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    weight: int = 0
    formulas: bool = False
    drawings: set[tuple[str, ...]] = field(default_factory=set)


@pytest.fixture(scope="session")
def looks(chromium: Browser, site: SimpleNamespace, axe: str | None) -> dict[str, Look]:
    """Every page, loaded once at every width and shown in both themes."""
    found: dict[str, Look] = {name: Look() for name in site.pages}
    for width, size in WIDTHS.items():
        with visiting(chromium, site, size, "light") as visit:
            for name, look in found.items():
                visit.asked.clear()
                visit.page.emulate_media(color_scheme="light")
                page = visit.open(name)
                page.evaluate(UNFOLDED)
                if width == "desktop":
                    weigh(site, look, visit.asked)
                for theme in ("light", "dark"):
                    page.emulate_media(color_scheme=theme)
                    page.wait_for_function(SHOWN, arg=theme)
                    page.evaluate(COLOURS_ARE_THERE)
                    wrong = page.evaluate(CHECKS, [theme, SMALLEST_TEXT]) + visit.complaints
                    look.faults[width, theme] = wrong
                    visit.complaints.clear()
                    if axe and (width, theme) in LOOKED_AT_BY_AXE:
                        look.grave[width, theme] = barriers(page, axe)
                if width == "desktop":
                    look.drawings = switched(page)
    return found


def weigh(site, look, asked):
    """Note what a page and all it loads weighs."""
    files = {url.removeprefix(site.address).split("?")[0] for url in asked}
    look.weight = sum(travelling(site.folder / file.strip("/")) for file in files if file[0] == "/")
    look.formulas = any("mathjax" in file for file in files)


def barriers(page, axe):
    """Return what axe finds that keeps people from using the page."""
    page.evaluate(axe)
    violations = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in violations
        if one["impact"] in ("critical", "serious")
        for node in one["nodes"][:3]
    ]


def switched(page):
    """Return which drawings the first figure shows while the reader goes through the themes."""
    figures, shown = page.locator(".ssad-figure"), set()
    for _ in range(3 if figures.count() else 0):  # auto, light, dark
        page.locator(".theme-switch-button").last.click()
        images = figures.first.locator("img:visible")
        shown.add(tuple(image.get_attribute("class") for image in images.all()))
    return shown


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_whole_fits_and_asks_nobody(looks, width, theme):
    assert looks
    wrong = {name: look.faults[width, theme] for name, look in looks.items()}
    assert {name: faults for name, faults in wrong.items() if faults} == {}


def pages_with(visit, site, widget):
    """Open every page that holds a widget of this class, one after another; at least one must."""
    mark = re.compile(rf"ssad_lib\.widgets\.\w+\.{widget}")
    holding = [name for name in site.pages if mark.search((site.folder / name).read_text())]
    assert holding, f"no page of the site has a {widget}"
    for name in holding:
        yield visit.open(name)


def sprite_state(widget):
    canvas = widget.locator("canvas")
    caption = widget.locator("[aria-live]").inner_text()
    return canvas.evaluate(PIXELS), canvas.get_attribute("aria-label"), caption


def test_sprite_widget_obeys_keyboard_and_mouse(visit, site):
    for page in pages_with(visit, site, "SpriteBrowser"):
        widget = page.locator(".ssad-widget:has(.ssad-sprite)").first
        controls = widget.locator("select, input[type=range]").all()
        seen = [sprite_state(widget)]
        for control in controls:
            last = control.evaluate("e => e.options ? e.options.length - 1 : e.max - e.min")
            if last < 1:
                continue  # nothing to choose, in a small profile
            is_list = control.evaluate("e => e.tagName") == "SELECT"
            control.focus()
            page.keyboard.press("ArrowDown" if is_list else "ArrowRight")
            seen.append(sprite_state(widget))
            if last == 1:
                continue
            if is_list:
                control.select_option(index=last)
            else:
                box = control.bounding_box()
                control.click(position={"x": box["width"] - 4, "y": box["height"] / 2})
            seen.append(sprite_state(widget))
        for part in zip(*seen, strict=True):  # pictures, alternative texts, captions
            assert len(set(part)) == len(seen)
        assert visit.complaints == []


def test_table_widget_obeys_keyboard_and_choice(visit, site):
    for page in pages_with(visit, site, "TableBrowser"):
        widget = page.locator(".ssad-widget:has(.ssad-heat)").first
        table, select = widget.locator("table"), widget.locator("select")
        seen = [table.inner_text()]
        select.focus()
        page.keyboard.press("ArrowDown")
        seen.append(table.inner_text())
        select.select_option(index=select.locator("option").count() - 1)
        seen.append(table.inner_text())
        assert len(set(seen)) == len(seen)
        shades = {cell.evaluate("n => getComputedStyle(n).backgroundColor")
                  for cell in widget.locator("tbody td").all()}  # fmt: skip
        assert len(shades) > 1
        assert visit.complaints == []


def test_folded_tables_open_by_keyboard(visit, site):
    holding = [name for name in site.pages if "ssad-folded" in (site.folder / name).read_text()]
    assert holding
    for name in holding:
        page = visit.open(name)
        for folded in page.locator("details.ssad-folded").all():
            inside = folded.locator(".ssad-table, .ssad-figure")
            assert not inside.is_visible()
            folded.locator("summary").focus()
            page.keyboard.press("Enter")
            inside.wait_for(state="visible")
        assert visit.complaints == []


def test_reader_can_switch_the_theme_by_its_button(looks):
    shown = {name: look.drawings for name, look in looks.items() if look.drawings}
    assert shown
    wrong = {name: d for name, d in shown.items() if d != {("ssad-light",), ("ssad-dark",)}}
    assert wrong == {}


def test_the_address_of_the_site_leads_to_its_first_page(site, chromium):
    page = chromium.new_page()
    page.goto(site.address)
    page.wait_for_url(re.compile(r"/\w+\.html$"))
    assert (site.folder / page.url.rsplit("/", 1)[1]).is_file()
    page.close()


def test_no_page_is_heavy(looks):
    found = {}
    for name, look in looks.items():
        assert look.weight
        light = name in FRONT and not look.formulas
        if look.weight > (HEAVIEST_FRONT if light else HEAVIEST):
            found[name] = look.weight
    assert found == {}


def travelling(file):
    """Return the size of a file on its way, where text is compressed."""
    content = file.read_bytes()
    return (
        len(content) if file.suffix in (".woff2", ".png", ".svg") else len(gzip.compress(content))
    )


@pytest.mark.parametrize("seen", LOOKED_AT_BY_AXE)
def test_axe_finds_nothing_critical_or_serious(looks, seen, axe):
    if axe is None:
        pytest.skip("axe-core cannot be fetched here")
    found = {name: look.grave[seen] for name, look in looks.items() if look.grave[seen]}
    assert found == {}


FAULTY = """<!doctype html><html data-theme="light"><body><article>
<div style="width:3000px">wide</div>
<img src="x.png" alt="results/x.png"> <img src="data:," alt="">
<figure class="ssad-figure"><img class="ssad-light" alt="one drawing of it"
style="filter:brightness(.8)" src="data:,">
<img class="ssad-dark" src="data:," alt="one drawing of it"></figure>
<span class="math">x</span>
<script type="application/vnd.jupyter.widget-view+json">{}</script>
<div class="ssad-widget"><div class="ssad-widget"></div><input style="height:9px"></div>
<div class="ssad-table"><table><tr><td style="color:#aaa">pale</td></tr></table></div>
<div class="ssad-table" style="width:90px"><table style="width:200px">
<caption>Broad</caption></table></div>
<figure class="ssad-figure" style="width:100px"><img class="ssad-dark" width="200" height="9"
data-text="12" src="DOT" alt="a figure that is broad"></figure>
<figure class="ssad-figure"><picture><source media="(max-width:600px)" width="500" data-text="12">
<img class="ssad-dark" style="width:250px" width="900" data-text="30" src="DOT"
alt="words that are tiny"></picture></figure>
<figure class="ssad-panels" style="width:100px"><img width="200" height="9" src="DOT"
style="filter:brightness(.8)" alt="DAE: 6 images, broad"></figure>
<p style="font-size:10px">fine print</p> <p>p = 3.1e-05 and 0.123456 but 12.345, 2.15.0, 1,234.5</p>
</article></body></html>"""


# A picture that loads: a broken one is laid out like its alternative text.
DOT = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="


def test_checks_catch_every_fault(chromium):
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.set_content(FAULTY.replace("DOT", DOT))
    complaints = "\n".join(page.evaluate(CHECKS, ["dark", SMALLEST_TEXT]))
    page.close()
    for expected in (
        "not in dark mode",
        "scrolls sideways by",
        'alternative text but "results/x.png"',
        'alternative text but ""',
        "a figure shows ssad-light,ssad-dark",
        "a figure's image is broken",
        "a figure is dimmed",
        "a formula is not drawn",
        "2 of 1 widgets are drawn",
        "a control has no label",
        "too small for a finger",
        "no header scopes",
        '"pale" has a contrast of 2.3',
        'the table "Broad" is wider than its column by 110',
        'a box scrolls sideways: "Broad',
        'the figure "a figure that is broad" is wider than its column by 100',
        "an image of a panel is dimmed",
        'the panel "DAE: 6 images, broad" leaves its column by 100',
        'words of 6.0 pixels in "words that are tiny',
        '"fine print" is smaller than 11 pixels',
        "3.1e-05 has an exponent",
        "0.123456 has too many digits",
    ):
        assert expected in complaints
    for right in ("12.345", "2.15.0", "1,234.5"):
        assert right not in complaints
