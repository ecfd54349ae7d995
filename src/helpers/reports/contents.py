"""Sections of a page: their names, and the list of contents."""

import re
import unicodedata
from collections import Counter
from html import escape

from helpers.reports.clean import plain

# Pictures in base64 are most of a page; a pattern that begins with plain letters is soon past them.
ID = re.compile(r'id="([^"]*)"')
SECTION = re.compile(r"<(h[2-6])>(.*?)</\1>", re.DOTALL)
NAMED = re.compile(r'<h2 id="([^"]*)">(.*?)</h2>', re.DOTALL)
# The template leaves this mark; clean markup holds no comments, so a notebook cannot fake it.
MARK = "<!--contents-->"
FEWEST = 3


def name_sections(html: str) -> str:
    """Give headings ids, so that a section can be linked to.

    Parameters
    ----------
    html : str
        A page.

    Returns
    -------
    str
        Ids come from the headings' words; no two are alike, nor like any other id.
    """
    taken = Counter(item[1] for item in ID.finditer(html) if html[item.start() - 1].isspace())

    def name(found: re.Match[str]) -> str:
        text = unicodedata.normalize("NFKD", plain(found[2])).encode("ascii", "ignore").decode()
        slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "section"
        unique, number = slug, 1
        while taken[unique]:
            number += 1
            unique = f"{slug}-{number}"
        taken[unique] += 1
        return f'<{found[1]} id="{unique}">{found[2]}</{found[1]}>'

    return SECTION.sub(name, html)


def add_contents(html: str) -> str:
    """Put the list of sections where the template wants it.

    Parameters
    ----------
    html : str
        A page with named sections.

    Returns
    -------
    str
        A page of few sections gets no list.
    """
    before, _, after = html.partition(MARK)
    sections = NAMED.findall(before.partition("<main")[2]) + NAMED.findall(after)
    if len(sections) < FEWEST:
        return before + after
    items = "".join(
        f'<li><a href="#{name}">{escape(plain(text))}</a></li>\n' for name, text in sections
    )
    return (
        f'{before}<nav class="kl-contents" aria-labelledby="contents">\n<div>\n'
        f'<p id="contents">On this page</p>\n<ol>\n{items}</ol>\n</div>\n</nav>{after}'
    )
