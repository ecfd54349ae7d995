"""What all the figures of one office allow together."""

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.analysis.reconcile import Reconciliation
from helpers.analysis.series import ids
from helpers.charts.chart import Chart, nothing
from helpers.charts.citations import write_day
from helpers.charts.look import Look
from helpers.charts.piece import Html
from helpers.charts.tables import show_table
from helpers.charts.theme import INK, colour_of, count_axis, date_axis, new_figure, styled
from helpers.charts.words import plural, short_name, write_number, write_range
from helpers.data.vocabulary import MEASURES


def plot_reconciled(reconciled: Reconciliation, claims: pd.DataFrame, look: Look) -> Chart:
    """Draw the band of totals that the figures of one office allow, day by day.

    Parameters
    ----------
    reconciled : Reconciliation
        From :func:`helpers.analysis.reconcile.reconcile`.
    claims : DataFrame
        The claims it was made from.
    look : Look
        What is counted.

    Returns
    -------
    Chart
        The line is the best path, the band what the claims kept allow; crosses are running totals
        that contradict the others and were left out.
    """
    path = reconciled.path.dropna(subset=["best"])
    # Between two totals the path is a straight line; nobody counts parts of a person.
    path = path.assign(best=path["best"].round())
    if path.empty:
        said = f"No office states enough figures on {look.what}."
        return nothing("Nothing to reconcile in this selection.", said, path)
    office = short_name(claims["claimant"].iloc[0])
    with styled():
        figure, axes = new_figure(3.6, left=0.62, right=0.3)
        count_axis(axes, _top(path, reconciled.contradictions))
        date_axis(axes, path["date"].min(), path["date"].max() + pd.Timedelta(days=1))
        _draw(axes, path, reconciled.contradictions, colour_of(claims["claimant_party"].iloc[0]))
    last, out = path.iloc[-1], len(reconciled.contradictions)
    title = (
        f"{write_number(last['best'])} {look.what} by {write_day(last['date'])}, "
        f"as the figures of {office} allow together"
    )
    subtitle = (
        f"{plural(len(claims), 'claim')}, {write_number(out)} left out because they contradict the "
        "others. The band spans what the claims kept allow; crosses are totals left out."
    )
    alt = (
        f"Line with a band. {title}. It begins with {_span(path.iloc[0])}; "
        f"{subtitle[0].lower()}{subtitle[1:]}"
    )
    table = _table(path, claims)
    return Chart(
        figure, title, subtitle, alt, table, ids(s for cell in table["sources"] for s in cell)
    )


def show_contradictions(reconciled: Reconciliation, *, caption: str) -> Html:
    """Show the claims that contradict the others of the same office, and by how much.

    Parameters
    ----------
    reconciled : Reconciliation
        From :func:`helpers.analysis.reconcile.reconcile`.
    caption : str

    Returns
    -------
    Html
    """
    rows = reconciled.contradictions
    shifts = {True: "yes", False: "no"}
    table = pd.DataFrame(
        {
            "date": rows["date"],
            "kind of figure": [MEASURES.get(str(word), str(word)) for word in rows["measure"]],
            "stated": _ranges(rows, "low", "high"),
            "the others allow": _ranges(rows, "allowed_low", "allowed_high"),
            "missed by": rows["size"],
            "fits a day earlier or later": rows["one_day_shift"].map(shifts),
            "sources": [(source,) for source in rows["source_id"]],
        }
    )
    said = "No claim contradicts the others of the same office."
    return show_table(table, caption=caption, empty=said)


def _ranges(rows: pd.DataFrame, low: str, high: str) -> list[str]:
    return [write_range(a, b) for a, b in zip(rows[low], rows[high], strict=True)]


def _span(row: pd.Series) -> str:
    return f"{write_range(row['low'], row['high'])} on {write_day(row['date'])}"


def _top(path: pd.DataFrame, out: pd.DataFrame) -> float:
    totals = out.loc[out["measure"] == "cumulative", "low"]
    return float(max([path["high"].fillna(path["best"]).max(), *totals]))


def _draw(axes: Axes, path: pd.DataFrame, out: pd.DataFrame, colour: str) -> None:
    days = mdates.date2num(path["date"])
    low, best = (path[name].to_numpy(dtype=float) for name in ("low", "best"))
    high = path["high"].to_numpy(dtype=float, na_value=np.nan)
    axes.fill_between(
        days, low, np.where(np.isnan(high), best, high), color=colour, alpha=0.25, lw=0
    )
    axes.plot(days, best, color=colour, lw=1.6)
    totals = out[out["measure"] == "cumulative"]
    axes.scatter(
        mdates.date2num(totals["date"]),
        totals["low"].astype(float),
        s=18,
        marker="x",
        color=INK,
        lw=0.9,
        zorder=3,
    )


def _table(path: pd.DataFrame, claims: pd.DataFrame) -> pd.DataFrame:
    printed = dict(zip(claims["claim_id"], claims["source_id"], strict=True))
    stated = path["claims"].where(path["claims"].map(len) > 0)
    # An implied day rests on the claims around it.
    around = zip(stated.ffill(), stated.bfill(), strict=True)
    cells = [(*_claims(before), *_claims(after)) for before, after in around]
    bases = {"total": "running total", "flow": "figure of the day", "implied": "implied"}
    return pd.DataFrame(
        {
            "date": path["date"],
            "low": path["low"],
            "best": path["best"],
            "high": path["high"],
            "rests on": path["basis"].map(bases),
            "sources": [ids(printed[claim] for claim in cell) for cell in cells],
        }
    )


def _claims(cell: object) -> tuple[str, ...]:
    return cell if isinstance(cell, tuple) else ()
