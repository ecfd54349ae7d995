"""Claims over time: lines through exact figures, bars for vague words, gaps for silence."""

import textwrap
from typing import Any

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.analysis.compare import rivals
from helpers.analysis.figures import standing
from helpers.analysis.series import ids
from helpers.charts.chart import Chart, nothing
from helpers.charts.citations import write_day
from helpers.charts.look import Look, noun_of
from helpers.charts.tables import series_table
from helpers.charts.theme import (
    INK,
    colour_of,
    count_axis,
    date_axis,
    ink_of,
    new_figure,
    spread,
    styled,
)
from helpers.charts.words import plural, short_name, write_number, write_range
from helpers.data.frames import rows_of
from helpers.data.series import is_office

_NAMED = 5
_MARKERS = "osD^vP"
_LABEL_WIDTH = 24  # characters
_DENSE = 40  # marks of one claimant, from which on they are drawn smaller
_SILENCE = pd.Timedelta(days=21)
FIGURE_HEIGHT = 3.9  # inches
Label = tuple[float, str, str, str]  # where it would stand, text, colour, marker


def plot_claims(series: pd.DataFrame, look: Look) -> Chart:
    """Draw what each claimant stated over time.

    Parameters
    ----------
    series : DataFrame
        From :func:`helpers.analysis.series.claim_series`, rows of one series.
    look : Look

    Returns
    -------
    Chart
        Full marks are exact, hollow ones rounded or vague; a bar spans what the words allow or,
        on a day with statements that exclude each other, from the lowest to the highest.
    """
    if series.empty:
        said = f"Nobody's count of {look.what} falls into it."
        return nothing("No figure in this selection.", said, series)
    with styled():
        figure, axes = new_figure(FIGURE_HEIGHT, left=0.62, right=1.95)
        count_axis(axes, _top(series, look))
        first, last = series["date"].min(), series["date"].max()
        pad = max((last - first) * 0.02, pd.Timedelta(days=1))
        date_axis(axes, first - pad, last + pad)
        _label(axes, _draw_all(axes, series, look))
    return Chart(
        figure,
        _finding(series, look),
        _subtitle(series),
        _alt(series, look),
        series_table(series),
        ids(source for row in series["sources"] for source in row),
    )


def _draw_all(axes: Axes, series: pd.DataFrame, look: Look) -> list[Label]:
    """Draw the claimants that state most, each with a mark of its own, and the rest as others."""
    labels = []
    named = _rank(series)
    for rank, claimant in enumerate(named):
        rows = series[series["claimant_id"] == claimant]
        labels.append(_draw(axes, rows, look, _MARKERS[rank]))
    rest = series[~series["claimant_id"].isin(named)]
    if len(rest):
        labels.append(_draw(axes, rest.assign(claimant="Others"), look, "x"))
    if look.agreed is not None:
        labels.append(_draw_agreed(axes, look.agreed))
    return labels


def _rank(series: pd.DataFrame) -> list[str]:
    """Order claimants by claims; offices go before outlets that speak for themselves."""
    weight = series.assign(n=series["claims"].map(len)).groupby("claimant_id")["n"].sum()
    weight = weight.reset_index()
    weight["voice"] = ~is_office(weight)
    weight = weight.sort_values(["voice", "n", "claimant_id"], ascending=[True, False, True])
    return weight["claimant_id"].head(_NAMED).tolist()


def _top(series: pd.DataFrame, look: Look) -> float:
    # Words without an upper end ("at least", "tens of thousands") must not squeeze the rest.
    stated = series["best"].fillna(series["low"])
    # Two statements that exclude each other are both numbers somebody said: both are shown.
    stated = stated.mask(series["conflict"] & series["high"].notna(), series["high"])
    agreed = 0.0 if look.agreed is None else float(look.agreed["best"].max())
    return max(float(stated.max()), agreed)


def _draw(axes: Axes, rows: pd.DataFrame, look: Look, marker: str) -> Label:
    one_party = rows["claimant_party"].nunique() == 1
    colour = colour_of(rows["claimant_party"].iloc[0] if one_party else "")
    rows = rows.sort_values(["date", "speaker"])
    days = mdates.date2num(rows["date"])
    low = rows["low"].to_numpy(dtype=float)
    high = rows["high"].to_numpy(dtype=float, na_value=np.inf)
    best = rows["best"].to_numpy(dtype=float, na_value=np.nan)
    spans = high > low
    upper = np.minimum(high, axes.get_ylim()[1])
    axes.vlines(days[spans], low[spans], upper[spans], color=colour, lw=3, alpha=0.3)
    shown = np.where(np.isnan(best), low, best)
    exact = (low == high) & ~np.isnan(best)
    if rows["speaker"].nunique() == 1 and look.line != "none":
        # Rounded figures lag by days: the line runs through exact ones where there are any.
        line = np.where(exact, best, np.nan) if exact.sum() > 1 else best
        _join(axes, days, line, look.line, colour)
    size = 9 if len(rows) > _DENSE else 22
    axes.scatter(days[exact], shown[exact], s=size, marker=marker, color=colour, lw=1, zorder=3)
    # A cross has no face: its colour goes by another name.
    face = colour if marker == "x" else "white"
    edge = None if marker == "x" else colour
    axes.scatter(
        days[~exact], shown[~exact], size, marker=marker, lw=1, zorder=3, c=face, edgecolors=edge
    )
    return float(shown[-1]), short_name(rows["claimant"].iloc[0]), colour, marker


