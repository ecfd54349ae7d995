"""Tables and charts on small screens: they scroll in a box of their own, or stand as cards."""

import re
from collections import Counter
from html import escape

from helpers.reports.clean import plain

# A producer's own scrolling box around a table is replaced by ours.
TABLE = re.compile(
    r'<div class="kl-scroll">\s*(<table\b(?:(?!<table\b).)*?</table>)\s*</div>|<table\b.*?</table>',
    re.DOTALL,
)
PLOT = re.compile(r'<div class="kl-plot">')
CAPTION = re.compile(r"<caption\b[^>]*>(.*?)</caption>", re.DOTALL)
HEAD = re.compile(r"<thead\b[^>]*>(.*?)</thead>", re.DOTALL)
HEADING = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
SPANS = re.compile(r"\s(?:col|row)span=")
# From this number of columns on, a phone shows so few that rows read better as cards.
WIDE = 5


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
        gains its columns' names, which a phone shows in every row.
    """
    framer = _Framer()
    html = PLOT.sub(framer.plot, TABLE.sub(framer.table, html))
    if not framer.rules:
        return html
    rules = "\n".join(framer.rules)
    return html.replace("</style>", f"@media (max-width: 44rem) {{\n{rules}\n}}\n</style>", 1)


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
        about = f'role="region" tabindex="0" aria-label="{escape(name)}"'
        return f"<div {self._stack(table)} {about}>{table}</div>"

    def plot(self, _: re.Match[str]) -> str:
        """Frame one chart."""
        self.seen[""] += 1
        return f'<div class="kl-plot" role="group" tabindex="0" aria-label="Chart {self.seen[""]}">'

    def _stack(self, table: str) -> str:
        """Return the box's class, and the id by which its rules find it."""
        head = HEAD.search(table)
        headings = [plain(text) for text in HEADING.findall(head[1])] if head else []
        if len(headings) < WIDE or SPANS.search(table):
            return 'class="kl-scroll"'
        key = f"kl-table-{sum(self.seen.values())}"
        self.rules += [
            f"#{key} tr > :nth-child({place})::before {{ content: {css_text(heading)}; }}"
            for place, heading in enumerate(headings[1:], start=2)
        ]
        return f'class="kl-scroll kl-stack" id="{key}"'


def css_text(text: str) -> str:
    r"""Write a text as a CSS string that can end neither string nor stylesheet.

    Examples
    --------
    >>> css_text('a "b" </style>')
    '"a \\22 b\\22  \\3c \\2f style\\3e "'
    """
    safe = (c if c.isalnum() or c in " -.,()" else f"\\{ord(c):x} " for c in text)
    return f'"{"".join(safe)}"'
