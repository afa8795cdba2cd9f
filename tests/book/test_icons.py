import re

from fontTools.ttLib import TTFont

from ssad_lib.book import icons

CSS = (
    '.fa-glass:before,.fa-search:before{content:"\\f002"}.fa-moon:before{content:"\\f186"}.fa-sun:before{content:"\\f185"}'
    '.fa-x:before{content:"\\58"}.note:after{content:"\\f05a"}'
)


def test_used_are_icons_that_texts_name_and_those_that_styles_set_by_themselves():
    texts = ['<i class="theme-switch fa-solid fa-moon fa-lg">', '<i class="fa-glass">']
    assert icons.used(CSS, texts) == {0xF186, 0xF05A, 0xF002}


def test_a_site_has_every_icon_that_its_pages_name_and_hardly_any_other(built):
    css = (built.site / icons.STYLE).read_text()
    codes = icons.codes(css)
    pages = [page.read_text() for page in built.site.rglob("*.html")]
    named = {name for page in pages for name in re.findall(r"fa-[a-z-]+", page)} & codes.keys()
    fonts = [TTFont(path) for path in (built.site / "_static" / icons.FONTS).glob("*.ttf")]
    drawn = set().union(*(font.getBestCmap() for font in fonts))
    assert len(fonts) == 3
    assert named >= {"fa-rocket", "fa-moon", "fa-github", "fa-magnifying-glass", "fa-list"}
    assert {codes[name] for name in named} <= drawn
    assert len(drawn) < 80
    assert "woff2" not in re.findall(r"@font-face\{[^}]*Awesome[^}]*\}", css)[0]
    assert not any("fontawesome.js" in page for page in pages)


def test_lightening_twice_changes_nothing(built):
    def files():
        return {p: p.read_bytes() for p in built.site.rglob("*") if p.suffix in (".css", ".html")}

    before = files()
    icons.lighten(built.site)
    assert files() == before


def test_a_site_of_another_theme_is_left_alone(tmp_path):
    page = tmp_path / "index.html"
    page.write_text("<p>plain</p>")
    icons.lighten(tmp_path)
    assert page.read_text() == "<p>plain</p>"