def _draw_agreed(axes: Axes, agreed: pd.DataFrame) -> Label:
    """Draw agreed strength as steps that hold until another is agreed."""
    first, last = axes.get_xlim()
    days = [max(float(day), first) for day in mdates.date2num(agreed["date"])]
    best = agreed["best"].astype(float).tolist()
    axes.step([*days, last], [*best, best[-1]], where="post", color=INK, lw=1, ls=(0, (4, 3)))
    return best[-1], f"Agreed: {write_number(best[-1])}", INK, "_"


def _join(axes: Axes, days: np.ndarray, best: np.ndarray, line: str, colour: str) -> None:
    known = ~np.isnan(best)
    days, best = days[known], best[known]
    if line == "step":
        axes.step(days, best, where="post", color=colour, lw=1.6)
        return
    breaks = np.flatnonzero(np.diff(days) > _SILENCE.days) + 1
    for part in np.split(np.arange(len(days)), breaks):
        axes.plot(days[part], best[part], color=colour, lw=1.6)


def _label(axes: Axes, labels: list[Label]) -> None:
    """Name the claimants beside the axes, each with its mark, as near its last figure as fits."""
    texts = [textwrap.fill(name, _LABEL_WIDTH) for _, name, _, _ in labels]
    bottom, upper = axes.get_ylim()
    inches = axes.get_position().height * FIGURE_HEIGHT
    scale = (upper - bottom) / inches
    heights = [(0.135 * (text.count("\n") + 1) + 0.05) * scale for text in texts]
    places = spread([value for value, *_ in labels], heights, bottom, upper)
    for place, text, (_, _, colour, marker) in zip(places, texts, labels, strict=True):
        axes.plot(
            [1.025],
            [place],
            marker=marker,
            ms=5,
            color=colour,
            clip_on=False,
            lw=0,
            transform=axes.get_yaxis_transform(),
        )
        axes.annotate(
            text,
            (1.025, place),
            xycoords=("axes fraction", "data"),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            color=ink_of(colour),
            annotation_clip=False,
            linespacing=1.1,
        )


def _finding(series: pd.DataFrame, look: Look) -> str:
    """Say the last level or total, or the largest flow, of whoever states most."""
    row = standing(series)
    known = pd.notna(row["best"])
    number = write_number(row["best"]) if known else write_range(row["low"], row["high"])
    said = short_name(row["claimant"])
    if row["measure"] == "flow":
        day = f"the largest undisputed figure for a day, {write_day(row['date'])}"
        return f"{number} {noun_of(look, row)}: {day} ({said})"
    low, high = rivals(series)
    if row["measure"] == "stock" and look.line == "none" and low < high:
        spread = f"From {write_number(low)} to {write_number(high)}"
        return f"{spread} {noun_of(look, row)}, depending on who says so"
    when = {"cumulative": "by", "stock": "as of"}[row["measure"]]
    return f"{number} {noun_of(look, row)} {when} {write_day(row['date'])} ({said})"


def _subtitle(series: pd.DataFrame) -> str:
    claims = len({claim for row in series["claims"] for claim in row})
    kind = {"cumulative": "Running totals", "flow": "Figures per day", "stock": "Levels"}
    by = plural(series["claimant_id"].nunique(), "claimant")
    unit = series["unit"].iloc[0].replace("_", " ")
    return (
        f"{kind[series['measure'].iloc[0]]} in {unit} from {plural(claims, 'claim')} by {by}. "
        "Hollow marks are rounded or vague; bars span what the words allow."
    )


def _alt(series: pd.DataFrame, look: Look) -> str:
    """Tell where each claimant begins, turns and ends."""
    parts = [f"Chart of {look.what} over time."]
    for claimant in _rank(series):
        rows = series[series["claimant_id"] == claimant].sort_values("date")
        ends = [_told(row) for row in rows_of(rows.iloc[[0, -1]])]
        name = short_name(rows["claimant"].iloc[0])
        parts.append(f"{name}: {ends[0]}" + (f", to {ends[1]}." if len(rows) > 1 else "."))
        parts += _turns(rows)
    if look.agreed is not None:
        steps = [f"{write_number(r.best)} on {write_day(r.date)}" for r in rows_of(look.agreed)]
        parts.append(f"Agreed: {', '.join(steps)}.")
    return " ".join(parts)


def _turns(rows: pd.DataFrame) -> list[str]:
    """Tell the highest and lowest figure between the ends; a running total has none."""
    inner = rows.iloc[1:-1]
    if inner.empty or rows["measure"].iloc[0] == "cumulative":
        return []
    ordered = inner.assign(size=inner["best"].fillna(inner["low"])).sort_values("size")
    lowest, highest = (_told(row) for row in rows_of(ordered.iloc[[0, -1]]))
    return [f"In between at most {highest}, at least {lowest}."]


def _told(row: Any) -> str:
    return f"{write_range(row.low, row.high)} on {write_day(row.date)}"
