"""What there is to choose: only what some claim holds is offered."""

from collections.abc import Callable

import pandas as pd

from helpers.data.load import day_of
from helpers.explore.labels import (
    MEASURE_NAMES,
    Words,
    details,
    level_label,
    party_label,
)

Options = list[tuple[str, str]]

EVERYONE = ""
# Older figures are context; the sliders count months from the war on and have an end for the rest.
_FIRST_MONTH = "2020-09"
_FROM_START, _TO_END = ("the beginning", "first"), ("the end", "last")


def offer(values: pd.Series, label: Callable[[str], str]) -> Options:
    """Offer the values that occur, with how many claims hold each.

    Parameters
    ----------
    values : Series of str
    label : callable
        Names a value.

    Returns
    -------
    list of (label, value)
        By label.
    """
    counts = values.value_counts()
    pairs = [(f"{label(str(value))} ({count})", str(value)) for value, count in counts.items()]
    return sorted(pairs, key=lambda pair: (pair[0].casefold(), pair[1]))


def most_frequent(values: pd.Series) -> str:
    """Return the value that occurs most often, of equals the first in the alphabet."""
    counts = values.value_counts()
    return min(counts.index[counts == counts.max()]) if len(counts) else ""


def offer_level(claims: pd.DataFrame, column: str, words: Words) -> Options:
    """Offer the scopes, forces, categories or activities of a table.

    Parameters
    ----------
    claims : DataFrame
        Rows of a claim table, those of the levels above.
    column : str
        One of :data:`helpers.explore.labels.LEVELS`.
    words : mapping
        From :meth:`helpers.explore.ledger.Ledger.words`.

    Returns
    -------
    list of (label, value)
    """
    return offer(claims[column], lambda word: level_label(column, word, words))


def offer_series(claims: pd.DataFrame, table: str, words: Words) -> Options:
    """Offer the series of a scope or category, which are counted apart.

    Parameters
    ----------
    claims : DataFrame
        Claims of one scope or category.
    table : str
    words : mapping
        From :meth:`helpers.explore.ledger.Ledger.words`.

    Returns
    -------
    list of (label, key)
    """
    return offer(claims["series"], lambda key: ", ".join(details(table, key, words)))


def offer_measures(claims: pd.DataFrame) -> Options:
    """Offer the measures that claims of a series have."""
    return offer(claims["measure"], lambda word: MEASURE_NAMES[word].capitalize())


def offer_parties(claims: pd.DataFrame, words: Words) -> Options:
    """Offer the parties whose claimants speak, and all of them.

    Parameters
    ----------
    claims : DataFrame
        Claims of one series and measure.
    words : mapping
        From :meth:`helpers.explore.ledger.Ledger.words`.

    Returns
    -------
    list of (label, value)
    """
    found = offer(claims["claimant_party"], lambda word: party_label(word, words))
    return [(f"All parties ({len(claims)})", EVERYONE), *found]


def offer_claimants(claims: pd.DataFrame) -> Options:
    """Offer the claimants that speak, and all of them.

    Parameters
    ----------
    claims : DataFrame
        Claims of one series, measure and, where one is chosen, party.

    Returns
    -------
    list of (label, value)
    """
    names = dict(zip(claims["claimant_id"], claims["claimant"], strict=True))
    found = offer(claims["claimant_id"], names.__getitem__)
    return [(f"All claimants ({len(claims)})", EVERYONE), *found]


def offer_months(frames: list[pd.DataFrame]) -> Options:
    """Offer the months of the period, from the war to the last day that a claim is about.

    Parameters
    ----------
    frames : list of DataFrame
        All claim tables.

    Returns
    -------
    list of (label, month)
        Months as YYYY-MM, between first and last, which stand for no limit.
    """
    last = max(frame["last_day"].max() for frame in frames)
    months = pd.period_range(_FIRST_MONTH, last, freq="M")
    inner = [(f"{month:%b %Y}", str(month)) for month in months]
    # Blanks, since a range is read out with a bare hyphen between its ends.
    return [(f" {name} ", month) for name, month in (_FROM_START, *inner, _TO_END)]


def offer_days_known(frames: list[pd.DataFrame], wanted: str = "") -> Options:
    """Offer the first days of the months in which something was published, and everything.

    Parameters
    ----------
    frames : list of DataFrame
        All claim tables.
    wanted : str
        A day to offer besides, YYYY-MM-DD.

    Returns
    -------
    list of (label, day)
        By day; everything, which is an empty day, comes last.

    Raises
    ------
    ParameterError
        `wanted` is no day.
    """
    extra = day_of(wanted, "as_of")
    last = max(frame["published"].max() for frame in frames)
    months = pd.period_range(_FIRST_MONTH, last, freq="M")[1:]
    days = {month.start_time for month in months} | ({extra} if extra is not None else set())
    known = [(f"{day.day} {day:%b %Y}", f"{day:%Y-%m-%d}") for day in sorted(days)]
    return [*known, ("everything known", "")]
