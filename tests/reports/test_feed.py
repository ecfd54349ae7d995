"""The feed is valid, stable, and tells of the newest editions."""

import re

import feedparser

from helpers.reports.dated import last_dated
from helpers.reports.feed import MOST_ENTRIES, render_feed
from helpers.reports.outcome import Status
from helpers.reports.shelf import all_dated
from shelves import Shelf


def feed(shelf: Shelf) -> feedparser.FeedParserDict:
    parsed = feedparser.parse(shelf.files()["feed.xml"])
    assert (parsed.bozo, parsed.version) == (False, "atom10")
    return parsed


def test_editions_are_entries_newest_first(project):
    shelf = Shelf(project)
    shelf.publish("winter", "2026-11-02", "96 <b> & more\x0b came.")
    shelf.publish("exodus", "2026-11-03")
    shelf.publish("winter", "2026-11-09", "97 came.")
    parsed = feed(shelf)
    assert [entry.id for entry in parsed.entries] == [
        "tag:karabakh-ledger,2020-11-09:winter/2026-11-09",
        "tag:karabakh-ledger,2020-11-09:exodus/2026-11-03",
        "tag:karabakh-ledger,2020-11-09:winter/2026-11-02",
    ]
    assert parsed.feed.updated == parsed.entries[0].updated == "2026-11-09T06:00:00+00:00"
    assert parsed.entries[0].title == "The winter: Who came back?"
    assert parsed.entries[0].summary == "97 came."
    assert parsed.feed.author == "Karabakh Ledger"
    assert "96 &lt;b&gt; &amp; more came." in shelf.files()["feed.xml"].decode()
    for entry in parsed.entries:
        assert (shelf.folder / entry.link).is_file()
        assert re.fullmatch(r"tag:[\w.-]+,\d{4}(-\d\d-\d\d)?:[\w/-]+", entry.id)


def test_the_same_editions_give_the_same_feed(project):
    shelf = Shelf(project)
    shelf.publish("winter", "2026-11-02")
    before = shelf.files()["feed.xml"]
    shelf.publish("winter", "2026-11-03", status=Status.FAILED)
    assert shelf.files()["feed.xml"] == before


def test_without_editions_the_feed_is_valid_and_empty(project):
    shelf = Shelf(project)
    shelf.publish("winter", "2026-11-02", status=Status.FAILED)
    assert feed(shelf).entries == []


def test_the_feed_has_an_end(project):
    shelf = Shelf(project)
    shelf.publish("winter", "2026-11-02")
    dated = [item for item in all_dated(shelf.folder) if item] * (MOST_ENTRIES + 1)
    assert len(feedparser.parse(render_feed(dated)).entries) == MOST_ENTRIES
    assert last_dated(shelf.folder, "winter") == dated[0]
