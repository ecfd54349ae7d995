"""The index shows a slim picture of a page's first chart."""

import base64
import re
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup
from matplotlib.figure import Figure

from helpers.charts.chart import Chart
from helpers.reports import thumbnail
from helpers.reports.thumbnail import slim_svg, thumbnail_of

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def drawing(runner) -> str:
    """The markup of a chart as notebooks show it, of shipped data."""
    page = runner.edition("overview")
    return next(item.html for item in page.shown if isinstance(item.value, Chart))


def source(html: str) -> str:
    image = BeautifulSoup(html, "html.parser").img
    return base64.b64decode(image["src"].partition(",")[2]).decode()


def test_a_chart_becomes_small_and_keeps_its_lines(drawing):
    address = thumbnail_of(f"<p>before</p>{drawing}")
    assert address.startswith("data:image/svg+xml;base64,")
    slim, whole = base64.b64decode(address.partition(",")[2]).decode(), source(drawing)
    assert len(slim) < len(whole) / 2
    old, new = ET.fromstring(whole), ET.fromstring(slim)
    assert new.get("viewBox") == old.get("viewBox")
    assert not [item.tag for item in new.iter() if item.tag in thumbnail.UNREADABLE]
    assert _colours(new) == _colours(old)
    defined = {item.get("id") for item in new.iter() if item.get("id")}
    used = {name for item in new.iter() for name in thumbnail._references(item)}
    assert used & defined == defined
    assert {item.get("href", "#")[1:] for item in new.iter(f"{SVG}use")} <= defined
    assert slim_svg(slim) == slim


def _colours(root: ET.Element) -> set[str]:
    """The colours of lines, those of letters left out."""
    styles = [item.get("style", "") for item in root.iter() if item.tag != f"{SVG}text"]
    return {colour for style in styles for colour in re.findall(r"stroke: ?(#\w+)", style)}


def test_the_same_chart_gives_the_same_picture(drawing):
    assert thumbnail_of(drawing) == thumbnail_of(drawing)


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p>no chart</p>",
        '<figure class="kl-chart"><img src="data:image/png;base64,aaaa"></figure>',
        '<figure class="kl-chart"><img src="data:image/svg+xml;base64,PHN2Zz4="></figure>',
        '<figure class="kl-chart"><img src="data:image/svg+xml;base64,/////w=="></figure>',
    ],
)
def test_what_cannot_be_drawn_so_has_no_picture(html):
    assert thumbnail_of(html) == ""


def test_a_chart_that_stays_too_big_is_passed_over_for_the_next(drawing, tmp_path):
    figure = Figure()
    axes = figure.subplots()
    axes.plot([number * 37 % 101 for number in range(9000)])
    figure.savefig(tmp_path / "big.svg")
    big = base64.b64encode((tmp_path / "big.svg").read_bytes()).decode()
    html = f'<figure class="kl-chart"><img src="data:image/svg+xml;base64,{big}"></figure>'
    assert thumbnail_of(html) == ""
    assert thumbnail_of(html + drawing) == thumbnail_of(drawing)
