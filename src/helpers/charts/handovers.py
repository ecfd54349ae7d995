"""Handovers drawn and listed."""

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.analysis.series import ids
from helpers.charts.chart import Chart, nothing
from helpers.charts.citations import write_day
from helpers.charts.piece import Html
from helpers.charts.tables import show_table
from helpers.charts.theme import INK, MUTED, colour_of, date_axis, ink_of, new_figure, styled
from helpers.charts.words import plural, short_name, write_number, write_range
from helpers.data.frames import rows_of

_BAR_DAYS = 9
_SIDES = {"armenia": 1.0, "nk_authorities": 1.0, "azerbaijan": -1.0}
_NOUNS = {
    "people": ("person", "people"),
    "remains": ("body", "bodies"),
    "maps": ("set of maps", "sets of maps"),
    "mines": ("mine shown on a map", "mines shown on maps"),
}
_TERMS = {
    "swap": "swap",
    "mine_maps": "mine maps",
    "all_for_all": "all held by the other side",
    "goodwill": "goodwill, by the giver's account",
    "nothing": "nothing, by the giver's account",
    "mass_grave_data": "data on mass graves",
    "syrian_prisoners": "prisoners from Syria",
}


def plot_handovers(legs: pd.DataFrame, leg: str) -> Chart:
    """Draw handovers as bars over time: up to the Armenian side, down to the Azerbaijani side.

    Parameters
    ----------
    legs : DataFrame
        From :func:`helpers.analysis.balances.handovers`.
    leg : str
        people or remains; the two are never added.

    Returns
    -------
    Chart
        Bars end at the best supported figure; a thin line spans the stated figures.
    """
    many = _NOUNS[leg][1]
    chosen = legs[(legs["leg"] == leg) & (legs["high"].fillna(1) > 0)]
    elsewhere = chosen[~chosen["to_party"].isin(_SIDES)]
    chosen = chosen[chosen["to_party"].isin(_SIDES)].reset_index(drop=True)
    if chosen.empty:
        return nothing("No handover in this selection.", f"It holds no claim on {many}.", chosen)
    side = chosen["to_party"].map(_SIDES).to_numpy(dtype=float)
    best = chosen["best"].fillna(chosen["low"]).to_numpy(dtype=float)
    with styled():
        figure, axes = new_figure(3.7, left=0.62, right=0.25)
        _bars(axes, chosen, side, best)
    title = _finding(side, best, leg)
    return Chart(
        figure,
        title,
        f"{many.capitalize()} in each handover, as best supported by the sources; "
        "thin lines span figures that differ.",
        _alt(chosen, best, title, many),
        handover_table(chosen, legs),
        ids(source for row in chosen["sources"] for source in row),
        note=_elsewhere(elsewhere, leg),
    )


def handover_table(legs: pd.DataFrame, every: pd.DataFrame | None = None) -> pd.DataFrame:
    """Write handovers as a table: when, what, who to whom, how many, through whom, for what.

    Parameters
    ----------
    legs : DataFrame
        From :func:`helpers.analysis.balances.handovers`.
    every : DataFrame, optional
        The legs that may be given in return, where `legs` holds only some.

    Returns
    -------
    DataFrame
        Text columns, `days held` and `sources`.
    """
    named = legs if every is None else every
    titles = dict(zip(named["event_id"], named["title"], strict=True))
    return pd.DataFrame(
        {
            "date": legs["date"],
            "handover": legs["title"],
            "who to whom": [_route(row) for row in rows_of(legs)],
            "figure": [_figure(row) for row in rows_of(legs)],
            "mediated by": legs["mediators_name"].replace("", "nobody named"),
            "in return for": [_return(cell, titles) for cell in legs["in_return_for"]],
            "days held": legs["days_held"],
            "sources": legs["sources"],
        }
    )


def show_handovers(legs: pd.DataFrame, *, caption: str, fold: bool = True) -> Html:
    """Show the table of handovers.

    Parameters
    ----------
    legs : DataFrame
        From :func:`helpers.analysis.balances.handovers`.
    caption : str
    fold : bool
        Whether a long table folds.

    Returns
    -------
    Html
    """
    return show_table(
        handover_table(legs), caption=caption, empty="No handover in this selection.", fold=fold
    )


def _route(row) -> str:
    return f"{short_name(row.from_name)} to {short_name(row.to_name)}"


