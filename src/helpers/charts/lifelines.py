"""From when to when each force or mission was there."""

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes

from helpers.analysis.series import ids
from helpers.charts.chart import Chart, nothing
from helpers.charts.citations import write_day
from helpers.charts.theme import colour_of_force, date_axis, ink_of, new_figure, styled
from helpers.charts.words import plural
from helpers.data.frames import rows_of
from helpers.data.vocabulary import FORCES


def plot_lifelines(lines: pd.DataFrame) -> Chart:
    """Draw from when to when each force or mission was there.

    Parameters
    ----------
    lines : DataFrame
        From :func:`helpers.analysis.stocks.lifelines`.

    Returns
    -------
    Chart
        A bar per mission, up to its closing event or, dotted on, to the last report of it.
    """
    if lines.empty:
        return nothing("No mission in this selection.", "None had begun by then.", lines)
    with styled():
        figure, axes = new_figure(0.55 + 0.42 * len(lines), left=0.15, right=0.3, bottom=0.35)
        first, last = lines["start"].min(), lines["end"].max()
        pad = max((last - first) * 0.05, pd.Timedelta(days=10))
        date_axis(axes, first - pad / 2, last + pad)
        axes.set_ylim(len(lines) - 0.4, -0.75)
        axes.set_yticks([])
        axes.grid(axis="x")
        for row, line in enumerate(rows_of(lines)):
            _lifeline(axes, row, line)
    number = plural(len(lines), "force or mission", "forces and missions")
    return Chart(
        figure,
        f"{number}, {int(lines['open'].sum())} without a reported end",
        "From the event with which each begins to the one with which it ends. "
        "Where no end is reported, the bar stops at the last report and an arrow points on.",
        f"Lifelines. {'; '.join(_span(line) for line in rows_of(lines))}.",
        _table(lines),
        ids(source for row in lines["sources"] for source in row),
    )


def _table(lines: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "mission": lines["force"].map(FORCES),
            "from": lines["start"],
            "until": lines["end"].mask(lines["open"]),
            "last reported": lines["end"].where(lines["open"]),
            "began": lines["opened"],
            "ended": lines["closed"].replace("", "no end reported"),
            "sources": lines["sources"],
        }
    )


def _span(line) -> str:
    end = (
        f"no reported end, last report {write_day(line.end)}" if line.open else write_day(line.end)
    )
    return f"{FORCES[line.force]}: {write_day(line.start)} to {end}"


def _lifeline(axes: Axes, row: int, line) -> None:
    colour = colour_of_force(line.force)
    start, end = mdates.date2num(line.start), mdates.date2num(line.end)
    axes.plot([start, end], [row, row], color=colour, lw=5, solid_capstyle="butt")
    if line.open:
        axes.annotate(
            "",
            (end, row),
            xytext=(22, 0),
            textcoords="offset points",
            annotation_clip=False,
            arrowprops={"arrowstyle": "<-", "color": colour, "ls": ":", "lw": 1.4, "shrinkB": 0},
        )
    else:
        axes.plot([end], [row], marker="|", color=colour, ms=9, mew=2)
    axes.annotate(
        FORCES[line.force],
        (start, row),
        xytext=(0, 5),
        textcoords="offset points",
        fontsize=8.5,
        color=ink_of(colour),
        va="bottom",
    )
