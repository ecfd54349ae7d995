"""The index tells of every edition, and the manifest remembers the last good page."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import html5lib
import pytest
from bs4 import BeautifulSoup

from helpers.reports.manifest import FILE, GoodPage, Record, read_manifest, write_manifest
from helpers.reports.policy import POLICY
from helpers.reports.site import render_index

MADE = "2026-11-02T06:05:00+00:00"
PAGE = GoodPage(
    "winter.html",
    MADE,
    "everything",
    "From 9 November 2020",
    {"a": 1},
    "96 <b> came. More was said.",
)
GOOD = Record(
    "winter",
    "The first <winter>",
    "02_returns",
    "Who came back?",
    "0 6 * * 1",
    "succeeded",
    MADE,
    page=PAGE,
)
BAD = Record(
    "all",
    "All",
    "01_overview",
    "What is known?",
    "0 6 * * 1",
    "failed",
    MADE,
    1.5,
    4,
    "ValueError",
    "no <day>",
)


def index(*records: Record) -> BeautifulSoup:
    made = datetime(2026, 11, 3, 7, 0, tzinfo=UTC)
    html = render_index(records, made=made, vintage="everything curated")
    html5lib.HTMLParser(strict=True).parse(html)
    return BeautifulSoup(html, "html.parser")


def test_each_edition_has_a_card_under_its_question():
    soup = index(GOOD, BAD, replace(GOOD, edition="second", page=replace(PAGE, file="second.html")))
    sections = soup.find_all("section")
    assert [section.h2.text for section in sections] == ["What is known?", "Who came back?"]
    assert [len(section.find_all("li")) for section in sections] == [1, 2]
    card = sections[1].li
    assert card.h3.a["href"] == "winter.html"
    assert card.h3.text == "The first <winter>"
    assert card.find(class_="kl-news").text == "96 <b> came."
    for words in ("From 9 November 2020", "Made 2 November 2026, 06:05 UTC", "winter"):
        assert words in card.text


def test_a_failed_edition_says_so_with_cell_and_error():
    soup = index(GOOD, BAD)
    assert soup.find(class_="kl-status").text.startswith("1 of 2 editions could not be renewed")
    card = soup.find("li", class_="kl-failed")
    assert card.a is None
    text = " ".join(card.text.split())
    assert "The last run failed: cell 4: ValueError: no <day> (2 November 2026, 06:05 UTC)." in text
    assert "There is no earlier page." in text


def test_a_failed_edition_links_to_its_last_good_page():
    card = index(replace(BAD, status="interrupted", page=PAGE)).find("li", class_="kl-failed")
    assert card.a["href"] == "winter.html"
    assert "was broken off" in card.text
    assert "The link leads to the last good page." in card.text


def test_the_index_keeps_to_the_pages_policy():
    soup = index(GOOD, BAD)
    assert soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"] == POLICY
    assert not soup.find_all(["script", "img", "iframe"])
    assert [link["rel"] for link in soup.find_all("link")] == [["alternate"]]
    assert all(not urlsplit(link["href"]).scheme for link in soup.find_all("a"))
    assert soup.html["lang"] == "en"
    assert [tag.name for tag in soup.find_all(["h1", "h2", "h3"])][:3] == ["h1", "h2", "h3"]


def test_the_manifest_returns_what_was_written(tmp_path):
    (tmp_path / PAGE.file).write_text("x")
    write_manifest(tmp_path, [GOOD, BAD], {"version": "1"})
    assert read_manifest(tmp_path) == {"winter": GOOD, "all": BAD}
    content = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))
    assert (content["format"], content["version"]) == (2, "1")
    assert sorted(path.name for path in tmp_path.iterdir()) == [FILE, PAGE.file]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        "\xff",
        '{"editions": [{}]}',
        '{"editions": [{"page": {"x": 1}}]}',
        '{"editions": 3}',
    ],
)
def test_a_broken_manifest_is_as_good_as_none(tmp_path, content):
    assert read_manifest(tmp_path) == {}
    (tmp_path / FILE).write_bytes(content.encode("latin-1"))
    assert read_manifest(tmp_path) == {}


def test_entries_that_make_no_sense_are_left_out_and_the_others_stay(tmp_path):
    (tmp_path / PAGE.file).write_text("x")
    write_manifest(tmp_path, [GOOD], {})
    manifest = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))
    (good,) = manifest["editions"]
    page = good["page"]
    manifest["editions"] = [
        good,
        good | {"edition": "a", "ran": "yesterday"},
        good | {"edition": "b", "seconds": "2"},
        good | {"edition": "i", "status": "sunny"},
        good | {"edition": "c", "verified": "soon"},
        good | {"edition": "d", "page": page | {"made": ""}},
        good | {"edition": "e", "page": page | {"file": 3}},
        good | {"edition": "f", "fingerprint": []},
        good | {"edition": "g", "page": "winter.html"},
        "h",
    ]
    (tmp_path / FILE).write_text(json.dumps(manifest))
    assert set(read_manifest(tmp_path)) == {"winter"}


def test_what_older_and_newer_versions_wrote_is_read_as_far_as_it_is_known(tmp_path):
    (tmp_path / PAGE.file).write_text("x")
    write_manifest(tmp_path, [replace(GOOD, fingerprint={"code": "1"}, run="r")], {})
    manifest = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))
    (entry,) = manifest["editions"]
    for name in ("traceback", "attempts", "kernel", "fingerprint", "run", "verified"):
        del entry[name]
    manifest["format"], entry["mood"] = 1, "sunny"
    (tmp_path / FILE).write_text(json.dumps(manifest))
    assert read_manifest(tmp_path) == {"winter": GOOD}


@pytest.mark.parametrize("file", ["../outside.html", "gone.html", "/etc/hostname", "sub/x.html"])
def test_the_manifest_leads_to_no_page_elsewhere_or_gone(tmp_path, file):
    folder = tmp_path / "reports"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "x.html").touch()
    (tmp_path / "outside.html").touch()
    write_manifest(folder, [replace(GOOD, page=replace(PAGE, file=file))], {})
    assert read_manifest(folder)["winter"].page is None
