"""Figures side by side: one row each, a dot for what was said, a bar for what the words allow."""

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.analysis.series import ids
from helpers.charts.chart import Chart, nothing
from helpers.charts.citations import write_day
from helpers.charts.look import series_name
from helpers.charts.tables import series_table
from helpers.charts.theme import MUTED, colour_of, ink_of, new_figure, styled
from helpers.charts.words import join_words, plural, short_name, write_number, write_range
from helpers.data.frames import rows_of
from helpers.data.vocabulary import UNITS

_LABEL_WIDTH = 38  # characters
_MOST = 18


def plot_side_by_side(statements: pd.DataFrame, what: str = "") -> Chart:
    """Draw statements next to each other.

    Parameters
    ----------
    statements : DataFrame
        From :func:`helpers.analysis.figures.side_by_side`.
    what : str
        What is counted, as words that follow a number; the unit where left out.

    Returns
    -------
    Chart
        At most eighteen rows, by what is counted and then by size; the table holds all.
    """
    if statements.empty:
        said = f"Nobody's count of {what or 'this'} falls into it."
        return nothing("No figure in this selection.", said, statements)
    # Figures in different units share no axis.
    unit = statements["unit"].mode().iloc[0]
    rows = statements[statements["unit"] == unit]
    others = sorted(set(statements["unit"]) - {unit})
    order = rows.assign(label=_labels(rows), size=rows["best"].fillna(rows["low"]))
    keys = [_scopes(order), -order["size"].astype(float), order["label"]]
    order = order.iloc[np.lexsort(keys[::-1])]
    shown = order.head(_MOST)
    with styled():
        figure = _draw(shown)
    said = [f"{row.label}: {_said(row)} ({write_day(row.last_day)})" for row in rows_of(shown)]
    return Chart(
        figure,
        _finding(order, what or UNITS[unit]),
        f"The latest statement of each of {plural(len(order), 'series', 'series')}; "
        "bars span what the words allow, hollow dots are rounded or vague.",
        "Statements side by side. " + "; ".join(said) + ".",
        series_table(order),
        ids(source for cell in order["sources"] for source in cell),
        note=f"Not drawn: statements in {join_words(others)}." if others else "",
    )


def _draw(shown: pd.DataFrame) -> Figure:
    labels = [textwrap.fill(text, _LABEL_WIDTH) for text in shown["label"]]
    step = 0.14 * max(text.count("\n") + 1 for text in labels) + 0.12
    figure, axes = new_figure(0.45 + max(step, 0.36) * len(shown), left=2.6, right=1.4, bottom=0.25)
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.set_xlim(0, _reach(shown) * 1.02)
    axes.set_yticks(range(len(shown)), labels)
    axes.tick_params(axis="y", labelsize=8.5)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.grid(axis="x")
    for place, row in enumerate(rows_of(shown)):
        _row(axes, place, row)
    return figure


def _finding(order: pd.DataFrame, what: str) -> str:
    stated = order.dropna(subset=["best"])
    if stated.empty:
        return f"{write_range(order['low'].min(), order['high'].max())} {what}"
    low, high = stated["best"].min(), stated["best"].max()
    if low == high:
        return f"{write_number(high)} {what}"
    if _apart(order):
        places = order.loc[order["place"] != "", "place"].nunique()
        return f"Latest totals of {what}: up to {write_number(high)}, in {plural(places, 'place')}"
    said = f"From {write_number(low)} to {write_number(high)} {what}"
    return f"{said}, depending on who counts what, and when"


def _apart(rows: pd.DataFrame) -> bool:
    """Whether places have series of their own."""
    return rows["series"].nunique() > rows["series"].map(series_name).nunique()


def _scopes(rows: pd.DataFrame) -> pd.Series:
    return rows["series"].str.split("/").str[0]


def _labels(rows: pd.DataFrame) -> list[str]:
    """Name each row by whatever tells it from the others: scope, place, claimant."""
    names = rows["claimant"].map(short_name)
    scopes = [series_name(str(series)) for series in rows["series"]]
    named = rows["place"].replace("", "All places").tolist()
    places = named if _apart(rows) else [""] * len(rows)
    labels = []
    for name, scope, place in zip(names, scopes, places, strict=True):
        alone = bool(place) and places.count(place) == 1
        parts = [scope] * (len(set(scopes)) > 1) + [place] * bool(place)
        labels.append(": ".join(parts) if alone else ": ".join([*parts, name]))
    return labels


def _reach(rows: pd.DataFrame) -> float:
    return float(max(rows["best"].fillna(rows["low"]).max(), 1.0)) * 1.08


def _row(axes: Axes, place: int, row) -> None:
    colour = colour_of(row.claimant_party)
    reach = axes.get_xlim()[1]
    high = reach if pd.isna(row.high) else min(float(row.high), reach)
    axes.hlines(place, float(row.low), high, color=colour, lw=4, alpha=0.3)
    exact = pd.notna(row.best) and pd.notna(row.high) and row.low == row.high
    axes.scatter(
        [float(row.low if pd.isna(row.best) else row.best)],
        [place],
        s=32,
        zorder=3,
        facecolors=colour if exact else "white",
        edgecolors=colour,
        lw=1.2,
    )
    _beside(axes, place, _said(row), 4, fontsize=8.5, color=ink_of(colour), fontweight="bold")
    _beside(axes, place, write_day(row.last_day), -6, fontsize=7.5, color=MUTED)


def _beside(axes: Axes, place: int, text: str, rise: int, **style) -> None:
    """Write a text to the right of the axes, level with a row or a little above or below it."""
    axes.annotate(
        text,
        (1, place),
        xycoords=("axes fraction", "data"),
        xytext=(6, rise),
        textcoords="offset points",
        va="center",
        **style,
    )


def _said(row) -> str:
    best, low, high = row.best, row.low, row.high
    return write_range(low, high) if pd.isna(best) else write_number(best)
