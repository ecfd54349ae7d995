"""Head and foot of a page: summary, changes, contents, long lists, parameters, making, citing."""

from dataclasses import replace
from datetime import UTC, date, datetime

import nbformat
import pytest
from bs4 import BeautifulSoup, Tag

from helpers.reports.changes_box import ChangedClaim, ChangedFigure, Changes
from helpers.reports.cite import bibtex, citation
from helpers.reports.contents import MARK, add_contents, name_sections
from helpers.reports.page import Making, Page
from helpers.reports.render import render
from helpers.reports.wide import LONG, VAST, frame_wide

PAGE = Page("winter", "The first winter", "sample", datetime(2026, 11, 2, 6, 5, tzinfo=UTC))
KEYS = (
    '<div class="kl-keys"><div class="kl-key"><b>1,970 <small>(1,960 to 1,980)</small></b>'
    "<span>men &amp; women</span><small>20 Nov 2020</small></div>"
    '<div class="kl-key"><b>30</b><span>posts</span><small>x</small></div></div>'
)
CHANGES = Changes(
    date(2026, 10, 5),
    (
        ChangedFigure("men & women", "1,960", "1,970", "+10", "2020-11-19", "2020-11-20"),
        ChangedFigure("<i>new</i>", "", "4"),
    ),
    (
        ChangedClaim("added", "1,970 <b>men</b>", "Interfax, 1 Feb 2021", "https://example.org/1"),
        ChangedClaim("removed", "gone", "Nobody", "javascript:alert(1)"),
    ),
)


def cell(html: str) -> nbformat.NotebookNode:
    output = nbformat.v4.new_output("display_data", {"text/html": html})
    return nbformat.v4.new_code_cell("x", outputs=[output])


