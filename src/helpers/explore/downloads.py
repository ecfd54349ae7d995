"""The current view as files to take along: a picture that says what it is, and its claims."""

import base64
import io
import textwrap
from dataclasses import replace
from html import escape

from matplotlib.figure import Figure

from helpers.charts import Chart, open_page
from helpers.charts.theme import INK, MUTED, styled
from helpers.explore.ledger import Ledger
from helpers.explore.view import View

_DPI = 200
_TITLE, _TEXT = (64, 12.5, 0.24), (108, 8.5, 0.165)  # characters a line, points, inches a line
_SPACE = 0.14  # inches between words and drawing
_KINDS = {"png": "image/png", "svg": "image/svg+xml", "csv": "text/csv;charset=utf-8"}


def files_of(view: View, ledger: Ledger) -> dict[str, bytes]:
    """Make the files of a view.

    Parameters
    ----------
    view : View
    ledger : Ledger

    Returns
    -------
    dict of str to bytes
        By ending: ``png`` and ``svg`` with title and source line in the picture, where there is
        one, and ``csv`` with all columns of the claims. The same bytes for the same view.
    """
    files = {"csv": view.claims.to_csv(index=False, lineterminator="\n").encode()}
    open_page(ledger.sources)
    chart = view.chart()
    if chart.figure is None:
        return files
    figure = captioned(chart.figure, chart)
    picture = io.BytesIO()
    with styled():
        figure.savefig(
            picture, format="png", dpi=_DPI, facecolor="white", metadata={"Software": None}
        )
    return {"png": picture.getvalue(), "svg": replace(chart, figure=figure).svg()} | files


def links_to(files: dict[str, bytes], name: str) -> str:
    """Write files as links that download them, without a server.

    Parameters
    ----------
    files : dict of str to bytes
        From :func:`files_of`.
    name : str
        Name of the files without ending.

    Returns
    -------
    str
        HTML.
    """
    links = []
    for ending, content in files.items():
        data = base64.b64encode(content).decode("ascii")
        file = escape(f"{name}.{ending}")
        links.append(f'<a download="{file}" href="data:{_KINDS[ending]};base64,{data}">{file}</a>')
    return f'<p class="kl-files">Download: {" ".join(links)}</p>'


def captioned(figure: Figure, chart: Chart) -> Figure:
    """Write title and subtitle above a drawing and its source line below, making room for them.

    On a page these stand in the text around the picture; a picture that travels alone must keep
    them.

    Parameters
    ----------
    figure : Figure
        The chart's own drawing, which is changed.
    chart : Chart

    Returns
    -------
    Figure
        `figure`.
    """
    head = [(line, _TITLE, INK, "bold") for line in textwrap.wrap(chart.title, _TITLE[0])]
    head += [(line, _TEXT, MUTED, "normal") for line in textwrap.wrap(chart.subtitle, _TEXT[0])]
    foot = [(line, _TEXT, MUTED, "normal") for line in textwrap.wrap(_origin(chart), _TEXT[0])]
    above, below = (sum(line[1][2] for line in lines) + 2 * _SPACE for lines in (head, foot))
    width, drawn = figure.get_size_inches()
    height = drawn + above + below
    for axes in figure.axes:
        box = axes.get_position()
        bottom = (box.y0 * drawn + below) / height
        axes.set_position((box.x0, bottom, box.width, box.height * drawn / height))
    figure.set_size_inches(width, height)
    for lines, top in ((head, height - _SPACE), (foot, below - _SPACE)):
        for text, (_, points, room), colour, weight in lines:
            place = (_SPACE / width, top / height)
            figure.text(*place, text, va="top", size=points, color=colour, weight=weight)
            top -= room
    return figure


def _origin(chart: Chart) -> str:
    return f"{chart.source_line()} Karabakh Ledger, data CC BY 4.0."
