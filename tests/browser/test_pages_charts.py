"""Texts in charts keep their places when the reader's font is not the one they were drawn with."""

import base64
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sight import Sight

pytestmark = pytest.mark.browser

PICTURE = re.compile(r'<img src="data:image/svg\+xml;base64,([^"]+)"')
# What charts are measured with, one of everyday widths, a very narrow one, a wider one.
FONTS = ["DejaVu Sans", "Liberation Sans", "Liberation Sans Narrow", "DejaVu Serif"]
# CSS pixels; and the part of a line's box above and below its letters, by which the lines of one
# label reach into each other.
TOUCH, AIR = 2, 0.35
MEASURE = """([svg, font]) => {
    document.body.innerHTML = svg;
    const picture = document.querySelector("svg"), faults = [];
    const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
    style.textContent = `text, tspan { font-family: "${font}" !important; }`;
    picture.append(style);
    const sheet = picture.getBoundingClientRect();
    const texts = [...picture.querySelectorAll("text")].filter(text => text.textContent.trim());
    const boxes = texts.map(text => text.getBoundingClientRect());
    boxes.forEach((box, one) => {
        const over = Math.max(sheet.left - box.left, box.right - sheet.right,
            sheet.top - box.top, box.bottom - sheet.bottom);
        if (over > TOUCH) faults.push(`${texts[one].textContent} leaves by ${over.toFixed(1)}`);
        boxes.slice(one + 1).forEach((other, place) => {
            const wide = Math.min(box.right, other.right) - Math.max(box.left, other.left);
            const high = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top);
            if (wide > TOUCH && high > AIR * Math.min(box.height, other.height))
                faults.push(`${texts[one].textContent} | ${texts[one + 1 + place].textContent}` +
                    `: ${wide.toFixed(1)} by ${high.toFixed(1)}`);
        });
    });
    return [texts.length, document.fonts.check(`12px "${font}"`), faults];
}""".replace("TOUCH", str(TOUCH)).replace("AIR", str(AIR))


@pytest.fixture(scope="module")
def sheet(chromium: Browser, tmp_path_factory: pytest.TempPathFactory):
    blank = tmp_path_factory.mktemp("sheet") / "blank.html"
    blank.write_text("<!DOCTYPE html><title>sheet</title>", encoding="utf-8")
    sight = Sight(chromium, blank, width=1600, height=2000)
    yield sight
    sight.close()


@pytest.mark.parametrize("font", FONTS)
def test_texts_in_charts_stay_apart_and_inside_in_any_font(sheet, site: Path, edition, font):
    page = (site / f"{edition}.html").read_text(encoding="utf-8")
    pictures = [base64.b64decode(text).decode() for text in PICTURE.findall(page)]
    assert pictures
    faults = []
    for picture in pictures:
        texts, known, found = sheet.ask(MEASURE, [picture, font])
        assert texts > 0
        assert known, f"{font} is not installed: the measure would be of another font"
        faults += found
    assert faults == []


def test_the_measure_finds_what_touches_and_what_leaves(sheet):
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50">'
        '<text x="5" y="20" font-size="12">one text</text>'
        '<text x="20" y="20" font-size="12">other</text>'
        '<text x="60" y="45" font-size="12">much too long</text></svg>'
    )
    texts, _, faults = sheet.ask(MEASURE, [svg, "DejaVu Sans"])
    assert texts == 3
    assert [fault.split(":")[0].split(" leaves")[0] for fault in faults] == [
        "one text | other",
        "much too long",
    ]
