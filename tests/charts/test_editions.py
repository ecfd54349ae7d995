"""What every page of reports.yml must keep: room for texts, words for pictures, sound links."""

import re
from collections import Counter
from itertools import combinations
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from helpers.charts import Chart
from helpers.charts.theme import styled
from helpers.data.load import load
from pages import EDITIONS, Page, Runner

TOLERANCE = 1.0  # pixels
SVG = "{http://www.w3.org/2000/svg}"


def drawn_texts(figure: Figure, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Bbox]]:
    """Draw a figure and note every text that is really drawn, with its box in pixels."""
    found: list[tuple[str, Bbox]] = []
    draw = Text.draw

    def note(self: Text, renderer, *args, **kwargs) -> None:
        draw(self, renderer, *args, **kwargs)
        if self.get_visible() and self.get_text().strip():
            found.append((self.get_text(), Text.get_window_extent(self, renderer)))

    monkeypatch.setattr(Text, "draw", note)
    canvas = figure.canvas
    with styled():
        FigureCanvasAgg(figure).draw()
    monkeypatch.undo()
    figure.set_canvas(canvas)
    return found


def overlaps(texts: list[tuple[str, Bbox]]) -> list[str]:
    pairs = []
    for (one, a), (other, b) in combinations(texts, 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        if wide > TOLERANCE and high > TOLERANCE:
            pairs.append(f"{one!r} and {other!r} overlap by {wide:.0f} by {high:.0f} pixels")
    return pairs


def outside(texts: list[tuple[str, Bbox]], canvas: Bbox) -> list[str]:
    return [
        f"{text!r} leaves the canvas"
        for text, box in texts
        if box.x0 < canvas.x0 - TOLERANCE
        or box.y0 < canvas.y0 - TOLERANCE
        or box.x1 > canvas.x1 + TOLERANCE
        or box.y1 > canvas.y1 + TOLERANCE
    ]


def test_no_text_touches_another_or_leaves_the_picture(
    edition: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems = []
    for chart in edition.drawn:
        assert chart.figure is not None
        texts = drawn_texts(chart.figure, monkeypatch)
        assert texts
        found = overlaps(texts) + outside(texts, chart.figure.bbox)
        problems += [f"{chart.title}: {problem}" for problem in found]
    assert not problems, "\n".join(problems)


def test_the_measure_of_texts_finds_what_touches(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = Figure(figsize=(2, 1))
    axes: Axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    for x, text in ((0.1, "one text"), (0.2, "another"), (0.9, "too long for it")):
        axes.text(x, 0.5, text)
    axes.text(0.1, 0.9, "unseen", visible=False)
    texts = drawn_texts(figure, monkeypatch)
    assert [text for text, _ in texts] == ["one text", "another", "too long for it"]
    assert len(overlaps(texts)) == 1
    assert "'one text' and 'another'" in overlaps(texts)[0]
    assert outside(texts, figure.bbox) == ["'too long for it' leaves the canvas"]


def test_pictures_speak_to_those_who_do_not_see_them(edition: Page) -> None:
    pictures = edition.soup.select("img")
    assert len(pictures) == len(edition.drawn) > 0
    for chart, picture in zip(edition.drawn, pictures, strict=True):
        assert picture["alt"] == chart.alt
        assert len(chart.alt) > 30
        assert chart.title
        assert chart.subtitle
        root = ElementTree.fromstring(chart.svg())
        assert root.get("role") == "img"
        assert [child.tag for child in root[:2]] == [f"{SVG}title", f"{SVG}desc"]
        assert (root[0].text, root[1].text) == (chart.title, chart.alt)


def test_pictures_need_nothing_from_elsewhere(edition: Page) -> None:
    for chart in edition.drawn:
        for element in ElementTree.fromstring(chart.svg()).iter():
            assert element.tag not in (f"{SVG}script", f"{SVG}foreignObject", f"{SVG}image")
            for name, value in element.attrib.items():
                assert not name.lower().startswith("on")
                if name.endswith("href"):
                    assert value.startswith("#")
                assert "url(http" not in value
                assert "@import" not in value
    for tag in ("script", "iframe", "object", "link", "style"):
        assert not edition.soup.select(tag)
    assert all(
        str(image["src"]).startswith("data:image/svg+xml;") for image in edition.soup.select("img")
    )
    assert not [
        tag for tag in edition.soup.find_all() if any(a.startswith("on") for a in tag.attrs)
    ]


def test_ids_are_unique_on_a_page(edition: Page) -> None:
    ids = Counter(tag["id"] for tag in edition.soup.select("[id]"))
    assert {name: count for name, count in ids.items() if count > 1} == {}
    for tag in edition.soup.select("[aria-labelledby]"):
        assert tag["aria-labelledby"] in ids


def test_every_citation_points_to_a_source_and_says_its_number(edition: Page) -> None:
    listed = {str(item["id"]) for item in edition.soup.select("ol.kl-sources > li")}
    links = edition.soup.select('a[href^="#"]')
    assert links
    for link in links:
        assert str(link["href"]).removeprefix("#") in listed
        assert link.get_text() == str(link["href"]).removeprefix("#src-")


def test_sources_form_one_list_numbered_without_gaps_at_the_end(edition: Page) -> None:
    lists = edition.soup.select("ol.kl-sources")
    assert len(lists) == 1
    numbers = [str(item["id"]) for item in lists[0].select("li")]
    assert numbers == [f"src-{number}" for number in range(1, len(numbers) + 1)]
    assert edition.shown[-1].html.count("kl-sources") == 1


def test_the_list_holds_what_is_cited_in_the_order_of_first_citation(
    edition: Page, runner: Runner
) -> None:
    sources = load("sources", project=runner.project).frame.set_index("source_id")
    items = edition.soup.select("ol.kl-sources > li")
    assert len(items) == len(edition.cited)
    for item, source in zip(items, edition.cited, strict=True):
        row = sources.loc[source]
        assert item.get_text().startswith(row["publisher"])
        links = [str(link["href"]) for link in item.select("a")]
        assert links == ([row["url"]] if row["url"] else [])


def test_only_web_addresses_become_links(edition: Page) -> None:
    for link in edition.soup.select('a:not([href^="#"])'):
        assert urlsplit(str(link["href"])).scheme in ("http", "https")


def test_charts_name_sources_that_exist_and_every_table_row_has_one(
    edition: Page, runner: Runner
) -> None:
    known = set(load("sources", project=runner.project).frame["source_id"])
    for chart in edition.drawn:
        assert chart.sources
        assert set(chart.sources) <= known
        assert len(set(chart.sources)) == len(chart.sources)
        in_table = {source for cell in chart.table["sources"] for source in cell}
        assert in_table == set(chart.sources)
        bare = chart.table[[not cell for cell in chart.table["sources"]]]
        # A day that other days' figures bound has none of its own, and says so.
        assert bare.empty or set(bare["rests on"]) == {"implied"}


def test_nothing_reads_like_a_program(edition: Page) -> None:
    text = edition.soup.get_text(" ")
    for word in ("nan", "NaN", "NaT", "<NA>", "inf", "datetime64", "Timestamp("):
        assert not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text), word
    cells = [cell.get_text(strip=True) for cell in edition.soup.select("td, th")]
    assert "None" not in cells
    assert not [cell for cell in cells if re.fullmatch(r"[\d,]+\.0", cell)]


def test_tables_say_what_they_hold(edition: Page) -> None:
    for table in edition.soup.select("table"):
        assert table.caption is not None
        assert table.caption.get_text(strip=True)
        heads = table.select("thead th[scope=col]")
        assert heads
        for row in table.select("tbody tr"):
            cells = row.find_all(["td", "th"], recursive=False)
            assert len(cells) == len(heads)
            assert cells[0].name == "th"
            assert cells[0]["scope"] == "row"


@pytest.mark.parametrize("name", ["deployments-eu-mission", "timeline-blockade-2022-2023"])
def test_the_same_page_is_the_same_bytes(runner: Runner, name: str) -> None:
    edition = EDITIONS[name]
    again = runner.run_again(edition.notebook, **edition.parameters)
    assert again.html == runner.edition(name).html


def test_editions_as_of_a_day_cite_nothing_printed_later(runner: Runner) -> None:
    page = runner.edition("overview-as-of-may-2021")
    dates = load("sources", project=runner.project).frame.set_index("source_id")["published"]
    cited = {source for chart in page.drawn for source in chart.sources}
    assert cited
    assert (dates.loc[sorted(cited)] <= "2021-05-01").all()
    items = page.soup.select("ol.kl-sources > li")
    assert not [item for item in items if "undated" in item.get_text()]
    assert all(not re.search(r"\b202[2-9]\b", item.get_text().split(":")[0]) for item in items)


def test_nothing_is_missing_from_a_chart_for_lack_of_a_title(edition: Page) -> None:
    assert all(isinstance(chart, Chart) for chart in edition.charts)
    assert len({chart.title for chart in edition.drawn}) == len(edition.drawn)
