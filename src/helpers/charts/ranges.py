"""Figures side by side: one row each, a dot for what was said, a bar for what the words allow."""

import textwrap

import numpy as np
import pandas as pd

from helpers.analysis.series import ids
from helpers.charts.chart import Chart
from helpers.charts.citations import write_day
from helpers.charts.tables import series_table
from helpers.charts.theme import MUTED, colour_of, ink_of, new_figure, styled
from helpers.charts.words import plural, short_name, write_number, write_range
from helpers.data.frames import rows_of
from helpers.data.vocabulary import SCOPES

_LABEL_WIDTH = 38  # characters
_MOST = 16


def plot_side_by_side(rows: pd.DataFrame, what: str, *, by: str = "claimant") -> Chart:
    """Draw statements next to each other.

    Parameters
    ----------
    rows : DataFrame
        From :func:`helpers.analysis.figures.side_by_side`.
    what : str
        What is counted, as words that follow a number.
    by : str
        claimant names each row by who says it and what is counted; place by where.

    Returns
    -------
    Chart
        At most sixteen rows, the largest first; the table holds all.
    """
    if rows.empty:
        return Chart(
            None,
            "No figure in this selection.",
            f"Nobody's count of {what} falls into it.",
            "",
            rows,
            (),
        )
    order = rows.assign(label=_labels(rows, by)).sort_values(
        ["low", "label"], ascending=[False, True]
    )
    shown = order.head(_MOST)
    with styled():
        figure, axes = new_figure(0.5 + 0.36 * len(shown), left=2.6, right=1.7, bottom=0.2)
        places = np.arange(len(shown))
        axes.set_ylim(len(shown) - 0.5, -0.5)
        axes.set_xlim(0, _reach(shown) * 1.02)
        axes.set_yticks(places, [textwrap.fill(text, _LABEL_WIDTH) for text in shown["label"]])
        axes.tick_params(axis="y", labelsize=8.5)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.grid(axis="x")
        for place, row in enumerate(rows_of(shown)):
            _row(axes, place, row)
    first = shown.iloc[0]
    title = (
        f"From {_said(order.iloc[-1])} to {_said(first)} {what}, depending on who counts what"
        if len(order) > 1
        else f"{_said(first)} {what}"
    )
    said = [f"{row.label}: {_said(row)} ({write_day(row.date)})" for row in rows_of(shown)]
    return Chart(
        figure,
        title,
        f"The latest statement of each of {plural(len(order), 'series', 'series')}; "
        "bars span what the words allow, hollow dots are rounded or vague.",
        "Statements side by side. " + "; ".join(said) + ".",
        series_table(order),
        ids(source for cell in order["sources"] for source in cell),
    )


def _labels(rows: pd.DataFrame, by: str) -> list[str]:
    names = rows["claimant"].map(short_name)
    if by == "place":
        several = rows["place"].duplicated(keep=False)
        return [
            f"{place}, {name}" if twice else place
            for place, name, twice in zip(rows["place"], names, several, strict=True)
        ]
    scopes = [str(series).split("/")[0] for series in rows["series"]]
    words = [SCOPES.get(scope, scope) for scope in scopes]
    return [f"{name}: {word}" for name, word in zip(names, words, strict=True)]


def _reach(rows: pd.DataFrame) -> float:
    return float(max(rows["best"].fillna(rows["low"]).max(), 1.0)) * 1.08


def _row(axes, place: int, row) -> None:
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
    axes.annotate(
        f"{_said(row)}",
        (1, place),
        xycoords=("axes fraction", "data"),
        xytext=(6, 4),
        textcoords="offset points",
        fontsize=8.5,
        color=ink_of(colour),
        va="center",
        fontweight="bold",
    )
    axes.annotate(
        write_day(row.date),
        (1, place),
        xycoords=("axes fraction", "data"),
        xytext=(6, -6),
        textcoords="offset points",
        fontsize=7.5,
        color=MUTED,
        va="center",
    )


def _said(row) -> str:
    best, low, high = row.best, row.low, row.high
    return write_range(low, high) if pd.isna(best) else write_number(best)
