"""Everybody can read a page and move about in it: axe, keyboard, focus, links."""

from itertools import pairwise
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

# All rows of a table, all sources and all pieces of code are made and styled alike: the first ones
# stand for the rest.
SHORTEN = """document.querySelectorAll("tbody, ol, ul").forEach(
    list => [...list.children].slice(2).forEach(item => item.remove()));
document.querySelectorAll(".highlight").forEach((code, place) => place > 3 && code.remove())"""
INTERACTIVE = "a[href], summary, button, input, select, textarea, [tabindex]:not([tabindex='-1'])"
# Whether each element takes the keyboard's focus, shows it, and stands in the window then. Rows
# beyond the first are alike.
FOCUS = """selector => [...document.querySelectorAll(selector)]
    .filter(element => !element.matches("tr:nth-child(n+5) *, li:nth-child(n+15) *"))
    .map(element => {
        document.activeElement.blur();
        if (!element.checkVisibility()) return element.matches(".kl-fewer") ? null : ["is hidden"];
        element.focus();
        const style = getComputedStyle(element), box = element.getBoundingClientRect();
        const faults = [];
        if (document.activeElement !== element) faults.push("takes no focus");
        if (element.tabIndex < 0) faults.push("is left out by the tab key");
        if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2)
            faults.push("shows no focus");
        if (!box.width || !box.height) faults.push("has no size");
        if (box.bottom < 0 || box.top > innerHeight || box.right < 0 || box.left > innerWidth)
            faults.push("is out of sight");
        return faults.length ? [element.outerHTML.slice(0, 120), ...faults] : null;
    }).filter(Boolean)"""
WALK = """() => { const here = document.activeElement;
    return here === document.body ? "" : here.tagName + "|" + (here.getAttribute("href")
        ?? here.getAttribute("aria-label") ?? here.textContent.slice(0, 40)); }"""


def violations(sight: Any) -> list[str]:
    found = Axe().run(sight.page).response["violations"]
    return [f"{item['id']} ({item['impact']}): {item['nodes'][0]['html'][:200]}" for item in found]


def test_axe_finds_nothing_in_light_dark_and_print(see, name):
    sight = see(name)
    sight.ask(SHORTEN)
    assert violations(sight) == []
    sight.open_folds()
    sight.page.emulate_media(color_scheme="dark")
    assert violations(sight) == []
    sight.page.emulate_media(color_scheme="light", media="print")
    assert violations(sight) == []


def test_axe_finds_nothing_on_the_longest_page_with_all_its_rows_on_a_phone(see):
    assert violations(see("exchanges", width=360)) == []


def test_axe_sees_what_it_is_asked_to_see(see):
    sight = see("index")
    sight.ask("document.querySelector('h1').style.color = '#ddd'")
    assert [text.split()[0] for text in violations(sight)] == ["color-contrast"]


def test_every_link_and_box_takes_the_keyboard_and_shows_it(see, name):
    sight = see(name)
    sight.page.keyboard.press("Tab")
    assert sight.ask("document.activeElement.className") == "kl-skip"
    assert sight.ask("document.activeElement.getBoundingClientRect().top") >= 0
    sight.page.keyboard.press("Enter")
    assert sight.ask("document.activeElement.id") == "main"
    sight.open_folds()
    assert sight.ask(FOCUS, INTERACTIVE) == []


@pytest.mark.parametrize("walked", ["index", "deployments-eu-mission"])
def test_the_tab_key_walks_through_the_page_from_skip_link_to_end(see, walked):
    sight = see(walked)
    wanted = sight.ask(
        f"""[...document.querySelectorAll("{INTERACTIVE}")]
        .filter(element => element.checkVisibility()).length"""
    )
    visited = []
    for _ in range(wanted + 5):
        sight.page.keyboard.press("Tab")
        here = sight.ask(WALK)
        if not here:
            break
        visited.append(here)
    assert visited[0] == "A|#main"
    assert len(visited) == wanted


def test_folds_open_and_close_with_the_keyboard(desk, edition):
    folds = desk.page.locator("details > summary")
    assert folds.count() >= 3
    for place in range(min(folds.count(), 6)):
        summary = folds.nth(place)
        inside = summary.locator("xpath=following-sibling::*[1]")
        assert not inside.is_visible()
        summary.focus()
        desk.page.keyboard.press("Enter")
        assert inside.is_visible()
        desk.page.keyboard.press("Space")
        assert not inside.is_visible()


def test_every_chart_has_a_description_and_its_numbers_in_a_table(desk, edition):
    # Also those that no reader has scrolled to: a picture of the whole page shows every chart.
    assert desk.ask("[...document.querySelectorAll('figure img')].every(img => img.naturalWidth)")
    desk.open_folds()
    charts = desk.ask("""[...document.querySelectorAll("figure.kl-chart")].map(figure => ({
        description: figure.querySelector("img").alt.length,
        caption: figure.querySelector("figcaption").textContent.length,
        rows: figure.querySelectorAll("details tbody tr").length,
        high: figure.querySelector("details table").getBoundingClientRect().height,
        bare: figure.querySelectorAll("details th:not([scope])").length}))""")
    desk.open_folds(False)
    assert charts
    for chart in charts:
        assert chart["description"] > 30
        assert min(chart[part] for part in ("caption", "rows", "high")) > 0
        assert chart["bare"] == 0


def test_tables_have_captions_and_headings_are_in_order(desk):
    assert desk.ask("document.documentElement.lang") == "en"
    assert desk.ask("[...document.querySelectorAll('table')].every(t => t.caption && t.tHead)")
    levels = desk.ask("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
