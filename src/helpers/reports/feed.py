"""The feed of editions, in Atom (RFC 4287)."""

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from helpers.reports.dated import Dated

FEED = "feed.xml"
MOST_ENTRIES = 50
ATOM = "http://www.w3.org/2005/Atom"
# Tag URIs (RFC 4151) name a thing for good, wherever the folder is served from.
AUTHORITY = "tag:karabakh-ledger,2020-11-09"
BEGINNING = "2020-11-09T00:00:00+00:00"
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_feed(dated: Sequence[Dated]) -> str:
    """Render the feed of an output folder.

    Parameters
    ----------
    dated : sequence of Dated

    Returns
    -------
    str
        The newest `MOST_ENTRIES` editions, newest first. Ids and times are the editions' own, so
        the same editions give the same feed; links are relative to it.
    """
    newest = sorted(dated, key=lambda item: (_made(item), item.link), reverse=True)[:MOST_ENTRIES]
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed")
    _add(feed, "id", f"{AUTHORITY}:editions")
    _add(feed, "title", "Karabakh Ledger")
    _add(feed, "subtitle", "Sourced claims about what followed the ceasefire statement of 2020")
    _add(feed, "updated", _made(newest[0]) if newest else BEGINNING)
    _add(_add(feed, "author"), "name", "Karabakh Ledger")
    _add(feed, "link", rel="self", type="application/atom+xml", href=FEED)
    _add(feed, "link", rel="alternate", type="text/html", href="index.html")
    for item in newest:
        _add_entry(feed, item)
    ET.indent(feed, " ")
    text = ET.tostring(feed, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _add_entry(feed: ET.Element, item: Dated) -> None:
    record, entry = item.record, _add(feed, "entry")
    assert record.page is not None
    _add(entry, "id", f"{AUTHORITY}:{record.edition}/{item.name}")
    _add(entry, "title", f"{record.title}: {record.question}")
    _add(entry, "updated", _made(item))
    _add(entry, "link", rel="alternate", type="text/html", href=item.link)
    _add(entry, "summary", record.page.news or record.page.selection)


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    # Titles come from files that may hold characters no XML can.
    element.text = NO_XML.sub("", text) or None
    return element


def _made(item: Dated) -> str:
    assert item.record.page is not None
    return item.record.page.made
