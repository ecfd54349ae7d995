"""Counts and totals by place, with where each place lies."""

import pandas as pd

from helpers.analysis.figures import standing
from helpers.analysis.series import ids

NO_PLACE = "No place named"
_KEY_PARTS = 3  # scope, place and unit


def events_by_place(events: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Count events by the place they name.

    Parameters
    ----------
    events : DataFrame
        Rows of the table `events`, with `place_name` in the form the reader chose.
    places : DataFrame
        The table `places`.

    Returns
    -------
    DataFrame
        One row per place, most events first: `place_id`, `place` (its name), `kind`, `lat`, `lon`
        (degrees, NA where not known), `count` (Float64), `events` and `sources` (tuples of ids).
        Events that name no place make a row with an empty `place_id`, so that none gets lost.
    """
    groups = events.groupby("place_id", sort=True)
    table = pd.DataFrame(
        {
            "place": groups["place_name"].first(),
            "count": groups.size().astype("Float64"),
            "events": groups["event_id"].agg(ids),
            "sources": groups["source_ids"].agg(
                lambda cells: ids(source for cell in cells for source in cell.split(";"))
            ),
        }
    ).reset_index()
    table["place"] = table["place"].mask(table["place_id"] == "", NO_PLACE)
    return _located(table, places)


def latest_by_place(series: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Take the standing total or level of each place that is counted apart.

    Parameters
    ----------
    series : DataFrame
        From :func:`helpers.analysis.series.claim_series` over the table `returns`: one scope, one
        unit, running totals or levels. Rows on no place of their own, such as a programme's
        total, are left out: the totals of towns are parts of it and never join it.
    places : DataFrame
        The table `places`.

    Returns
    -------
    DataFrame
        One row per place, largest first: `place_id`, `place`, `kind`, `lat`, `lon`, `count`
        (Float64: the best value, else the lowest the words allow), `low`, `best`, `high`, `date`,
        `claimant`, `claimant_party`, `unit`, `sources`. Which statement stands for a place is
        told by :func:`helpers.analysis.figures.standing`.

    Raises
    ------
    ValueError
        Several scopes, units or measures, which share no map, or flows, of which the latest says
        nothing.
    """
    keys = series["series"].str.split("/")
    own = series[series["series"].str.count("/") == _KEY_PARTS - 1]
    for name, found in (
        ("scopes", keys.str[0].unique()),
        ("units", series["unit"].unique()),
        ("measures", series["measure"].unique()),
    ):
        if len(found) > 1:
            raise ValueError(f"several {name} share no map: {', '.join(sorted(found))}")
    if "flow" in set(series["measure"]):
        raise ValueError("a flow has no latest level; give running totals or stocks")
    rows = [standing(group) for _, group in own.groupby("series", sort=True)]
    table = pd.DataFrame(rows, columns=series.columns).astype(series.dtypes.to_dict())
    table["place_id"] = table["series"].str.split("/").str[1]
    table["count"] = table["best"].fillna(table["low"])
    return _located(table[["place_id", "place", "count", *_SAID]], places)


_SAID = ["low", "best", "high", "date", "claimant", "claimant_party", "unit", "sources"]


def _located(table: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Add where each place lies and what it is; sort by size, then by name."""
    table = table.merge(places[["place_id", "kind", "lat", "lon"]], on="place_id", how="left")
    table["kind"] = table["kind"].fillna("")
    first = ["place_id", "place", "kind", "lat", "lon", "count"]
    columns = [*first, *(name for name in table.columns if name not in first)]
    keys = ["count", "place_id"]
    return table.sort_values(keys, ascending=[False, True], ignore_index=True)[columns]
