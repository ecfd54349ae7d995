"""The one line of news a page carries."""

import re
from html.parser import HTMLParser

# Parsing begins at the element and ends with it: pages hold hundreds of kilobytes.
START = re.compile(r'<\w+\b[^<>]*\bclass="(?:[^"]*\s)?kl-news[\s"]')
PIECE = 1000
VOID = frozenset({"br", "hr", "img", "wbr", "meta", "link", "input", "col"})


def news_of(html: str) -> str:
    """Return the text of the first element of class ``kl-news``.

    Parameters
    ----------
    html : str
        A rendered page.

    Returns
    -------
    str
        Plain text, without the marks of its footnotes; empty when there is no such element.

    Examples
    --------
    >>> news_of('<p class="kl-prose kl-news">96 more<sup>1</sup>.</p>')
    '96 more.'
    """
    start = START.search(html)
    reader, place = _Reader(), start.start() if start else len(html)
    while place < len(html) and not reader.done:
        reader.feed(html[place : place + PIECE])
        place += PIECE
    return " ".join("".join(reader.text).split())


class _Reader(HTMLParser):
    """Collects the text while inside the element and outside any `sup`."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.open: list[str] = []
        self.done = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Enter the element, or one inside it."""
        if tag not in VOID and not self.done:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element; after the first, nothing more is read."""
        if self.open and tag not in VOID:
            self.open.pop()
            self.done = not self.open

    def handle_data(self, data: str) -> None:
        """Keep text that is to be read."""
        if self.open and "sup" not in self.open:
            self.text.append(data)
