"""Long and wide things: tables and charts scroll in boxes of their own, long lists begin folded."""

import re
from collections import Counter
from html import escape

from helpers.reports.clean import plain

# Most of a page is pictures in base64: patterns that begin with plain characters pass over it fast,
# and so does looking at nothing but what follows a "<".
# A producer's own scrolling box around a table is replaced by ours.
TABLE = re.compile(
    r'<(?:div class="kl-scroll">\s*(<table\b[^<]*(?:<(?!table\b)[^<]*)*?</table>)\s*</div>'
    r"|table\b[^<]*(?:<(?!/table>)[^<]*)*</table>)"
)
PLOT = re.compile(r'<div class="kl-plot">')
SOURCES = re.compile(r'<ol class="kl-sources">[^<]*(?:<(?!/ol>)[^<]*)*</ol>')
CAPTION = re.compile(r"<caption\b[^>]*>(.*?)</caption>", re.DOTALL)
HEAD = re.compile(r"<thead\b[^>]*>(.*?)</thead>", re.DOTALL)
HEADING = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
SPANS = (" colspan=", " rowspan=")
# From this number of columns on, a phone shows so few that rows read better as cards; a table may
# also say so of itself.
WIDE, SAYS_WIDE = 5, 'class="kl-table kl-wide"'
# More rows or sources than this begin folded: on a phone they'd fill ten screens and more.
LONG = 12
# A list so long that its fold is full on any screen; what is cut off need not be laid out.
VAST = 60


def frame_wide(html: str) -> str:
    """Put each table and chart into a box that scrolls sideways and takes the keyboard.

    Parameters
    ----------
    html : str
        A page of clean markup, its stylesheet the first in the page.

    Returns
    -------
    str
        Boxes of tables are named by the caption or by number, no two alike; those of charts by
        number, for the picture has a description of its own. For each wide table the stylesheet
        gains its columns' names, which a phone shows in every row. Long tables and lists of
        sources show their beginning and a link to all of it; the stylesheet unfolds them when
        they, or anything in them, are the target of a link or have the keyboard's focus.
    """
    framer = _Framer()
    html = PLOT.sub(framer.plot, TABLE.sub(framer.table, html))
    html = SOURCES.sub(framer.sources, html)
    if not framer.rules:
        return html
    rules = "\n".join(framer.rules)
    return html.replace(
        "</style>", f"@media screen and (max-width: 44rem) {{\n{rules}\n}}\n</style>", 1
    )


class _Framer:
    """Counts boxes and gathers the style rules they need."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.rules: list[str] = []

    def table(self, found: re.Match[str]) -> str:
        """Frame one table."""
        table = found[1] or found[0]
        caption = CAPTION.search(table)
        label = plain(caption[1]) if caption else "Table"
        self.seen[label] += 1
        name = label if caption and self.seen[label] == 1 else f"{label} {self.seen[label]}"
        key = f"kl-table-{sum(self.seen.values())}"
        rows = table.count("<tr", table.find("<tbody"))
        # Whoever opened a fold has asked for what is in it.
        long = rows > LONG and not _is_folded(found.string, found.start())
        classes = f"kl-scroll{self._stack(table, key)}{' kl-long' if long else ''}"
        about = f'id="{key}" role="region" tabindex="0" aria-label="{escape(name)}"'
        more = _more(key, f"{rows} rows") if long else ""
        return f'<div class="{classes}" {about}>{table}</div>{more}'

    def plot(self, _: re.Match[str]) -> str:
        """Frame one chart."""
        self.seen[""] += 1
        return f'<div class="kl-plot" role="group" tabindex="0" aria-label="Chart {self.seen[""]}">'

    def sources(self, found: re.Match[str]) -> str:
        """Frame a list of sources, if it is long."""
        length = found[0].count("<li")
        if length <= LONG:
            return found[0]
        self.seen["sources"] += 1
        key = f"kl-list-{self.seen['sources']}"
        more = _more(key, f"{length} sources")
        classes = f"kl-long kl-list{' kl-vast' if length > VAST else ''}"
        return f'<div class="{classes}" id="{key}">{found[0]}</div>{more}'

    def _stack(self, table: str, key: str) -> str:
        """Return the class of a table that phones show as cards, and note the rules for it."""
        head = HEAD.search(table)
        headings = [plain(text) for text in HEADING.findall(head[1])] if head else []
        narrow = len(headings) < WIDE and SAYS_WIDE not in table
        if narrow or any(spans in table for spans in SPANS):
            return ""
        self.rules += [
            f"#{key} tr > :nth-child({place})::before {{ content: {css_text(heading)}; }}"
            for place, heading in enumerate(headings[1:], start=2)
        ]
        return " kl-stack"


def _is_folded(html: str, place: int) -> bool:
    """Say whether a place lies inside a fold."""
    return html.rfind("<details", 0, place) > html.rfind("</details>", 0, place)


def _more(key: str, what: str) -> str:
    """Return the links that unfold and fold a long box; they are links, for nothing runs here."""
    return (
        f'<p class="kl-more" id="{key}-end"><a class="kl-all" href="#{key}">Show all {what}</a>'
        f'<a class="kl-fewer" href="#{key}-end">Show fewer</a></p>'
    )


def css_text(text: str) -> str:
    r"""Write a text as a CSS string that can end neither string nor stylesheet.

    Examples
    --------
    >>> css_text('a "b" </style>')
    '"a \\22 b\\22  \\3c \\2f style\\3e "'
    """
    safe = (c if c.isalnum() or c in " -.,()" else f"\\{ord(c):x} " for c in text)
    return f'"{"".join(safe)}"'
