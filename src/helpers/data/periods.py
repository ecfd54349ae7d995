"""The days a claim's date can mean."""

import pandas as pd


def first_days(claims: pd.DataFrame) -> pd.Series:
    """Return the first day each row's date can mean.

    Parameters
    ----------
    claims : DataFrame
        Needs `date` (datetime64).

    Returns
    -------
    Series of datetime64
        `date` itself; for "by this day" too, since nothing earlier is stated.
    """
    return claims["date"]


def last_days(claims: pd.DataFrame) -> pd.Series:
    """Return the last day each row's date can mean.

    Parameters
    ----------
    claims : DataFrame
        Needs `date`, `date_end` (datetime64) and `date_precision`.

    Returns
    -------
    Series of datetime64
        `date_end` where given; otherwise the end of the week, month or year of `date`, or `date`.
    """
    date, precision = claims["date"], claims["date_precision"]
    ends = {
        "week": date + pd.Timedelta(days=6),
        "month": date + pd.offsets.MonthEnd(0),
        "year": date + pd.offsets.YearEnd(0),
    }
    last = date.copy()
    for word, end in ends.items():
        last = last.mask(precision == word, end)
    return claims["date_end"].fillna(last).astype(date.dtype)
