"""How to cite a page: a sentence, and an entry for BibTeX."""

import re

from helpers.reports.page import Page

SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
}


def citation(page: Page, question: str) -> str:
    """Return the citation of a page, as plain text.

    Parameters
    ----------
    page : Page
    question : str
        The page's title.

    Returns
    -------
    str
        Who, year, title, edition, day and vintage of the data; the version when it is known.
    """
    version = f", version {page.version}" if page.version else ""
    return (
        f"Karabakh Ledger ({page.made.year}). “{question}” {page.title}, edition {page.edition}, "
        f"made {page.made_words}, from {page.vintage}{version}."
    )


def bibtex(page: Page, question: str) -> str:
    r"""Return the entry for BibTeX.

    Parameters
    ----------
    page : Page
    question : str
        The page's title.

    Returns
    -------
    str
        An ``@misc`` entry; what TeX would read as commands is escaped.
    """
    note = f"Edition {page.edition}, made {page.made_words}, from {page.vintage}"
    fields = {
        "author": "{Karabakh Ledger}",
        "title": "{" + tex_text(f"{question} {page.title}") + "}",
        "year": str(page.made.year),
        "month": f"{page.made:%b}".lower(),
        "version": tex_text(page.version),
        "note": tex_text(note),
    }
    key = re.sub(r"[^a-z0-9-]", "", f"karabakh-ledger-{page.edition}-{page.made:%Y-%m-%d}")
    lines = [
        f"  {name} = {value}," if name == "month" else f"  {name} = {{{value}}},"
        for name, value in fields.items()
        if value
    ]
    return "\n".join([f"@misc{{{key},", *lines, "}"])


def tex_text(text: str) -> str:
    r"""Escape what TeX would read as a command.

    Examples
    --------
    >>> tex_text("5 % of a_b {c}")
    '5 \\% of a\\_b \\{c\\}'
    """
    return "".join(SPECIAL.get(sign, sign) for sign in text)
