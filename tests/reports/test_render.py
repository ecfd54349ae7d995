"""A rendered page is one quiet file: nothing acts, nothing is loaded, nothing is lost."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import html5lib
import nbformat
import pytest
from bs4 import BeautifulSoup

from helpers.reports.clean import clean
from helpers.reports.news import news_of
from helpers.reports.page import Page
from helpers.reports.policy import POLICY
from helpers.reports.render import fold_code, render
from helpers.reports.wide import frame_wide

PAGE = Page(
    edition="winter",
    title="The first winter",
    notebook="sample",
    made=datetime(2026, 11, 2, 6, 5, tzinfo=UTC),
    parameters={"start": "2020-11-09", "as_of": "", "note": "<b>&"},
    helps={"start": "first day <shown>"},
    newest="2024-07-12",
    version="9.9",
)


@pytest.fixture(scope="module")
def html(sample) -> str:
    """The page of the executed sample."""
    _, _, outcome = sample
    assert outcome.status == "succeeded", outcome
    return render(outcome.notebook, PAGE)


@pytest.fixture(scope="module")
def soup(html) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def render_cells(*cells: nbformat.NotebookNode) -> str:
    title = nbformat.v4.new_markdown_cell("# T")
    return render(nbformat.v4.new_notebook(cells=[title, *cells]), PAGE)


def output_cell(
    data: dict, source: str = "x", metadata: dict | None = None
) -> nbformat.NotebookNode:
    output = nbformat.v4.new_output("display_data", data, metadata=metadata or {})
    return nbformat.v4.new_code_cell(source, outputs=[output])


def test_the_page_is_strictly_valid_markup(html):
    parser = html5lib.HTMLParser(strict=True)
    parser.parse(html)
    assert html.startswith("<!DOCTYPE html>")


def test_title_language_and_policy_stand_in_the_head(soup):
    assert soup.html["lang"] == "en"
    assert soup.title.text == "Who came back? – The first winter – Karabakh Ledger"
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    assert policy["content"] == POLICY
    assert "script-src" not in POLICY
    assert "default-src 'none'" in POLICY


def test_nothing_runs_and_nothing_is_loaded(soup, html):
    assert not soup.find_all(["script", "iframe", "object", "embed", "link", "form", "base"])
    for tag in soup.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")]
        for name in ("src", "srcset", "data", "poster", "background"):
            assert str(tag.get(name, "data:image/")).startswith("data:image/")
    assert "@import" not in html
    assert not re.search(r"url\(", html)


def test_there_is_one_heading_of_level_one_and_no_level_is_skipped(soup):
    levels = [int(tag.name[1]) for tag in soup.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert soup.h1.text == "Who came back?"


def test_landmarks_and_skip_link_lead_to_the_report(soup):
    assert len(soup.find_all("main")) == 1
    skip = soup.find("a")
    assert skip["href"] == "#main"
    assert soup.main["id"] == "main"
    assert soup.footer.h2.text == "About this report"


def test_headings_can_be_linked_to_without_visible_marks(soup):
    assert soup.find("h2", id="why").text == "Why"
    assert soup.find("h3", id="a-finer-point").text == "A finer point"
    assert "¶" not in soup.text
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_figures_tables_and_notes_survive_whole(soup):
    figure = soup.find("figure", id="fig-returns")
    assert figure["class"] == ["kl-chart"]
    assert figure.img["alt"] == "Line rising to 96"
    assert figure.img["src"].startswith("data:image/svg+xml;base64,")
    assert (figure.img["width"], figure.img["height"]) == ("9", "9")
    assert figure.details.summary.text == "Numbers"
    assert figure.find("th")["scope"] == "col"
    table = soup.find("table", class_="kl-table")
    assert table.caption.text == "Handovers & returns"
    assert table.find("th")["scope"] == "row"
    note = soup.find("sup", class_="kl-cite").a
    assert soup.find(id=note["href"].removeprefix("#")).a["href"] == "https://example.org/1"
    assert soup.em.text == "stress"


def test_pictures_of_libraries_keep_their_description(soup):
    png = soup.find("img", src=re.compile("^data:image/png"))
    assert (png["alt"], png["width"]) == ('A "dot"', "40")
    (bare,) = [img for img in soup.find_all("img") if img["alt"].startswith("Picture without")]
    assert bare["src"].startswith("data:image/svg+xml;base64,")
    assert all(img["alt"] for img in soup.find_all("img"))


def test_each_table_scrolls_in_a_named_region_of_its_own(soup):
    regions = [table.find_parent(class_="kl-scroll") for table in soup.find_all("table")]
    assert all(region["tabindex"] == "0" and region["role"] == "region" for region in regions)
    assert [region["aria-label"] for region in regions] == ["Table 1", "Handovers & returns"]


def test_code_is_folded_away_and_never_lost(soup, sample):
    _, _, outcome = sample
    folds = soup.find_all("details", class_="kl-code")
    assert not any(fold.has_attr("open") for fold in folds)
    assert {fold.summary.text for fold in folds} == {"Show the code"}
    shown = "\n".join(pre.get_text().strip() for fold in folds for pre in fold.find_all("pre"))
    sources = [cell.source.strip() for cell in outcome.notebook.cells if cell.cell_type == "code"]
    assert shown == "\n".join(sources)
    assert 'start = "2020-11-09"' in shown
    assert soup.select(".kl-code .highlight .kn")


def test_the_code_stands_in_one_fold_at_the_end(soup, sample):
    _, _, outcome = sample
    (fold,) = soup.find_all("details", class_="kl-code")
    assert fold.find_parent("footer") is not None
    assert "kl_code" not in outcome.notebook.metadata
    sources = [cell.source for cell in outcome.notebook.cells if cell.cell_type == "code"]
    assert fold_code(outcome.notebook).metadata["kl_code"] == [s for s in sources if s.strip()]


def test_what_is_printed_is_text_and_warnings_are_not_for_readers(soup, html):
    printed = soup.find("pre", class_="kl-print").text
    assert printed.startswith("printed 2020-11-09 <b>not bold</b>")
    assert "to nobody\n" not in soup.text.replace('print("to nobody"', "")
    assert 'class="kl-print">to nobody' not in html


def test_the_page_says_how_it_was_made_and_how_to_cite_it(soup):
    about = " ".join(soup.footer.text.split())
    for words in (
        "The first winter winter",
        "2 November 2026, 06:05 UTC",
        "everything curated, published up to 12 July 2024",
        "notebook sample, Karabakh Ledger 9.9",
        "start9 November 2020 first day <shown>",
        "as_ofno limit",
        "note<b>&",
        "Karabakh Ledger (2026). “Who came back?” The first winter, edition winter",
    ):
        assert words in about
    assert "everything curated" in soup.find(class_="kl-byline").text


def test_a_page_of_a_vintage_says_so(sample):
    _, _, outcome = sample
    early = replace(PAGE, parameters={"as_of": "2021-05-01"})
    byline = BeautifulSoup(render(outcome.notebook, early), "html.parser").find(class_="kl-byline")
    assert "only what had been published by 1 May 2021" in byline.text


def test_rendering_is_repeatable_and_light(sample, html):
    _, _, outcome = sample
    assert render(outcome.notebook, PAGE) == html
    assert len(html.encode()) < 40_000


def test_the_news_is_plain_text_without_footnotes(html):
    assert news_of(html) == "In all 96 came back & stayed."


@pytest.mark.parametrize(
    ("html", "news"),
    [
        ("<p>none</p>", ""),
        ('<p class="kl-newsroom">no</p>', ""),
        (
            '<div class="kl-news"><p>a <br>b <img alt="x"></p><p>c</p></div>'
            '<p class="kl-news">d</p>',
            "a b c",
        ),
        ('<p class="kl-news">cut <b>off', "cut off"),
        ('<pre>&lt;p class="kl-news"&gt;no</pre>', ""),
    ],
)
def test_news_is_the_first_element_of_its_class(html, news):
    assert news_of(html) == news


HOSTILE = [
    "<script>alert(1)</script>",
    '<img src="data:image/png;base64,AA==" onerror="alert(1)">',
    '<img src="https://example.org/x.png">',
    '<img src="//example.org/x.png">',
    '<img src="data:text/html;base64,AA==">',
    '<img srcset="https://example.org/x.png 2x" src="data:image/png;base64,AA==">',
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" JaVaScRiPt&#58;alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:x">x</a>',
    '<svg onload="alert(1)"><script>alert(1)</script><image href="https://example.org/x"/></svg>',
    '<iframe src="https://example.org"></iframe><object data="x"></object><embed src="x">',
    '<p style="background:url(https://example.org/x)">x</p>',
    '<style>@import "https://example.org"</style>',
    '<form action="https://example.org"><input name="a"><button>x</button></form>',
    '<base href="https://example.org"><link rel="x" href="y">',
    '<meta http-equiv="refresh" content="0;url=x">',
    '<math><mtext><table><mglyph><style><img src=x onerror="alert(1)">',
    "</main></body></html><!-- <b>",
    '<div id="a" onclick="x" tabindex="5" role="main" aria-hidden="true" contenteditable>x</div>',
]


@pytest.mark.parametrize("markup", HOSTILE)
@pytest.mark.parametrize("way", ["html", "markdown", "markdown cell"])
def test_markup_from_notebooks_is_inert(markup, way):
    if way == "markdown cell":
        page = render_cells(nbformat.v4.new_markdown_cell(f"before\n\n{markup}\n\nafter"))
    else:
        page = render_cells(
            output_cell({f"text/{way}": f"<p>before</p>\n\n{markup}\n\n<p>after</p>"})
        )
    soup = BeautifulSoup(page, "html5lib")
    assert "before" in soup.main.text
    main = soup.main
    allowed = {"class", "id", "href", "src", "alt", "rel", "width", "height"}
    for tag in main.find_all(True):
        assert tag.name in {"a", "b", "div", "h1", "img", "p", "table"}
        assert set(tag.attrs) <= allowed, tag
        assert str(tag.get("src", "data:image/")).startswith("data:image/")
        assert not re.match(r"\s*(javascript|data|vbscript):", str(tag.get("href", "")), re.I)
    assert soup.footer.h2.text == "About this report"


def test_scripts_and_widgets_give_way_to_what_can_be_read():
    page = render_cells(
        output_cell({"application/javascript": "alert(1)", "text/plain": "a text <i>"}),
        output_cell({"application/vnd.jupyter.widget-view+json": {}, "text/html": "<p>widget</p>"}),
        output_cell({"application/javascript": "alert(2)"}, source="only_a_script"),
    )
    soup = BeautifulSoup(page, "html.parser")
    assert "alert" not in soup.main.text
    assert soup.find("pre", class_="kl-print").text == "a text <i>"
    assert soup.find("p", string="widget")
    assert "only_a_script" in soup.footer.text


def test_an_error_in_a_page_is_readable():
    output = nbformat.v4.new_output(
        "error", ename="E", evalue="v", traceback=["\x1b[31mline <1>\x1b[0m"]
    )
    page = render_cells(nbformat.v4.new_code_cell("x", outputs=[output]))
    assert BeautifulSoup(page, "html.parser").find("pre", class_="kl-error").text == "line <1>"


def test_a_notebook_without_heading_or_code_still_makes_a_page():
    page = render(nbformat.v4.new_notebook(), replace(PAGE, parameters={}))
    soup = BeautifulSoup(page, "html.parser")
    assert soup.h1.text == "Report"
    assert "Parameters" not in soup.footer.text


def test_sections_of_one_name_get_ids_of_their_own():
    page = render_cells(nbformat.v4.new_markdown_cell("## Why?\n\n## Why?\n\n## Ինչո՞ւ"))
    assert re.findall(r'<h2 id="([^"]*)">', page)[:3] == ["why", "why-2", "section"]


def test_cleaning_twice_changes_nothing():
    for markup in HOSTILE:
        assert clean(clean(markup)) == clean(markup)


def test_pictures_without_description_say_so_and_tables_of_one_name_are_told_apart():
    assert 'alt="Picture without a description"' in clean('<img src="data:image/png;base64,AA==">')
    box = '<div class="kl-scroll">\n<table></table></div>'
    assert frame_wide(box).count("<div") == 1
    plots = frame_wide('<div class="kl-plot">a</div><div class="kl-plot">b</div>')
    assert re.findall(r'tabindex="0" aria-label="([^"]*)"', plots) == ["Chart 1", "Chart 2"]
    twice = frame_wide("<table><caption>A <b>&lt;b&gt;</b></caption></table>" * 2)
    assert re.findall(r'aria-label="([^"]*)"', twice) == ["A &lt;b&gt;", "A &lt;b&gt; 2"]


def test_a_phone_shows_the_columns_names_in_every_row_of_a_wide_table():
    heads = "".join(f"<th>{name}</th>" for name in ["Day", 'A "b"', "&lt;/style&gt;", "d", "e"])
    wide = f"<table><thead><tr>{heads}</tr></thead></table>"
    page = frame_wide(f"<style></style><p>x</p>{wide}{wide.replace('<th>d', '<th colspan=2>d')}")
    assert re.findall(r'class="(kl-scroll[^"]*)"( id="[^"]*")?', page) == [
        ("kl-scroll kl-stack", ' id="kl-table-1"'),
        ("kl-scroll", ' id="kl-table-2"'),
    ]
    sheet = page[: page.index("</style>")]
    assert '#kl-table-1 tr > :nth-child(2)::before { content: "A \\22 b\\22 "; }' in sheet
    assert sheet.count("::before") == 4
    assert sheet.count("<") == 1
