"""What changed since the last edition: the box at the head of a page, and its marks."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from html import escape
from typing import Any

from jinja2 import Environment, FileSystemLoader

from helpers.reports import words
from helpers.reports.clean import plain
from helpers.reports.policy import TEMPLATES

KEY = re.compile(r'(<div class="kl-key"><b>.*?</b><span>(.*?)</span>)', re.DOTALL)
ADDRESS = re.compile(r"https?://", re.IGNORECASE)
VERBS = {"added": "New", "removed": "Gone", "changed": "Corrected"}


@dataclass(frozen=True)
class ChangedFigure:
    """A key figure before and after, written as readers read it.

    Attributes
    ----------
    label : str
        What is counted, as in the page's key figures.
    before, after : str
        The figure in either edition; empty where that edition has none.
    change : str
        The difference with its sign; empty where there is none to tell.
    before_day, after_day : str
        Days of the two figures, YYYY-MM-DD, or empty.
    """

    label: str
    before: str
    after: str
    change: str = ""
    before_day: str = ""
    after_day: str = ""


@dataclass(frozen=True)
class ChangedClaim:
    """A claim that came, went or was corrected between two editions.

    Attributes
    ----------
    what : str
        ``added``, ``removed`` or ``changed``.
    text : str
        The claim in one line: the figure, what it counts, who states it.
    source : str
        Who printed it, and when.
    url : str
        Address of the page; anything but a web address is not linked.
    """

    what: str
    text: str
    source: str = ""
    url: str = ""

    @property
    def verb(self) -> str:
        """What happened to the claim, in a word."""
        return VERBS.get(self.what, self.what)

    @property
    def link(self) -> str:
        """The address, if a reader can follow it."""
        return self.url if ADDRESS.match(self.url) else ""


@dataclass(frozen=True)
class Changes:
    """Everything that differs from the last edition.

    Attributes
    ----------
    since : date
        Day of the last edition.
    figures : tuple of ChangedFigure
        Only those that differ.
    claims : tuple of ChangedClaim
        Those that made the difference.
    more : int
        How many more of them there are than `claims` lists.
    figureless : bool
        Whether neither edition has key figures that could differ.
    """

    since: date
    figures: tuple[ChangedFigure, ...] = ()
    claims: tuple[ChangedClaim, ...] = ()
    more: int = 0
    figureless: bool = False


@cache
def environment() -> Environment:
    """Return the environment of the pages' own templates: everything is escaped."""
    made = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True)
    made.filters |= {"day": words.day_words, "value": words.value_words}
    return made


def render_piece(name: str, values: Mapping[str, Any]) -> str:
    """Render one of the pages' own templates.

    Parameters
    ----------
    name : str
        File in the folder of templates.
    values : mapping
        What it shows; text is escaped.

    Returns
    -------
    str
    """
    return environment().get_template(name).render(values)


def changes_box(changes: Changes | None) -> str:
    """Return the box that tells what changed since the last edition.

    Parameters
    ----------
    changes : Changes or None

    Returns
    -------
    str
        Markup; empty when there is nothing to compare with. No change is told as such.
    """
    return render_piece("changes.html.j2", {"changes": changes}) if changes else ""


def mark_keys(html: str, changes: Changes | None) -> str:
    """Write the change beside each key figure that moved.

    Parameters
    ----------
    html : str
        Clean markup of the key figures.
    changes : Changes or None

    Returns
    -------
    str
    """
    if not changes:
        return html
    moved = {figure.label: figure.change for figure in changes.figures if figure.change}
    since = escape(words.day_words(changes.since))

    def mark(found: re.Match[str]) -> str:
        change = moved.get(plain(found[2]))
        if not change:
            return found[0]
        return f'{found[1]}<em class="kl-moved">{escape(change)} since {since}</em>'

    return KEY.sub(mark, html)
