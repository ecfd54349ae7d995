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
MEASURE = """([svg, fonts]) => {
    document.body.innerHTML = svg;
    const picture = document.querySelector("svg"), faults = [];
    const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
    picture.append(style);
    const texts = [...picture.querySelectorAll("text")].filter(text => text.textContent.trim());
    for (const font of fonts) {
        style.textContent = `text, tspan { font-family: "${font}" !important; }`;
        if (!document.fonts.check(`12px "${font}"`)) faults.push(`${font} is not installed`);
        const sheet = picture.getBoundingClientRect();
        const boxes = texts.map(text => text.getBoundingClientRect());
        boxes.forEach((box, one) => {
            const name = `${font}: ${texts[one].textContent}`;
            const over = Math.max(sheet.left - box.left, box.right - sheet.right,
                sheet.top - box.top, box.bottom - sheet.bottom);
            if (over > TOUCH) faults.push(`${name} leaves by ${over.toFixed(1)}`);
            boxes.slice(one + 1).forEach((other, place) => {
                const wide = Math.min(box.right, other.right) - Math.max(box.left, other.left);
                const high = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top);
                if (wide > TOUCH && high > AIR * Math.min(box.height, other.height))
                    faults.push(`${name} touches ${texts[one + 1 + place].textContent}`);
            });
        });
    }
    return [texts.length, faults];
}""".replace("TOUCH", str(TOUCH)).replace("AIR", str(AIR))


@pytest.fixture(scope="module")
def sheet(chromium: Browser, tmp_path_factory: pytest.TempPathFactory):
    blank = tmp_path_factory.mktemp("sheet") / "blank.html"
    blank.write_text("<!DOCTYPE html><title>sheet</title>", encoding="utf-8")
    sight = Sight(chromium, blank, width=1600, height=2000)
    yield sight
    sight.close()


def test_texts_in_charts_stay_apart_and_inside_in_any_font(sheet, site: Path, edition):
    page = (site / f"{edition}.html").read_text(encoding="utf-8")
    pictures = [base64.b64decode(text).decode() for text in PICTURE.findall(page)]
    assert pictures
    for picture in pictures:
        texts, faults = sheet.ask(MEASURE, [picture, FONTS])
        assert texts > 0
        assert faults == []


def test_the_measure_finds_what_touches_and_what_leaves(sheet):
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50">'
        '<text x="5" y="20" font-size="12">one text</text>'
        '<text x="20" y="20" font-size="12">other</text>'
        '<text x="60" y="45" font-size="12">much too long</text></svg>'
    )
    texts, faults = sheet.ask(MEASURE, [svg, ["DejaVu Sans"]])
    assert texts == 3
    assert faults[0] == "DejaVu Sans: one text touches other"
    assert faults[1].startswith("DejaVu Sans: much too long leaves by ")
