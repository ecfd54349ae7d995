"""Numbered sources: every figure on a page points into one list at its end."""

from collections.abc import Iterable
from html import escape
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

_SHOWN = 3
_NAMED = 4


class Citations:
    """Numbers sources in the order in which a page first cites them.

    Parameters
    ----------
    sources : DataFrame
        The table `sources`: `source_id`, `publisher`, `via`, `published`, `language`, `url`.
    """

    def __init__(self, sources: pd.DataFrame) -> None:
        self._sources = sources.set_index("source_id")
        self._numbers: dict[str, int] = {}

    def cite(self, source_ids: Iterable[str]) -> str:
        """Return superscript links to sources.

        Parameters
        ----------
        source_ids : iterable of str
            The sources behind a figure; ids that are not in the table are passed over.

        Returns
        -------
        str
            HTML: at most three numbers, then how many more there are. All of them enter the list.
        """
        known = [source for source in dict.fromkeys(source_ids) if source in self._sources.index]
        if not known:
            return ""
        numbers = sorted(self._number(source) for source in known)
        links = [f'<a href="#src-{number}">{number}</a>' for number in numbers[:_SHOWN]]
        more = f" +{len(numbers) - _SHOWN}" if len(numbers) > _SHOWN else ""
        return f'<sup class="kl-cite">{" ".join(links)}{more}</sup>'

    def cited(self) -> list[str]:
        """Return the ids of all sources cited so far, in the order of their numbers."""
        return list(self._numbers)

    def list_html(self) -> str:
        """Return the numbered list of all sources cited so far, as HTML."""
        if not self._numbers:
            return '<p class="kl-note">No source is cited on this page.</p>'
        rows = self._sources.loc[list(self._numbers)]
        items = [
            f'<li id="src-{number}">{describe_source(row)}</li>'
            for number, (_, row) in zip(self._numbers.values(), rows.iterrows(), strict=True)
        ]
        return f'<ol class="kl-sources">{"".join(items)}</ol>'

    def summarise(self, source_ids: Iterable[str]) -> str:
        """Return one line on many sources: the most used publishers and the span of days.

        Parameters
        ----------
        source_ids : iterable of str

        Returns
        -------
        str
        """
        known = [source for source in dict.fromkeys(source_ids) if source in self._sources.index]
        if not known:
            return "Source: none in this selection."
        rows = self._sources.loc[known]
        names = rows["publisher"].value_counts(sort=True)
        # value_counts keeps first appearance among equals only by accident: order by name then.
        names = names.reset_index().sort_values(["count", "publisher"], ascending=[False, True])
        shown = ", ".join(names["publisher"].head(_NAMED))
        rest = len(names) - _NAMED
        more = f" and {rest} more {'outlet' if rest == 1 else 'outlets'}" if rest > 0 else ""
        days = rows["published"].dropna()
        span = "undated" if days.empty else _span(days.min(), days.max())
        return f"{'Source' if len(known) == 1 else 'Sources'}: {shown}{more}; {span}."

    def _number(self, source: str) -> int:
        return self._numbers.setdefault(source, len(self._numbers) + 1)


def describe_source(source: pd.Series) -> str:
    """Return one source as HTML: publisher, carrier, day, language, link.

    Parameters
    ----------
    source : Series
        One row of the table `sources`.

    Returns
    -------
    str
    """
    via = f", via {escape(source['via'])}" if source["via"] else ""
    undated = pd.isna(source["published"])
    day = "undated" if undated else write_day(source["published"])
    language = "" if source["language"] == "en" else f", in {escape(_language(source['language']))}"
    text = f"{escape(source['publisher'])}{via}, {day}{language}"
    address = urlsplit(source["url"])
    if address.scheme not in ("http", "https"):
        return f"{text} (address not kept)"
    host = address.netloc.removeprefix("www.")
    return f'{text}: <a href="{escape(source["url"])}">{escape(host)}</a>'


def write_day(day: pd.Timestamp) -> str:
    """Write a day as readers say it: 1 Feb 2021."""
    return f"{day.day} {day:%b %Y}"


def _span(first: pd.Timestamp, last: pd.Timestamp) -> str:
    return write_day(first) if first == last else f"{write_day(first)} to {write_day(last)}"


_current: Citations | None = None


def open_page(sources: pd.DataFrame) -> None:
    """Begin a page: citations are numbered from one again.

    A notebook is one page and one process, so the page's citations are kept here, as the
    plotting library keeps its current figure.

    Parameters
    ----------
    sources : DataFrame
        The table `sources`.
    """
    global _current
    _current = Citations(sources)


def page() -> Citations:
    """Return the citations of the page that is open.

    Raises
    ------
    RuntimeError
        No page is open: call :func:`open_page` first.
    """
    if _current is None:
        raise RuntimeError("no page is open: call open_page(sources) before anything is shown")
    return _current


def _language(code: str) -> str:
    return _LANGUAGES.get(code, code)


_LANGUAGES: dict[str, Any] = {
    "ar": "Arabic",
    "az": "Azerbaijani",
    "be": "Belarusian",
    "bg": "Bulgarian",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "es": "Spanish",
    "fa": "Persian",
    "fr": "French",
    "hu": "Hungarian",
    "hy": "Armenian",
    "id": "Indonesian",
    "it": "Italian",
    "ka": "Georgian",
    "ko": "Korean",
    "lt": "Lithuanian",
    "ms": "Malay",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sl": "Slovene",
    "sr": "Serbian",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "uz": "Uzbek",
    "zh": "Chinese",
}
