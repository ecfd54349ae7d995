"""How well a quantity is covered: who reported when, how often, and on whose word."""

import pandas as pd

from helpers.analysis.select import single_days
from helpers.analysis.series import ids
from helpers.data.series import is_office


def reported_days(claims: pd.DataFrame) -> pd.DataFrame:
    """Count the days with a figure, per claimant and month.

    Parameters
    ----------
    claims : DataFrame
        Claims of one series.

    Returns
    -------
    DataFrame
        One row per claimant (by number of days, most first), one column per month from the first
        to the last report, as days reported on (int). A zero is a month without a report, not a
        count of zero.
    """
    days = single_days(claims)[["claimant", "date"]].drop_duplicates()
    if days.empty:
        return pd.DataFrame()
    months = days["date"].dt.to_period("M")
    table = pd.crosstab(days["claimant"], months)
    every = pd.period_range(months.min(), months.max(), freq="M")
    table = table.reindex(columns=every, fill_value=0)
    order = table.sum(axis=1).sort_values(ascending=False, kind="stable").index
    return table.loc[order]


def silences(claims: pd.DataFrame, least: int = 7) -> pd.DataFrame:
    """List the stretches in which nobody stated a figure.

    Parameters
    ----------
    claims : DataFrame
        Claims of one series.
    least : int
        Shortest stretch listed, in days.

    Returns
    -------
    DataFrame
        `from`, `until` (first and last day without a figure), `days`; longest first.
    """
    days = pd.Series(single_days(claims)["date"].sort_values().unique())
    gap = (days.diff().dt.days - 1).fillna(0).astype(int)
    rows = pd.DataFrame(
        {
            "from": days.shift() + pd.Timedelta(days=1),
            "until": days - pd.Timedelta(days=1),
            "days": gap,
        }
    )
    return rows[gap >= least].sort_values(["days", "from"], ascending=[False, True])


def support(claims: pd.DataFrame) -> pd.DataFrame:
    """Say on how many independent words each figure rests.

    Parameters
    ----------
    claims : DataFrame
        Claims of one series.

    Returns
    -------
    DataFrame
        One row per day, measure, figure and claimant: `date`, `last_day`, `date_precision`,
        `count`, `qualifier`, `claimant`, `pages` (how many printed it), `origins` (how many of
        them do not reprint another), `sources` (tuple of ids); most pages first.
    """
    keys = ["date", "last_day", "date_precision", "measure", "count", "qualifier", "claimant"]
    origin = claims["origin_key"].str.casefold()
    groups = claims.assign(origin=origin).groupby(keys, sort=True)
    table = pd.DataFrame(
        {
            "pages": groups["source_id"].nunique(),
            "origins": groups["origin"].nunique(),
            "sources": groups["source_id"].agg(ids),
        }
    ).reset_index()
    return table.sort_values(["pages", "date"], ascending=[False, True], ignore_index=True)


def latest_statements(claims: pd.DataFrame) -> pd.DataFrame:
    """Keep what each claimant said last of each series.

    For tolls of a war or clash, which claimants restate and revise: the figures are rival or
    successive statements of one number, never increments.

    Parameters
    ----------
    claims : DataFrame
        Claims, e.g. of the table `casualties`.

    Returns
    -------
    DataFrame
        Claims about the last day each claimant speaks of and, of these, the one printed last; of
        undated pages only where there is no dated one. Offices only: outlets in their own voice
        are left to the table of claims.
    """
    offices = claims[is_office(claims)]
    ordered = offices.sort_values(["last_day", "published", "claim_id"], na_position="first")
    return ordered.groupby(["series", "claimant_id"], sort=False).tail(1).reset_index(drop=True)
