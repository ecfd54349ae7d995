"""Make a notebook's markup inert."""

import re
from html import unescape

import nh3

# fmt: off
TAGS = frozenset([
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd",
    "del", "details", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4",
    "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp",
    "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "time", "tr", "u", "ul", "var", "wbr",
])
# fmt: on
ATTRIBUTES = {
    "*": {"class", "dir", "id", "lang", "title"},
    "a": {"href"},
    "abbr": {"title"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width"},
    "li": {"value"},
    "ol": {"start"},
    "td": {"colspan", "headers", "rowspan"},
    "th": {"abbr", "colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
# An SVG inside <img> runs no script and loads nothing, whatever it holds.
PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*")
LINK = re.compile(r"(?:https?://|mailto:|#|[\w./-]+(?:[?#]|$))", re.IGNORECASE)
NO_ALT = re.compile(r"<img(?![^>]*\salt=)")
NO_DESCRIPTION = "Picture without a description"
MARKUP = re.compile(r"<[^>]*>")


def clean(html: str) -> str:
    """Keep the markup of prose, tables and figures, and drop everything that could act.

    Parameters
    ----------
    html : str
        Markup from a cell's output or from rendered Markdown.

    Returns
    -------
    str
        Well-formed markup: no scripts, styles, frames, forms, event handlers; links lead to web
        pages, mail or places in the page; pictures are part of the page. Applying it twice changes
        nothing.
    """
    return NO_ALT.sub(f'<img alt="{NO_DESCRIPTION}"', _CLEANER.clean(html))


def plain(html: str) -> str:
    """Return the text of a piece of markup, blanks collapsed."""
    return " ".join(unescape(MARKUP.sub("", html)).split())


def _keep(tag: str, attribute: str, value: str) -> str | None:
    """Judge one attribute; None drops it."""
    if attribute == "src":
        return value if PICTURE.fullmatch(value) else None
    if attribute == "href":
        return value if LINK.match(value.strip()) else None
    return value


_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
    attribute_filter=_keep,
    url_schemes={"http", "https", "mailto", "data"},
    link_rel=None,
)
