"""A page fits the window and the sheet, and every link in it leads somewhere."""

import pytest

pytestmark = pytest.mark.browser

WIDTHS = [320, 360, 768, 1280, 1920]
# Screens of a phone that a page may fill before a reader unfolds anything.
SCREENS = 20
LINKS = """[...document.querySelectorAll("a")].map(link => link.getAttribute("href"))
    .filter(href => !/^(#|https?:|mailto:)/.test(href))"""
LAST = ".kl-sources li:last-child"
HEIGHT = "document.documentElement.scrollHeight"
IN_SIGHT = """id => { const box = document.getElementById(id).getBoundingClientRect();
    return box.height > 0 && box.top >= -1 && box.bottom <= innerHeight + 1; }"""


def test_no_page_scrolls_sideways(phone):
    for width in [*WIDTHS, 360]:
        phone.page.set_viewport_size({"width": width, "height": 800})
        assert phone.ask("document.documentElement.scrollWidth") <= width
        outside = phone.ask("""[...document.querySelectorAll("h1, h2, h3, p, li, dd, dt, b")]
            .filter(part => part.checkVisibility() && !part.closest(".kl-scroll, .kl-skip"))
            .filter(part => part.getBoundingClientRect().right > innerWidth + 1)
            .map(part => part.outerHTML.slice(0, 100))""")
        assert outside == []


def test_a_phone_shows_a_page_of_bearable_length(phone):
    assert phone.ask("document.documentElement.scrollHeight") <= SCREENS * 800


def test_every_link_within_the_page_leads_somewhere(desk):
    lost = desk.ask("""[...document.querySelectorAll("a[href^='#']")]
        .map(link => link.hash.slice(1)).filter(id => !document.getElementById(id))""")
    assert lost == []
    ids = desk.ask("[...document.querySelectorAll('[id]')].map(element => element.id)")
    assert len(ids) == len(set(ids))


def test_links_between_pages_lead_to_files_of_the_site(desk, site):
    links = desk.ask(LINKS)
    assert links
    for link in links:
        assert (site / link.partition("#")[0]).is_file(), link


def test_a_dated_edition_is_quiet_and_leads_back_to_the_site(see, site):
    dated = max((site / "overview").glob("*.html"))
    sight = see(f"overview/{dated.stem}")
    assert sight.loaded == []
    assert sight.console == []
    links = sight.ask(LINKS)
    assert links
    for link in links:
        assert (dated.parent / link.partition("#")[0]).is_file(), link


def test_a_citation_leads_to_its_source_though_the_list_is_folded(see, edition):
    sight = see(edition, width=360)
    for width in (360, 1280):
        sight.page.set_viewport_size({"width": width, "height": 800})
        folded, last = sight.ask(HEIGHT), sight.ask("document.querySelector('" + LAST + "').id")
        sight.ask("id => { location.hash = id; }", last)
        sight.wait(IN_SIGHT, last)
        if sight.ask("document.querySelectorAll('.kl-sources li').length") > 40:
            assert sight.ask(HEIGHT) > folded
        sight.page.go_back()
        sight.wait(f"{HEIGHT} === {folded}")
        first = sight.page.locator("main .kl-cite a").first
        source = str(first.get_attribute("href"))[1:]
        first.click()
        sight.wait(IN_SIGHT, source)
        assert sight.ask("document.querySelector(':target').id") == source
        sight.page.go_back()


def test_a_long_table_unfolds_by_its_link_and_folds_again(see):
    sight = see("exchanges", width=390)
    box = sight.page.locator(".kl-scroll.kl-long").first
    more = box.locator("xpath=following-sibling::p[1]")
    assert more.locator(".kl-fewer").is_hidden()
    short = box.bounding_box()["height"]
    more.locator(".kl-all").click()
    assert box.bounding_box()["height"] > 3 * short
    assert box.locator("tr").last.is_visible()
    assert more.locator(".kl-all").is_hidden()
    more.locator(".kl-fewer").click()
    assert box.bounding_box()["height"] == short


def test_the_keyboard_unfolds_what_it_enters(see):
    sight = see("exchanges")
    sight.page.keyboard.press("Tab")
    last = f"document.querySelector('{LAST}')"
    assert sight.ask(f"{last}.querySelector('a').focus() ?? true")
    assert sight.ask(IN_SIGHT, sight.ask(f"{last}.id"))


def test_paper_shows_every_row_and_every_source(desk, edition):
    desk.page.emulate_media(media="print")
    cut = desk.ask("""[...document.querySelectorAll(".kl-long")]
        .filter(box => box.scrollHeight > box.clientHeight + 1
            || getComputedStyle(box).maskImage !== "none").length""")
    address = desk.ask(
        "getComputedStyle(document.querySelector('.kl-sources a'), '::after').content"
    )
    seen = {
        text: desk.ask("text => document.querySelector(text)?.checkVisibility() ?? false", text)
        for text in (LAST, ".kl-fold pre", ".kl-printed", ".kl-more", ".kl-masthead", ".kl-plot")
    }
    desk.page.emulate_media(media="screen")
    assert cut == 0
    assert "http" in address
    assert [text for text, shown in seen.items() if shown] == [
        LAST,
        ".kl-fold pre",
        ".kl-printed",
        ".kl-plot",
    ]


def test_dark_is_dark_and_light_is_light(see):
    paint = "getComputedStyle(document.body).backgroundColor"
    shades = [see("overview", scheme=scheme).ask(paint) for scheme in ("light", "dark")]
    light, dark = (sum(int(part) for part in shade[4:-1].split(",")) for shade in shades)
    assert dark < 120 < 700 < light
