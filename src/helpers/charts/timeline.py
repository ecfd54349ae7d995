"""Events in lanes by kind, with as many titles as fit without touching."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.analysis.series import ids
from helpers.charts.chart import Chart, nothing
from helpers.charts.citations import write_day
from helpers.charts.piece import Html
from helpers.charts.placing import place_titles
from helpers.charts.tables import show_table
from helpers.charts.theme import (
    GRID,
    INK,
    OTHER_COLOUR,
    WIDTH,
    date_axis,
    ink_of,
    new_figure,
    styled,
)
from helpers.charts.words import plural, write_date
from helpers.data.frames import rows_of
from helpers.data.kinds import EVENT_KINDS

_KIND_COLOURS = {
    "exchange": "#0072b2",
    "talks": "#009e73",
    "agreement": "#009e73",
    "statement": "#3b8ea5",
    "territory_handover": "#8a4f9e",
    "deployment": "#8a4f9e",
    "withdrawal": "#8a4f9e",
    "opening": "#56b4e9",
    "closure": "#737b85",
    "clash": "#d55e00",
    "violation": "#d55e00",
    "accident": "#d55e00",
    "blockade": "#e69f00",
}
_ROW = 0.17  # inches per line of labels
_NAMES = 1.55  # inches to the left, for the names of lanes
_LANE = WIDTH - _NAMES - 0.15  # inches


def plot_timeline(events: pd.DataFrame) -> Chart:
    """Draw events in lanes by kind, with as many titles as fit without touching.

    Parameters
    ----------
    events : DataFrame
        Rows of the table `events`.

    Returns
    -------
    Chart
        Every event is a mark; titles go first to those that most sources report.
    """
    if events.empty:
        said = "Nothing of these kinds falls into it."
        return nothing("No event in this selection.", said, events)
    kinds = [kind for kind in EVENT_KINDS if kind in set(events["kind"])]
    first, last = events["date"].min(), events["last_day"].max()
    pad = max((last - first) * 0.015, pd.Timedelta(days=2))
    first, last = first - pad, last + pad
    plans = [place_titles(events[events["kind"] == kind], first, last, _LANE) for kind in kinds]
    height = 0.5 + sum(_lane_height(plan) for plan in plans)
    with styled():
        figure, axes = new_figure(height, left=_NAMES, right=0.15, bottom=0.35)
        date_axis(axes, first, last)
        _lanes(axes, kinds, plans, height - 0.5)
    labelled = sum(int(plan["label"].ne("").sum()) for plan in plans)
    counts = ", ".join(f"{EVENT_KINDS[k]} {int((events['kind'] == k).sum())}" for k in kinds)
    return Chart(
        figure,
        _finding(events, kinds),
        f"Each mark is an event; {labelled} carry their title, those reported most. "
        "All are in the table.",
        f"Timeline in lanes by kind: {counts}.",
        event_table(events),
        ids(source for cell in events["source_ids"] for source in cell.split(";")),
    )


def _finding(events: pd.DataFrame, kinds: list[str]) -> str:
    busiest = max(kinds, key=lambda kind: int((events["kind"] == kind).sum()))
    return (
        f"{plural(len(events), 'event')} from {write_day(events['date'].min())} to "
        f"{write_day(events['date'].max())}, {EVENT_KINDS[busiest]} most often"
    )


def event_table(events: pd.DataFrame) -> pd.DataFrame:
    """Write events as a table.

    Parameters
    ----------
    events : DataFrame
        Rows of the table `events`.

    Returns
    -------
    DataFrame
        `date`, `kind`, `what happened`, `where`, `parties`, `mediated by`, `remark`, `sources`.
    """
    rows = events.sort_values(["date", "event_id"])
    return pd.DataFrame(
        {
            "date": [write_date(r.date, r.last_day, r.date_precision) for r in rows_of(rows)],
            "kind": rows["kind"].map(EVENT_KINDS),
            "what happened": rows["title"],
            "where": rows["place_name"],
            "parties": rows["parties_name"],
            "mediated by": rows["mediators_name"],
            "remark": rows["note"],
            "sources": [tuple(cell.split(";")) for cell in rows["source_ids"]],
        }
    )


def show_events(events: pd.DataFrame, *, caption: str, fold: bool = True) -> Html:
    """Show the table of events.

    Parameters
    ----------
    events : DataFrame
    caption : str
    fold : bool
        Whether a long table folds.

    Returns
    -------
    Html
    """
    return show_table(
        event_table(events), caption=caption, empty="No event in this selection.", fold=fold
    )


def _lane_height(plan: pd.DataFrame) -> float:
    return _ROW * (int(plan["row"].max()) + 2) + 0.1


def _lanes(axes: Axes, kinds: list[str], plans: list[pd.DataFrame], inches: float) -> None:
    axes.set_ylim(inches, 0)
    axes.set_yticks([])
    axes.grid(axis="x")
    axes.grid(axis="y", visible=False)
    left, right = axes.get_xlim()
    scale = (right - left) / _LANE
    top = 0.0
    for kind, plan in zip(kinds, plans, strict=True):
        colour = _KIND_COLOURS.get(kind, OTHER_COLOUR)
        base = top + 0.12
        axes.axhline(top, color=GRID, lw=0.8)
        axes.annotate(
            EVENT_KINDS[kind].capitalize(),
            (0, base),
            xycoords=("axes fraction", "data"),
            xytext=(-8, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=8.5,
            color=ink_of(colour),
        )
        days = left + plan["at"].to_numpy() * scale
        axes.scatter(days, np.full(len(days), base), s=20, color=colour, zorder=3, lw=0)
        for day, row in zip(days, rows_of(plan), strict=True):
            if row.label:
                _title(axes, day, base, row, colour)
        top += _lane_height(plan)


def _title(axes: Axes, day: float, base: float, row, colour: str) -> None:
    height = base + _ROW * (row.row + 1) - 0.02
    axes.plot([day, day], [base, height - 0.04], color=colour, lw=0.6, alpha=0.6, zorder=2)
    axes.annotate(
        row.label,
        (day, height),
        xytext=(-2 if row.right else 2, 0),
        textcoords="offset points",
        ha="right" if row.right else "left",
        va="center",
        fontsize=8,
        color=INK,
        zorder=4,
    )
