"""Places on a map, as circles whose area is a number, with what could not be drawn."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.analysis.series import ids
from helpers.charts.chart import Chart, nothing
from helpers.charts.citations import write_day
from helpers.charts.map_drawing import draw_map
from helpers.charts.map_view import extent, leave_out
from helpers.charts.theme import MUTED, colour_of, styled
from helpers.charts.words import join_words, plural, write_number, write_range
from helpers.data.boundaries import Outline
from helpers.data.frames import rows_of

_AREAS = ("district", "region")  # drawn at their middle
_HOLLOW = "a district or province, at its middle"
_ALT = 6  # places that the alternative text names
_LINES = (
    "Lines are Natural Earth's and imply no position; neither the former Nagorno-Karabakh "
    "oblast nor any line of contact is among them."
)
# Why a place is not drawn, in the order in which the reasons are told.
_UNPLACED, _COUNTRY, _UNKNOWN, _OUTSIDE = (
    "no place named",
    "a whole country",
    "coordinates not known",
    "outside the map",
)


def plot_places(rows: pd.DataFrame, outlines: Sequence[Outline], what: str) -> Chart:
    """Draw numbers by place on a map.

    Parameters
    ----------
    rows : DataFrame
        From :func:`helpers.analysis.places.events_by_place` or
        :func:`helpers.analysis.places.latest_by_place`.
    outlines : sequence of Outline
        From :func:`helpers.data.load.load_boundaries`.
    what : str
        What is counted, as words that follow a number.

    Returns
    -------
    Chart
        The area of a circle is the number. Places that cannot be drawn, and countries, which no
        point stands for, are in the table with the reason.
    """
    if rows.empty:
        said = f"No count of {what} in this selection is made place by place."
        return nothing("Nothing to draw on a map.", said, rows)
    order = rows.assign(reason=_reasons(rows, outlines), figure=_figures(rows))
    order["is_area"] = order["kind"].isin(_AREAS)
    drawn, left = order[order["reason"] == ""], order[order["reason"] != ""]
    if drawn.empty:
        return nothing("Nothing to draw on a map.", _undrawn(left, what), _table(order))
    hollow = _HOLLOW if drawn["is_area"].any() else ""
    with styled():
        figure, labelled = draw_map(drawn, outlines, colour=_colour(drawn), what=what, areas=hollow)
    return Chart(
        figure,
        _finding(drawn, what),
        _explain(order, drawn, labelled, what),
        _describe(drawn, left, what),
        _table(order),
        ids(source for cell in order["sources"] for source in cell),
        note=" ".join(filter(None, [_undrawn(left, what), _LINES])),
    )


def _reasons(rows: pd.DataFrame, outlines: Sequence[Outline]) -> np.ndarray:
    """Say for each place why it cannot be drawn; empty where it can."""
    low, high = extent(outlines)
    lon, lat = (rows[name].astype("Float64") for name in ("lon", "lat"))
    outside = ~(lon.between(low[0], high[0]) & lat.between(low[1], high[1])).fillna(False)
    known = (lon.notna() & lat.notna()).astype("bool")
    reasons = np.where(outside, _OUTSIDE, "")
    reasons = np.where(known, reasons, _UNKNOWN)
    reasons = np.where(rows["kind"] == "country", _COUNTRY, reasons)
    reasons = np.where(rows["place_id"] == "", _UNPLACED, reasons)
    near = reasons == ""
    if near.any():
        chosen = rows[near]
        points, counts = chosen[["lon", "lat"]].to_numpy(float), chosen["count"].to_numpy(float)
        reasons[near] = np.where(leave_out(points, counts, outlines), _OUTSIDE, "")
    return reasons


def _figures(rows: pd.DataFrame) -> list[str]:
    if "best" not in rows:
        return [write_number(count) for count in rows["count"]]
    return [
        write_range(row.low, row.high) if pd.isna(row.best) else write_number(row.best)
        for row in rows_of(rows)
    ]


def _colour(rows: pd.DataFrame) -> str:
    """Return the colour of the party that states all the figures; events belong to no party."""
    parties = set(rows.get("claimant_party", []))
    return colour_of(parties.pop()) if len(parties) == 1 else MUTED


def _finding(drawn: pd.DataFrame, what: str) -> str:
    top = drawn[drawn["count"] == drawn["count"].iloc[0]]
    if len(drawn) == 1:
        return f"{top['place'].iloc[0]}: {top['figure'].iloc[0]} {what}, the only place on the map"
    many = f"the most of {plural(len(drawn), 'place')} on the map"
    if len(top) > 3:
        return f"{plural(len(top), 'place')} with {top['figure'].iloc[0]} {what} each, {many}"
    each = " each" if len(top) > 1 else ""
    return f"{join_words(top['place'].tolist())}: {top['figure'].iloc[0]} {what}{each}, {many}"


def _explain(order: pd.DataFrame, drawn: pd.DataFrame, labelled: int, what: str) -> str:
    named = "" if labelled == len(drawn) else f" {labelled} places carry their name."
    size = "The area of a circle is the number."
    if "date" not in order:
        total, shown = (write_number(float(part["count"].sum())) for part in (order, drawn))
        return f"{shown} of {total} {what} are at places drawn here. {size}{named}"
    last = write_day(order["date"].max())
    said = "The latest total stated for each place; totals of places are never added."
    return f"{said} Up to {last}. {size}{named}"


def _describe(drawn: pd.DataFrame, left: pd.DataFrame, what: str) -> str:
    largest = [f"{row.place} {row.figure}" for row in rows_of(drawn.head(_ALT))]
    rest = drawn.iloc[_ALT:]
    more = f" {plural(len(rest), 'more place')} with {_most(rest)}." if len(rest) else ""
    return f"Map of {what} by place. Largest: {'; '.join(largest)}.{more} {_undrawn(left, what)}"


def _most(rest: pd.DataFrame) -> str:
    low, high = rest["count"].min(), rest["count"].max()
    return write_number(high) if low == high else f"{write_number(low)} to {write_number(high)}"


def _undrawn(left: pd.DataFrame, what: str) -> str:
    """Say what is not on the map: events add up, totals of places are named one by one."""
    if left.empty:
        return ""
    if "date" in left:
        named = [f"{row.place} {row.figure} ({row.reason})" for row in rows_of(left)]
        return f"Not drawn: {'; '.join(named)}."
    sums = left.groupby("reason")["count"].sum()
    words = {
        _UNKNOWN: "at places without coordinates, such as {}",
        _UNPLACED: "without a place",
        _OUTSIDE: "outside the map, such as {}",
        _COUNTRY: "in a country as a whole",
    }
    said = []
    for reason, text in words.items():
        if reason in sums:
            top = left.loc[left["reason"] == reason, "place"].iloc[0]
            said.append(f"{write_number(float(sums[reason]))} {text.format(top)}")
    return f"Not drawn: {join_words(said)}."


def _table(order: pd.DataFrame) -> pd.DataFrame:
    """Write every place with its number, whether drawn or not."""
    names = ["place", "count", "low", "high", "date", "claimant", "unit"]
    table = order[[name for name in names if name in order]]
    table = table.rename(columns={"claimant": "stated by"})
    table["on the map"] = ["no: " + reason if reason else "yes" for reason in order["reason"]]
    return table.assign(sources=order["sources"])