def _finding(side: np.ndarray, best: np.ndarray, leg: str) -> str:
    up, down = side > 0, side < 0
    return (
        f"{plural(best[up].sum(), *_NOUNS[leg])} handed to the Armenian side in "
        f"{plural(int(up.sum()), 'handover')}, {write_number(best[down].sum())} to the "
        f"Azerbaijani side in {write_number(int(down.sum()))}"
    )


def _alt(chosen: pd.DataFrame, best: np.ndarray, title: str, many: str) -> str:
    largest = chosen.iloc[int(np.argmax(best))]
    return (
        f"Bar chart of handovers of {many} from {write_day(chosen['date'].min())} to "
        f"{write_day(chosen['date'].max())}. {title}. The largest: {largest['title']} on "
        f"{write_day(largest['date'])}, {write_range(largest['low'], largest['high'])} {many}."
    )


def _elsewhere(legs: pd.DataFrame, leg: str) -> str:
    if legs.empty:
        return ""
    number = plural(legs["best"].fillna(legs["low"]).sum(), *_NOUNS[leg])
    return f"Not drawn: {number} handed to others ({', '.join(sorted(set(legs['to_name'])))})."


def _figure(row) -> str:
    one, many = _NOUNS[row.leg]
    if pd.isna(row.best):
        return f"{many}, number not given"
    text = plural(row.best, one, many)
    allowed = write_range(row.low, row.high)
    if allowed != write_number(row.best):
        text += f" (stated: {allowed})"
    return text


def _return(cell: str, titles: dict[str, str]) -> str:
    words = [word for word in cell.split(";") if word]
    return "; ".join(_TERMS.get(word) or titles.get(word, word) for word in words) or "not stated"


def _bars(axes: Axes, chosen: pd.DataFrame, side: np.ndarray, best: np.ndarray) -> None:
    days = mdates.date2num(chosen["date"])
    colours = [colour_of("armenia" if up > 0 else "azerbaijan") for up in side]
    width = max(_BAR_DAYS, (days.max() - days.min()) / 130)
    axes.bar(days, side * best, width=width, color=colours)
    ends = chosen[["low", "high"]].astype(float).to_numpy()
    split = ends[:, 1] > ends[:, 0]
    low, high = (side[split] * ends[split, end] for end in (0, 1))
    axes.vlines(days[split], low, high, color=INK, lw=1)
    tips = side * np.maximum(best, np.nan_to_num(ends[:, 1]))
    _frame(axes, chosen, tips)
    _numbers(axes, days, tips, best)


def _frame(axes: Axes, chosen: pd.DataFrame, heights: np.ndarray) -> None:
    first, last = chosen["date"].min(), chosen["date"].max()
    pad = max((last - first) * 0.03, pd.Timedelta(days=15))
    date_axis(axes, first - pad, last + pad)
    low, high = min(heights.min(), 0.0), max(heights.max(), 0.0)
    room = (high - low) * 0.16
    axes.set_ylim(low - room, high + room)
    axes.axhline(0, color=MUTED, lw=1)
    axes.yaxis.set_major_formatter(lambda value, _: f"{abs(value):,.0f}")
    for height, text, party in (
        (0.985, "to the Armenian side", "armenia"),
        (0.02, "to the Azerbaijani side", "azerbaijan"),
    ):
        axes.text(
            0.995,
            height,
            text,
            transform=axes.transAxes,
            ha="right",
            va="top" if height > 0.5 else "bottom",
            fontsize=9,
            color=ink_of(colour_of(party)),
            fontweight="bold",
        )


def _numbers(axes: Axes, days: np.ndarray, tips: np.ndarray, best: np.ndarray) -> None:
    """Write figures at bar ends, largest first, leaving out those that would touch another."""
    first, last = axes.get_xlim()
    least = (last - first) * 0.032
    taken: dict[bool, list[float]] = {True: [], False: []}
    for at in np.argsort(-best, kind="stable").tolist():
        up = bool(tips[at] > 0)
        if all(abs(days[at] - other) > least for other in taken[up]):
            taken[up].append(float(days[at]))
            axes.annotate(
                write_number(float(best[at])),
                (days[at], tips[at]),
                ha="center",
                va="bottom" if up else "top",
                fontsize=8,
                color=INK,
                xytext=(0, 2 if up else -2),
                textcoords="offset points",
            )
