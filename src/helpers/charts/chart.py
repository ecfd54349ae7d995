"""A chart as a reader gets it: picture, words for those who can't see it, numbers, sources."""

import base64
import hashlib
import io
import re
from dataclasses import dataclass, field
from html import escape

import pandas as pd
from matplotlib.figure import Figure

from helpers.charts.citations import page
from helpers.charts.tables import table_html
from helpers.charts.theme import styled

_FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


@dataclass(frozen=True, repr=False)
class Chart:
    """A finished chart.

    Attributes
    ----------
    figure : Figure or None
        The drawing; None when there is nothing to draw, which the chart then says in words.
    title : str
        The finding, computed.
    subtitle : str
        What is counted, by whom, in which unit.
    alt : str
        What the chart shows, for readers who don't see it.
    table : DataFrame
        The numbers drawn. A column named `sources` holds tuples of source ids.
    sources : tuple of str
        Ids of all sources behind it.
    note : str
        A remark for the reader, below the chart.
    """

    figure: Figure | None
    title: str
    subtitle: str
    alt: str
    table: pd.DataFrame
    sources: tuple[str, ...]
    note: str = ""
    _cache: dict[str, bytes] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        # IPython asks for it wherever a chart is shown; a table in words would take a while.
        return f"<Chart: {self.title}>"

    def svg(self) -> bytes:
        """Return the drawing as SVG, the same bytes for the same chart.

        Returns
        -------
        bytes

        Raises
        ------
        ValueError
            Nothing was drawn.
        """
        if self.figure is None:
            raise ValueError(f"{self.title}: nothing was drawn")
        if "svg" not in self._cache:
            buffer = io.StringIO()
            with styled():
                self.figure.savefig(buffer, format="svg", metadata=_NO_STAMPS)
            self._cache["svg"] = _tidy(buffer.getvalue(), self.title, self.alt).encode("utf-8")
        return self._cache["svg"]

    def _repr_html_(self) -> str:
        if self.figure is None:
            return f'<p class="kl-note kl-empty">{escape(self.title)} {escape(self.subtitle)}</p>'
        width, height = (round(size * 100) for size in self.figure.get_size_inches())
        picture = base64.b64encode(self.svg()).decode("ascii")
        name = hashlib.sha256(self.title.encode()).hexdigest()[:8]
        note = f'<p class="kl-note">{escape(self.note)}</p>' if self.note else ""
        cited = page().cite(self.sources)
        return (
            f'<figure class="kl-chart" id="fig-{name}" aria-labelledby="fig-{name}-title">'
            f'<figcaption><b class="kl-title" id="fig-{name}-title">{escape(self.title)}</b>'
            f'<span class="kl-sub">{escape(self.subtitle)}</span></figcaption>'
            f'<div class="kl-plot" role="region" tabindex="0" aria-label="Chart">'
            f'<img src="data:image/svg+xml;base64,{picture}" alt="{escape(self.alt)}" '
            f'width="{width}" height="{height}"></div>{note}'
            f'<p class="kl-source">{escape(self.source_line())}{cited}</p>'
            f'<details class="kl-data"><summary>The numbers and their sources</summary>'
            f"{table_html(self.table, caption=self.title)}</details></figure>"
        )

    def source_line(self) -> str:
        """Return the line that names publishers and dates, computed from what is drawn."""
        return page().summarise(self.sources)


def nothing(title: str, subtitle: str, table: pd.DataFrame) -> Chart:
    """Make the chart of an empty selection: it says so in words.

    Parameters
    ----------
    title, subtitle : str
        What is missing, and of what.
    table : DataFrame
        The empty selection.

    Returns
    -------
    Chart
    """
    return Chart(None, title, subtitle, "", table, ())


_NO_STAMPS: dict[str, str | None] = {"Date": None, "Creator": None}


def _tidy(svg: str, title: str, alt: str) -> str:
    """Name the picture for assistive software, and let text take the reader's own font."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"'?DejaVu Sans'?", _FONTS.replace("\\", ""), svg)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    head, body = svg.split(">", 1)
    words = f"<title>{escape(title)}</title><desc>{escape(alt)}</desc>"
    return f'{head} role="img">{words}{body}'
