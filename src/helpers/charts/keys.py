"""Key figures at the head of a page."""

from collections.abc import Sequence
from html import escape

import pandas as pd

from helpers.charts.citations import page, write_day
from helpers.charts.piece import Html
from helpers.charts.words import short_name, write_number, write_range
from helpers.data.figures import KeyFigure


def show_figures(figures: Sequence[KeyFigure]) -> Html:
    """Show key figures, each with its day, who says so and its sources.

    Parameters
    ----------
    figures : sequence of KeyFigure

    Returns
    -------
    Html
    """
    if not figures:
        empty = '<p class="kl-note kl-empty">No key figure: nothing had been stated.</p>'
        return Html(empty, {"figures": []})
    shown = f'<div class="kl-keys">{"".join(_figure(figure) for figure in figures)}</div>'
    return Html(shown, {"figures": [figure.plain() for figure in figures]})


def _figure(figure: KeyFigure) -> str:
    number = (
        write_range(figure.low, figure.high) if pd.isna(figure.best) else write_number(figure.best)
    )
    spread = ""
    allowed = write_range(figure.low, figure.high)
    if allowed != number:
        spread = f" <small>({allowed})</small>"
    said = escape(short_name(figure.said_by))
    return (
        f'<div class="kl-key"><b>{number}{spread}</b><span>{escape(figure.label)}</span>'
        f"<small>{write_day(figure.date)}, {said}{page().cite(figure.sources)}</small></div>"
    )
