"""Figures and days in words, the same on pages, in boxes and on the terminal."""

import math

import pandas as pd

_VAGUE = (
    (1_000_000, "millions"),
    (200_000, "hundreds of thousands"),
    (20_000, "tens of thousands"),
    (2_000, "thousands"),
    (300, "several hundred"),
    (200, "hundreds"),
    (36, "several dozen"),
    (24, "dozens"),
    (20, "tens"),
    (0, "some, number not given"),
)
_QUALIFIERS = {"exact": "", "about": "about ", "at_least": "at least ", "at_most": "at most "}


def write_number(value: float | None) -> str:
    """Write a number with thousands separators; decimals only where there are any.

    Parameters
    ----------
    value : float or NA

    Returns
    -------
    str
        "not stated" when missing: missing is not zero.
    """
    if value is None or pd.isna(value):
        return "not stated"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def write_figure(count: float, qualifier: str) -> str:
    """Write a figure as it was said: 51,947; about 2,000; tens of thousands.

    Parameters
    ----------
    count : float
    qualifier : str
        exact, about, at_least, at_most or vague.

    Returns
    -------
    str
    """
    if qualifier == "vague":
        return next(word for least, word in _VAGUE if count >= least)
    return _QUALIFIERS[qualifier] + write_number(count)


def write_range(low: float, high: float) -> str:
    """Write the ends of an interval: 90,000 to 100,000; one number when they agree."""
    if pd.isna(high):
        return f"{write_number(low)} or more"
    if low != high and (low % 1 == 0.5 or high % 1 == 0.5):
        # Half a unit either way of a rounded figure: nobody counts half a person.
        low, high = math.ceil(low), math.floor(high)
    if low == high:
        return write_number(low)
    return f"{write_number(low)} to {write_number(high)}"


def write_date(first: pd.Timestamp, last: pd.Timestamp, precision: str) -> str:
    """Write a claim's date no more exactly than it is known.

    Parameters
    ----------
    first, last : Timestamp
        First and last day the date can mean.
    precision : str
        day, days, week, month, year or by.

    Returns
    -------
    str
        1 Feb 2021; by 19 Dec 2021; May 2022; 2021; 27 Sep 2020 – 9 Nov 2020.
    """
    day = f"{first.day} {first:%b %Y}"
    if precision == "day":
        return day
    if precision == "by":
        return f"by {day}"
    if precision == "month" and (first.year, first.month) == (last.year, last.month):
        return f"{first:%b %Y}"
    if precision == "year" and first.year == last.year:
        return f"{first:%Y}"
    return f"{day} – {last.day} {last:%b %Y}"


def short_name(claimant: str) -> str:
    """Return a claimant's name without the remark in brackets."""
    return claimant.split(" (")[0]


def write_interval(low: float, best: float, high: float) -> str:
    """Write a figure with what its words allow: 96; 90,000 (90,000 to 100,000); 20 to 99.

    Parameters
    ----------
    low, best, high : float or NA

    Returns
    -------
    str
    """
    allowed = write_range(low, high)
    if pd.isna(best):
        return allowed
    number = write_number(best)
    return number if number == allowed else f"{number} ({allowed})"


def write_change(change: float) -> str:
    """Write a difference with its sign: +40; −3.5; nothing for one that is missing or nought.

    Parameters
    ----------
    change : float or NA

    Returns
    -------
    str
    """
    if pd.isna(change) or not change:
        return ""
    return f"{'+' if change > 0 else '−'}{write_number(abs(change))}"