def text(source: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell(source)


def page_of(*cells: nbformat.NotebookNode, page: Page = PAGE) -> BeautifulSoup:
    return BeautifulSoup(render(nbformat.v4.new_notebook(cells=list(cells)), page), "html.parser")


def words_of(tag: Tag | None) -> str:
    assert tag is not None
    return " ".join(tag.get_text(" ").split())


def test_the_answer_stands_above_everything_the_notebook_says_before_it():
    soup = page_of(
        text("# Why?\n\nA *few* words.\n\n## Limits\n\nMany."),
        cell("<p>table</p>"),
        cell('<p class="kl-prose kl-news">Because of <script>x</script>that.</p>'),
        cell(KEYS),
        cell('<p class="kl-news">And more.</p>'),
    )
    assert soup.main is not None
    parts = [part.get("class") for part in soup.main.find_all(recursive=False)]
    assert parts[:3] == [["kl-head"], ["kl-summary"], ["kl-text"]]
    assert words_of(soup.find(class_="kl-lede")) == "A few words."
    summary = soup.find(class_="kl-summary")
    assert words_of(summary).startswith("Because of that. 1,970")
    assert "Because" not in words_of(soup.find_all(class_="kl-cell")[0])
    assert words_of(soup.find_all(class_="kl-cell")[-1]) == "And more."
    assert not soup.find("script")


def test_a_page_without_an_answer_has_no_empty_summary():
    soup = page_of(text("# Why?"), cell('<div>a <p class="kl-news">inside</p></div>'))
    assert soup.find(class_="kl-summary") is None
    assert soup.find(class_="kl-lede") is None
    assert soup.find(class_="kl-changes") is None


def test_the_box_tells_what_changed_and_names_the_claims():
    soup = page_of(text("# Why?"), cell(KEYS), page=replace(PAGE, changes=CHANGES))
    box = soup.find(class_="kl-changes")
    assert box is not None
    assert words_of(box.h2) == "What changed since 5 October 2026"
    rows = [words_of(row) for row in box.select("tbody tr")]
    assert rows == [
        "men & women 1,960 19 November 2020 1,970 20 November 2020 +10",
        "<i>new</i> – 4 –",
    ]
    assert [header["scope"] for header in box.find_all("th")] == ["col"] * 4 + ["row"] * 2
    assert words_of(box.summary) == "2 claims made the difference"
    new, gone = box.find_all("li")
    assert words_of(new) == "New: 1,970 <b>men</b> – Interfax, 1 Feb 2021"
    assert new.a["href"] == "https://example.org/1"
    assert words_of(gone) == "Gone: gone – Nobody"
    assert gone.a is None


def test_each_key_figure_that_moved_says_by_how_much():
    soup = page_of(text("# Why?"), cell(KEYS), page=replace(PAGE, changes=CHANGES))
    marks = [words_of(mark) for mark in soup.select(".kl-keys .kl-moved")]
    assert marks == ["+10 since 5 October 2026"]
    assert soup.select(".kl-key")[0].em is not None
    assert not page_of(text("# Why?"), cell(KEYS)).select(".kl-moved")


def test_nothing_changed_is_said_as_such():
    quiet = replace(PAGE, changes=Changes(date(2026, 10, 5)), previous=date(2026, 10, 5))
    soup = page_of(text("# Why?"), page=quiet)
    assert "No key figure changed." in words_of(soup.find(class_="kl-changes"))
    assert words_of(soup.find(class_="kl-byline")).endswith("Last edition: 5 October 2026.")


def test_contents_lead_to_every_section_in_order():
    soup = page_of(text("# Why?\n\n## One & *two*\n\n### Not this\n\n## Three"), text("## Three"))
    links = soup.select("nav.kl-contents a")
    assert [link.text for link in links] == ["One & two", "Three", "Three", "About this report"]
    assert [link["href"] for link in links] == [
        "#one-two",
        "#three",
        "#three-2",
        "#about-this-report",
    ]
    for link in links:
        assert soup.find("h2", id=str(link["href"])[1:]).text == link.text
    assert MARK not in str(soup)


def test_a_short_page_has_no_contents_and_a_notebook_cannot_place_them():
    soup = page_of(text(f"# Why?\n\n## One\n\n{MARK}"), cell(MARK))
    assert soup.find("nav") is None
    assert MARK not in str(soup)
    assert add_contents(f"<main>{MARK}<h2>a</h2>") == "<main><h2>a</h2>"


def test_ids_of_sections_are_never_taken_twice():
    html = name_sections('<p id="a-2">x</p><h2>A</h2><h2>a</h2><h2>A 2</h2>')
    soup = BeautifulSoup(html, "html.parser")
    assert [tag["id"] for tag in soup.find_all(id=True)] == ["a-2", "a", "a-3", "a-2-2"]


def long_table(rows: int) -> str:
    return f"<table><caption>Rows</caption><tbody>{'<tr><td>1</td></tr>' * rows}</tbody></table>"


@pytest.mark.parametrize(("rows", "long"), [(LONG, False), (LONG + 1, True)])
def test_long_tables_and_lists_begin_folded_and_say_how_long_they_are(rows, long):
    sources = f'<ol class="kl-sources">{"<li>a</li>" * rows}</ol>'
    soup = BeautifulSoup(frame_wide(long_table(rows) + sources), "html.parser")
    boxes, links = soup.select(".kl-long"), soup.select(".kl-more .kl-all")
    if not long:
        assert not boxes
        assert not links
        return
    assert [link.text for link in links] == [f"Show all {rows} rows", f"Show all {rows} sources"]
    assert [f"#{box['id']}" for box in boxes] == [link["href"] for link in links]
    for link in soup.select(".kl-fewer"):
        assert soup.find(id=str(link["href"])[1:]) is link.parent


def test_only_a_list_that_fills_its_fold_on_any_screen_is_left_unlaid():
    lists = [f'<ol class="kl-sources">{"<li>a</li>" * length}</ol>' for length in (VAST, VAST + 1)]
    soup = BeautifulSoup(frame_wide("".join(lists)), "html.parser")
    assert ["kl-vast" in box["class"] for box in soup.select(".kl-list")] == [False, True]


def test_a_table_inside_a_fold_is_shown_whole_once_the_fold_is_open():
    fold = f"<details><summary>a</summary>{long_table(99)}</details>"
    soup = BeautifulSoup(frame_wide(fold + long_table(99)), "html.parser")
    assert [bool(box.find_parent("details")) for box in soup.select(".kl-long")] == [False]


def test_the_page_tells_how_it_was_made_as_far_as_that_is_known():
    made = Making("run-7", "0.1+abc", {"returns.csv": "9f2c<"}, 3.21, "warm")
    page = replace(
        PAGE,
        parameters={"end": "2026-10-31", "start": "2020-11-09", "scope": "a_b"},
        written={"end": "last month's end <b>", "start": "2020-11-09"},
        helps={"end": "last day"},
        making=made,
        archive="../archive.html#r-winter",
        home="../../index.html",
        version="9.9",
    )
    soup = page_of(text("# Why?"), page=page)
    about = words_of(soup.footer)
    for told in (
        "in 3.2 seconds",
        "Run run-7 , kernel warm",
        "Code 0.1+abc",
        "returns.csv 9f2c<",
        "31 October 2026, written as last month's end <b> last day",
        "start 9 November 2020 scope",
        "Low, best and high",
        "Missing is not zero.",
        "Totals are never summed.",
    ):
        assert told in about
    assert soup.footer.a["href"] == "../archive.html#r-winter"
    assert soup.select_one(".kl-masthead a")["href"] == "../../index.html"
    bare = words_of(page_of(text("# Why?")).footer)
    assert not [word for word in ("seconds", "Run ", "editions", "digests") if word in bare]


def test_the_foot_links_to_nothing_but_the_page_itself():
    assert page_of(text("# Why?"), page=replace(PAGE, version="9.9")).footer.find("a") is None


def test_a_page_is_cited_with_edition_day_vintage_and_version():
    page = replace(PAGE, newest="2024-07-12", version="9.9", title="50 % of {a_b}")
    assert citation(page, "Why?") == (
        "Karabakh Ledger (2026). “Why?” 50 % of {a_b}, edition winter, made 2 November 2026, "
        "06:05 UTC, from everything curated, published up to 12 July 2024, version 9.9."
    )
    assert bibtex(page, "Why?").splitlines() == [
        "@misc{karabakh-ledger-winter-2026-11-02,",
        "  author = {{Karabakh Ledger}},",
        r"  title = {{Why? 50 \% of \{a\_b\}}},",
        "  year = {2026},",
        "  month = nov,",
        "  version = {9.9},",
        "  note = {Edition winter, made 2 November 2026, 06:05 UTC, from everything curated, "
        "published up to 12 July 2024},",
        "}",
    ]
    soup = page_of(text("# Why?"), page=page)
    assert soup.footer.pre.text == bibtex(page, "Why?")
