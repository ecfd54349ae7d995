"""How often each claimant reported, month by month."""

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from helpers.analysis.coverage import reported_days
from helpers.analysis.select import single_days
from helpers.analysis.series import ids
from helpers.charts.chart import Chart, nothing
from helpers.charts.theme import INK, new_figure, styled
from helpers.charts.words import plural, short_name

_MOST = 8
_LABELLED = 26  # months, up to which a cell has room for its number
_SHADES = LinearSegmentedColormap.from_list("days", ["#e8eef4", "#12436d"])
_FULL = 31  # days


def plot_coverage(claims: pd.DataFrame) -> Chart:
    """Draw on how many days of each month each claimant stated a figure.

    Parameters
    ----------
    claims : DataFrame
        Claims of one series or several.

    Returns
    -------
    Chart
        The darker a cell, the more days; a month without a report is left empty.
    """
    days = reported_days(claims)
    if days.empty:
        return nothing("No day with a figure in this selection.", "Nobody reported.", days)
    shown = days.head(_MOST)
    with styled():
        figure, axes = new_figure(0.55 + 0.42 * len(shown), left=2.3, right=0.2, bottom=0.3)
        _cells(axes, shown)
    total = int(days.to_numpy().sum())
    first, last = days.columns[0], days.columns[-1]
    most = f"{short_name(str(days.index[0]))}: {plural(int(days.iloc[0].sum()), 'day')}"
    table = days.copy()
    table.columns = [f"{month:%b %Y}" for month in days.columns]
    table["sources"] = single_days(claims).groupby("claimant")["source_id"].agg(ids)
    return Chart(
        figure,
        f"{plural(total, 'day')} with a figure from {plural(len(days), 'claimant')}",
        f"Days of each month, {first:%b %Y} to {last:%b %Y}, on which a claimant stated a figure. "
        "An empty cell is a month without one.",
        f"Grid of reported days by claimant and month. Most: {most}.",
        table.rename_axis("stated by").reset_index(),
        ids(source for cell in table["sources"] for source in cell),
    )


def _cells(axes: Axes, shown: pd.DataFrame) -> None:
    counts = shown.to_numpy(dtype=float)
    cells = np.ma.masked_equal(counts, 0)
    edges = np.arange(counts.shape[1] + 1), np.arange(counts.shape[0] + 1)
    axes.pcolormesh(*edges, cells, cmap=_SHADES, vmin=0, vmax=_FULL, edgecolors="white", lw=1.5)
    axes.set_ylim(counts.shape[0], 0)
    names = [textwrap.fill(short_name(str(name)), 34) for name in shown.index]
    axes.set_yticks(np.arange(len(names)) + 0.5, names)
    step = max(1, counts.shape[1] // 8)
    marks = range(0, counts.shape[1], step)
    axes.set_xticks([at + 0.5 for at in marks], [f"{shown.columns[at]:%b %y}" for at in marks])
    axes.grid(visible=False)
    if counts.shape[1] <= _LABELLED:
        for (row, column), count in np.ndenumerate(counts):
            if count:
                ink = "white" if count > _FULL * 0.45 else INK
                axes.text(
                    column + 0.5,
                    row + 0.5,
                    f"{count:.0f}",
                    ha="center",
                    va="center",
                    fontsize=8,
                    color=ink,
                )
